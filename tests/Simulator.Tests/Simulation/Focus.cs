using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Blocks;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>What a history's seed does not draw: whatever is left null, it draws.</summary>
/// <remarks>The search for an unknown fault leaves all open. A planted bug is looked for where what it needs happens often, so that finding it is no luck.</remarks>
internal sealed partial record Focus(Scene Scene)
{
    /// <summary>A hotkey that nobody owns at the start.</summary>
    private const int Contested = 3;

    /// <summary>Whether the store keeps one order over all actors.</summary>
    public bool? IsOrdered { get; init; }

    /// <summary>Which worlds are drawn; those that are not named if none is.</summary>
    public Func<Genesis, bool> Worlds { get; init; } = _ => true;

    public int? Operations { get; init; }

    /// <summary>Only operations that this accepts are sent.</summary>
    public Func<Genesis, AccountId, Call, bool> Calls { get; init; } = (_, _, _) => true;

    /// <summary>For how many blocks after the next one an operation stays valid, at most.</summary>
    public int ValidBlocksMax { get; init; } = 3;

    public int? Blocks { get; init; }

    /// <summary>In how many of a thousand steps somebody dies, at most 100; so for <see cref="Doublings"/> and <see cref="Pauses"/>.</summary>
    public int? Deaths { get; init; }

    /// <summary>Whether the whole process dies instead of one activation; otherwise a third of the deaths are such.</summary>
    public bool? ProcessDies { get; init; }

    public Func<ActorRecord, bool> Dying { get; init; } = _ => true;

    /// <summary>In how many of a thousand steps an actor gets a second activation beside the first, or loses it.</summary>
    public int? Doublings { get; init; }

    public Func<ActorRecord, bool> Doubled { get; init; } = _ => true;

    /// <summary>Whether pools of a network may be doubled as well.</summary>
    public bool DoublesPools { get; init; }

    public int? Pauses { get; init; }

    public Func<ActorRecord, bool> Paused { get; init; } = _ => true;

    /// <summary>In how many of a thousand steps the fee account fetches what a pool owes it, at most 100, beyond the ordinary: a pool that has died is activated by it.</summary>
    public int Payments { get; init; }

    /// <summary>How many of a thousand actors with something to write are part of a write, on a store without order.</summary>
    public int WriteShare { get; init; } = 750;

    /// <summary>How many of a thousand clients ask again after they have been answered.</summary>
    public int AsksAgain { get; init; } = 200;

    public static bool Accounts(ActorRecord record) => record is ActorRecord<AccountState, AccountEvent>;

    public static bool Pools(ActorRecord record) => record is ActorRecord<PoolState, PoolEvent>;

    public static bool Coordinator(ActorRecord record) => record is ActorRecord<CoordinatorState, CoordinatorEvent>;

    public static bool Lane(ActorRecord record) => record is ActorRecord<LaneState, LaneEvent>;

    public static bool Registry(ActorRecord record) => record is ActorRecord<RegistryState, RegistryEvent>;

    public static bool Hotkeys(ActorRecord record) => record is ActorRecord<ValidatorState, ValidatorEvent>;

    private static Func<Genesis, AccountId, Call, bool> Only(params CallKind[] kinds) => (_, _, call) => kinds.Contains(call.Kind);

    /// <summary>As <see cref="Only"/>, and only with hotkeys that nobody owns at the start.</summary>
    private static Func<Genesis, AccountId, Call, bool> OnlyUnowned(params CallKind[] kinds) =>
        (genesis, _, call) => kinds.Contains(call.Kind) && !genesis.Hotkeys.ContainsKey(call.Hotkey);

    /// <summary>As <see cref="OnlyUnowned"/>, and all with the same hotkey.</summary>
    private static Func<Genesis, AccountId, Call, bool> OnlyContested(params CallKind[] kinds) =>
        (genesis, _, call) => kinds.Contains(call.Kind) && call.Hotkey == genesis.HotkeyIds[Contested];

    private static bool ContestedHotkey(ActorRecord record) => record.Name == $"hotkey {Contested + 1}";
}
