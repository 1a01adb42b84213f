using System.Collections.Immutable;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Tests.Registration;
using Dtao.Economics.Tests.Staking;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Keys;

/// <summary>
/// The test ledger with neurons Hot and Warm on subnet 1 and Hot on root, stakes of three coldkeys on Hot, and short waits: 10 blocks between swaps, 20 on a
/// subnet, 6 from announcement to swap, 4 until anew. The sudo key is Nobody.
/// </summary>
internal sealed class KeyBench
{
    public const ulong Interval = 20;
    public const ulong Delay = 6;
    public const ulong Again = 4;

    /// <summary>A key that nothing has heard of.</summary>
    public static readonly AccountId Fresh = Key(31);

    public TestLedger Ledger { get; } = new TestLedger()
        .With(ledger => ledger.Parameters = ledger.Parameters with
        {
            TxRateLimit = 10,
            HotkeySwapInterval = Interval,
            ColdkeySwapDelay = Delay,
            ColdkeySwapReannouncementDelay = Again,
            SudoKey = Nobody,
        })
        .Stake(Hot, Ann, One, 2_000_000_000_001).Stake(Hot, Bob, One, 333_333_333_333).Stake(Hot, Ann, Root, 6_000_000_000)
        .Stake(Hot, Bob, Two, 77_777_777_777).Stake(Warm, Ann, One, 1_000_000_007);

    public Dictionary<NetUid, Metagraph> Metagraphs { get; } = new()
    {
        [Root] = RegistrationLedger.Of(RegistrationLedger.Neuron(Hot)),
        [One] = RegistrationLedger.Of(RegistrationLedger.Neuron(Hot), RegistrationLedger.Neuron(Warm)),
    };

    public ulong Block { get; set; } = Interval + 1;

    public AccountId Signer { get; set; } = Owner;

    public Call Call { get; set; } = Swap(Hot, Ghost);

    public static Call Swap(AccountId former, AccountId next, NetUid? netuid = null, bool? keepsStake = null) => new()
    {
        Kind = CallKind.SwapHotkey,
        Hotkey = former,
        ToHotkey = next,
        ToNetuid = netuid,
        Detail = keepsStake is { } keeps ? new SwitchDetail(keeps) : null,
    };

    public static Call Announce(AccountId next) =>
        new() { Kind = CallKind.AnnounceColdkeySwap, Detail = new ColdkeyHashDetail(Economics.Keys.ColdkeyHash.Of(next)) };

    public static Call Execute(AccountId next) => new() { Kind = CallKind.SwapColdkeyAnnounced, ToColdkey = next };

    public static Call ByRoot(AccountId former, AccountId next, ulong cost = 0) =>
        new() { Kind = CallKind.SwapColdkey, ToColdkey = next, Amount = cost, Detail = new ColdkeyDetail(former) };

    public static Call Reset(AccountId coldkey) => new() { Kind = CallKind.ResetColdkeySwap, Detail = new ColdkeyDetail(coldkey) };

    public static Call Dispute { get; } = new() { Kind = CallKind.DisputeColdkeySwap };

    public static Call Clear { get; } = new() { Kind = CallKind.ClearColdkeySwapAnnouncement };

    public void Change(NetUid netuid, Func<Metagraph, Metagraph> change) =>
        Metagraphs[netuid] = change(Metagraphs.GetValueOrDefault(netuid, Metagraph.Empty));

    public SequentialNetwork Build() => Ledger.Build([.. Metagraphs.Select(entry => (entry.Key, entry.Value))]).At(Block);

    public static ImmutableSortedDictionary<AccountId, ulong> Marks(AccountId account, ulong block) =>
        ImmutableSortedDictionary<AccountId, ulong>.Empty.Add(account, block);

    /// <summary>Alpha of every position, without those that have gone to nothing.</summary>
    public static Dictionary<PositionKey, Alpha> PositionsOf(SequentialNetwork network) => ((INetworkState)network).Shares
        .Select(entry => (entry.Position, Alpha: Dtao.Economics.Staking.ShareLedger.Position(network, entry.Position)))
        .Where(entry => !entry.Alpha.IsZero)
        .ToDictionary(entry => entry.Position, entry => entry.Alpha);
}
