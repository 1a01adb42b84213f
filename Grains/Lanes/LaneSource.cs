using System.Diagnostics.CodeAnalysis;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Grains.Lanes;

/// <summary>What the operations of a batch may read and change, before anything is asked of anyone.</summary>
/// <param name="Netuids">Subnets that the calls name, existing or not.</param>
/// <param name="Hotkeys">Hotkeys whose record and pools are read.</param>
/// <param name="Coldkeys">Coldkeys whose positions on those hotkeys are read.</param>
/// <param name="Accounts">Accounts whose free TAO is read and did not come with a command: receivers, and the beneficiary of fees.</param>
/// <param name="Unstakers">Positions to look for on every subnet, as (hotkey, coldkey).</param>
public sealed record LaneNeeds(
    IReadOnlyCollection<NetUid> Netuids, AccountId[] Hotkeys, AccountId[] Coldkeys, IReadOnlyCollection<AccountId> Accounts,
    IReadOnlyList<(AccountId Hotkey, AccountId Coldkey)> Unstakers)
{
    public static LaneNeeds Of(IEnumerable<LaneCommand> commands, NetworkParameters parameters)
    {
        var netuids = new SortedSet<NetUid>();
        var hotkeys = new SortedSet<AccountId>();
        var signers = new SortedSet<AccountId>();
        var others = new SortedSet<AccountId> { LaneDecider.BeneficiaryOf(parameters) };
        var coldkeys = new SortedSet<AccountId>();
        var unstakers = new List<(AccountId, AccountId)>();
        foreach (var command in commands)
        {
            signers.Add(command.Head.Sender);
            coldkeys.Add(command.Head.Sender);
            if (!LaneDecider.IsForLane(command.Call)) continue;
            var shape = CallShape.Of(command.Head.Sender, command.Call);
            netuids.UnionWith(shape.Netuids);
            hotkeys.UnionWith(shape.Hotkeys);
            if (shape.IsEverySubnet) unstakers.Add((command.Call.Hotkey, command.Head.Sender));
            if (command.Call.Kind == CallKind.UnstakeAllAlpha) netuids.Add(NetUid.Root);
            if (shape.OtherColdkey is not { } other) continue;
            others.Add(other);
            coldkeys.Add(other);
        }

        // The TAO of a subnet's own account is in that subnet's books.
        foreach (var account in signers.Concat(others))
        {
            if (SystemAccounts.TryGetSubnet(account, out var netuid)) netuids.Add(netuid);
        }

        others.ExceptWith(signers);
        return new LaneNeeds(netuids, [.. hotkeys], [.. coldkeys], others, unstakers);
    }
}

/// <summary>What a batch is decided on: slices of pools that all stand at one block, and facts about hotkeys and accounts.</summary>
/// <param name="Hotkeys">Null for a hotkey that nobody owns.</param>
/// <param name="Free">Free TAO of the accounts that <see cref="LaneNeeds.Accounts"/> named.</param>
public sealed record LaneFacts(
    BlockNumber Block, NetworkParameters Parameters, IReadOnlyDictionary<NetUid, LaneSlice> Slices,
    IReadOnlyDictionary<AccountId, HotkeyFacts?> Hotkeys, IReadOnlyDictionary<AccountId, Tao> Free);

/// <summary>The ledger as a batch sees it. A read of something that was not gathered is a bug and throws, for it has no answer.</summary>
public sealed class LaneSource : ILedgerSource
{
    private readonly LaneFacts _facts;
    private readonly Dictionary<AccountId, Tao> _free;
    private readonly Dictionary<(NetUid, AccountId), HotkeyPool> _pools = [];
    private readonly Dictionary<PositionKey, SafeFloat> _shares = [];

    /// <param name="commands">The operations: what a signer holds free comes with its command.</param>
    public LaneSource(LaneFacts facts, IEnumerable<LaneCommand> commands)
    {
        _facts = facts;
        _free = new Dictionary<AccountId, Tao>(facts.Free);
        foreach (var command in commands) _free[command.Head.Sender] = command.Free;
        foreach (var (netuid, slice) in facts.Slices)
        {
            foreach (var pool in slice.HotkeyPools) _pools.Add((netuid, pool.Hotkey), new HotkeyPool(pool.Value, pool.Denominator));
            foreach (var position in slice.Shares) _shares.Add(new PositionKey(netuid, position.Hotkey, position.Coldkey), position.Share);
        }

        Subnets = [.. facts.Slices.Where(entry => entry.Value.Books is not null).Select(entry => entry.Key).Order(Comparer<NetUid>.Create(NetUid.CompareInStorageOrder))];
    }

    public BlockNumber Block => _facts.Block;

    public NetworkParameters Parameters => _facts.Parameters;

    /// <summary>Only what was gathered: on any other subnet no operation of the batch has anything to do.</summary>
    public IReadOnlyList<NetUid> Subnets { get; }

    public bool TryGetBooks(NetUid netuid, [NotNullWhen(true)] out SubnetBooks? books)
    {
        books = _facts.Slices.TryGetValue(netuid, out var slice) ? slice.Books : null;
        return books is not null;
    }

    public Tao GetFree(AccountId account) =>
        _free.TryGetValue(account, out var free) ? free : throw new InvalidOperationException($"The free TAO of {account} was not gathered.");

    public HotkeyRecord? GetHotkey(AccountId hotkey) => Facts(hotkey)?.ToRecord();

    public HotkeyPool GetHotkeyPool(NetUid netuid, AccountId hotkey)
    {
        Facts(hotkey);
        return _pools.GetValueOrDefault((netuid, hotkey));
    }

    public SafeFloat GetShare(PositionKey position)
    {
        Facts(position.Hotkey);
        return _shares.GetValueOrDefault(position);
    }

    private HotkeyFacts? Facts(AccountId hotkey) =>
        _facts.Hotkeys.TryGetValue(hotkey, out var facts) ? facts : throw new InvalidOperationException($"Hotkey {hotkey} was not gathered.");
}
