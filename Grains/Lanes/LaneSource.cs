using System.Diagnostics.CodeAnalysis;
using Dtao.Economics;
using Dtao.Economics.Children;
using Dtao.Economics.Keys;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Grains.Lanes;

/// <summary>What the operations of a batch may read and change, before anything is asked of anyone.</summary>
/// <param name="Netuids">Subnets that the calls name, existing or not.</param>
/// <param name="Hotkeys">Hotkeys whose record and pools are read.</param>
/// <param name="Coldkeys">Coldkeys whose positions on those hotkeys are read.</param>
/// <param name="Accounts">Accounts whose free TAO is read: signers, receivers, and the beneficiary of fees.</param>
/// <param name="Unstakers">Positions to look for on every subnet, as (hotkey, coldkey).</param>
public sealed record LaneNeeds(
    IReadOnlyCollection<NetUid> Netuids, AccountId[] Hotkeys, AccountId[] Coldkeys, IReadOnlyCollection<AccountId> Accounts,
    IReadOnlyList<(AccountId Hotkey, AccountId Coldkey)> Unstakers)
{
    /// <summary>Whether subnets come or go, so that all of them are read.</summary>
    public bool IsNetwork { get; init; }

    /// <summary>The keys of a swap, for which all subnets are read; null when the batch swaps none.</summary>
    public SwapInterest? Swap { get; init; }

    /// <summary>Subnets that a call dissolves, and that are read whole.</summary>
    public IReadOnlyCollection<NetUid> Dissolved { get; init; } = [];

    /// <summary>Coldkeys that claim, whose hotkeys are known only when root has answered.</summary>
    public IReadOnlyCollection<AccountId> Claimers { get; init; } = [];

    /// <summary>Hotkeys all of whose stake counts: every subnet with some of it is read, and those where they have asked for children.</summary>
    public IReadOnlyCollection<AccountId> Holders { get; init; } = [];

    /// <summary>Hotkeys whose votes count on a subnet: with root, and with whoever is their parent there.</summary>
    public IReadOnlyList<(NetUid Netuid, AccountId Hotkey)> Voters { get; init; } = [];

    /// <summary>Hotkeys that a call may give to its signer.</summary>
    public IReadOnlyList<(AccountId Hotkey, AccountId Coldkey)> Creations { get; init; } = [];

    /// <summary>What each pool is asked about; null when every pool is asked about everything.</summary>
    public LaneConcerns? Concerns { get; init; }

    public static LaneNeeds Of(IReadOnlyCollection<LaneCommand> commands, NetworkParameters parameters)
    {
        var netuids = new SortedSet<NetUid>();
        var hotkeys = new SortedSet<AccountId>();
        var signers = new SortedSet<AccountId>();
        var others = new SortedSet<AccountId> { LaneDecider.BeneficiaryOf(parameters) };
        var coldkeys = new SortedSet<AccountId>();
        var unstakers = new List<(AccountId, AccountId)>();
        var dissolved = new SortedSet<NetUid>();
        var claimers = new SortedSet<AccountId>();
        var creations = new List<(AccountId, AccountId)>();
        var holders = new SortedSet<AccountId>();
        var voters = new List<(NetUid, AccountId)>();
        var isNetwork = false;
        SwapInterest? swap = null;
        var concerns = LaneConcerns.Of(commands);
        foreach (var command in commands)
        {
            var (signer, call) = (command.Head.Sender, command.Call);
            signers.Add(signer);
            coldkeys.Add(signer);
            if (!LaneDecider.IsForLane(call)) continue;
            var shape = CallShape.Of(signer, call);
            netuids.UnionWith(shape.Netuids);
            hotkeys.UnionWith(shape.Hotkeys);
            isNetwork |= call.Kind is CallKind.RegisterNetwork or CallKind.DissolveNetwork;
            if (call.Kind == CallKind.DissolveNetwork) dissolved.Add(call.Netuid);
            if (call.Kind == CallKind.RegisterNetwork) creations.Add((call.Hotkey, signer));
            if (call.Kind == CallKind.ClaimRoot) claimers.Add(signer);
            if (ThresholdShapes.AsksAllStake(call.Kind)) holders.Add(call.Hotkey);
            if (ThresholdShapes.AsksVotes(call.Kind))
            {
                voters.Add((call.Netuid, signer));
                hotkeys.Add(signer);
                netuids.Add(NetUid.Root);
            }

            if (KeySwapShapes.IsSwap(call.Kind)) swap = SwapOf(signer, call);
            else if (shape.IsEverySubnet) unstakers.Add((call.Hotkey, signer));
            if (call.Kind is CallKind.UnstakeAllAlpha or CallKind.ClaimRoot) netuids.Add(NetUid.Root);
            if (shape.OtherColdkey is not { } other) continue;
            others.Add(other);
            coldkeys.Add(other);
        }

        // The TAO of a subnet's own account is in that subnet's books.
        foreach (var account in signers.Concat(others))
        {
            if (SystemAccounts.TryGetSubnet(account, out var netuid)) netuids.Add(netuid);
        }

        // What a signer held when it sent its operation may lack what the lane has credited it since.
        signers.ExceptWith(commands.Where(command => command.RunsBeside).Select(command => command.Head.Sender));
        others.UnionWith(signers.Where(signer => signer.IsSubnetAccount || !SystemSenders.IsSystem(signer)));
        return new LaneNeeds(netuids, [.. hotkeys], [.. coldkeys], others, unstakers)
        {
            IsNetwork = isNetwork,
            Swap = swap,
            Dissolved = dissolved,
            Claimers = claimers,
            Creations = creations,
            Concerns = concerns,
            Holders = holders,
            Voters = voters,
        };
    }

    /// <summary>What one pool is asked about.</summary>
    /// <param name="interest">What is known to be of interest to the batch.</param>
    /// <param name="slices">What pools before it have told.</param>
    public LaneInterest InterestAt(NetUid netuid, LaneInterest interest, IReadOnlyDictionary<NetUid, LaneSlice> slices) =>
        Concerns is null ? interest : Concerns.At(netuid, interest, slices.GetValueOrDefault(NetUid.Root)?.Claims);

    /// <summary>Whoever lends to the voters, as far as it is seen.</summary>
    public IEnumerable<AccountId> ParentsIn(IReadOnlyDictionary<NetUid, LaneSlice> slices) =>
        from voter in Voters
        from parent in slices.GetValueOrDefault(voter.Netuid)?.Metagraph?.ParentsOf(voter.Hotkey) ?? []
        select parent.Hotkey;

    private static SwapInterest SwapOf(AccountId signer, Call call) => KeySwapShapes.FormerColdkey(signer, call) is { } former
        ? new SwapInterest([], [.. new[] { former, call.ToColdkey!.Value }.Distinct()])
        : new SwapInterest([call.Hotkey, call.ToHotkey!.Value], []);

    /// <summary>What the automatic claims of a block may read and change.</summary>
    public static LaneNeeds OfClaims(AccountId[] coldkeys, NetUid[] netuids, NetworkParameters parameters) =>
        new(netuids, [], coldkeys, [LaneDecider.BeneficiaryOf(parameters)], []) { Claimers = coldkeys };
}

/// <summary>What a batch is decided on: slices of pools that all stand at one block, and facts about hotkeys and accounts.</summary>
/// <param name="Hotkeys">Null for a hotkey that nobody owns.</param>
/// <param name="Free">Free TAO of the accounts that <see cref="LaneNeeds.Accounts"/> named.</param>
public sealed record LaneFacts(
    BlockNumber Block, NetworkParameters Parameters, IReadOnlyDictionary<NetUid, LaneSlice> Slices,
    IReadOnlyDictionary<AccountId, HotkeyFacts?> Hotkeys, IReadOnlyDictionary<AccountId, Tao> Free)
{
    /// <summary>Of coldkeys that claim: hotkeys that they own or staked to, in the order in which they came.</summary>
    public IReadOnlyDictionary<AccountId, AccountId[]> StakingHotkeys { get; init; } = new Dictionary<AccountId, AccountId[]>();

    /// <summary>Whether the lists of staking hotkeys are completed by every position that was gathered: a swap of a coldkey moves them all.</summary>
    public bool ListsPositions { get; init; }

    /// <summary>All TAO as the staking ledger counts it; gathered only when subnets come or go.</summary>
    public Tao? TotalIssuance { get; init; }

    /// <summary>The symbols of all tokens. Nobody but the lane changes them.</summary>
    public IReadOnlyDictionary<NetUid, string> Symbols { get; init; } = new Dictionary<NetUid, string>();

    /// <summary>Of the coldkeys of a swap: how they present themselves, those that do.</summary>
    public IReadOnlyDictionary<AccountId, ColdkeyIdentityDetail> Identities { get; init; } = new Dictionary<AccountId, ColdkeyIdentityDetail>();
}

/// <summary>The ledger as a batch sees it. A read of something that was not gathered is a bug and throws, for it has no answer.</summary>
public sealed class LaneSource : ILedgerSource
{
    private readonly LaneFacts _facts;
    private readonly Dictionary<AccountId, Tao> _free;
    private readonly Dictionary<(NetUid, AccountId), HotkeyPool> _pools = [];
    private readonly Dictionary<PositionKey, SafeFloat> _shares = [];
    private readonly Dictionary<AccountId, ClaimRates> _rates = [];
    private readonly Dictionary<PositionKey, UInt128> _claimed = [];
    private readonly Dictionary<AccountId, RootClaimType> _claimTypes = [];
    private readonly HashSet<AccountId> _indexed = [];
    private readonly Dictionary<AccountId, AccountId[]> _rootHotkeys = [];
    private readonly Dictionary<AccountId, ColdkeySwap> _announced = [];
    private readonly Dictionary<AccountId, ulong> _sequences = [];

    /// <param name="commands">The operations: what a signer holds free comes with its command, unless it was asked since and runs alone.</param>
    public LaneSource(LaneFacts facts, IEnumerable<LaneCommand> commands)
    {
        _facts = facts;
        _free = new Dictionary<AccountId, Tao>(facts.Free);
        foreach (var command in commands)
        {
            if (command.RunsBeside) _free[command.Head.Sender] = command.Free;
            else _free.TryAdd(command.Head.Sender, command.Free);
            _sequences[command.Head.Sender] = command.Head.Sequence;
            if (command.Announced is { } announced) _announced[command.Head.Sender] = announced;
        }

        foreach (var (netuid, slice) in facts.Slices)
        {
            foreach (var pool in slice.HotkeyPools) _pools.Add((netuid, pool.Hotkey), new HotkeyPool(pool.Value, pool.Denominator));
            foreach (var position in slice.Shares) _shares.Add(new PositionKey(netuid, position.Hotkey, position.Coldkey), position.Share);
            if (slice.Claims is { } claims) Learn(claims);
            if (slice.Books is null) _free[AccountId.OfSubnet(netuid)] = slice.UnclaimedTao;
        }

        Subnets = [.. facts.Slices.Where(entry => entry.Value.Books is not null).Select(entry => entry.Key).Order(Comparer<NetUid>.Create(NetUid.CompareInStorageOrder))];
    }

    public BlockNumber Block => _facts.Block;

    public NetworkParameters Parameters => _facts.Parameters;

    public Tao TotalIssuance => _facts.TotalIssuance ?? throw new InvalidOperationException("The network's issuance was not gathered.");

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

    public HotkeyPool GetHotkeyPool(NetUid netuid, AccountId hotkey) => _pools.GetValueOrDefault((netuid, hotkey));

    public SafeFloat GetShare(PositionKey position) => _shares.GetValueOrDefault(position);

    public Metagraph GetMetagraph(NetUid netuid) => _facts.Slices.GetValueOrDefault(netuid)?.Metagraph ?? Metagraph.Empty;

    public IEnumerable<PositionKey> PositionsOn(NetUid netuid) => _facts.Slices[netuid].Shares.Select(share => new PositionKey(netuid, share.Hotkey, share.Coldkey));

    public bool KeepsStakingHotkeys => false;

    /// <summary>In the order of the coldkey's own list; hotkeys on which others gave it root stake come after them.</summary>
    public IReadOnlyList<AccountId> StakingHotkeys(AccountId coldkey) =>
        [.. _facts.StakingHotkeys.GetValueOrDefault(coldkey, []).Union(_rootHotkeys.GetValueOrDefault(coldkey, [])).Union(HoldingsOf(coldkey))];

    public ClaimRates GetClaimRates(AccountId hotkey) => _rates.GetValueOrDefault(hotkey, ClaimRates.None);

    public UInt128 GetClaimed(PositionKey position) => _claimed.GetValueOrDefault(position);

    public RootClaimType? GetClaimType(AccountId coldkey) => _claimTypes.GetValueOrDefault(coldkey);

    public bool IsClaimIndexed(AccountId coldkey) => _indexed.Contains(coldkey);

    public SubnetRemains? GetRemains(NetUid netuid) => _facts.Slices.GetValueOrDefault(netuid)?.Remains;

    public IEnumerable<PositionKey> ClaimsOn(AccountId hotkey) => _claimed.Keys.Where(claim => claim.Hotkey == hotkey);

    public IEnumerable<AccountId> OwnedHotkeys(AccountId coldkey) =>
        _facts.Hotkeys.Where(entry => entry.Value?.Owner == coldkey).Select(entry => entry.Key);

    public IEnumerable<KeyValuePair<NetUid, string>> Symbols => _facts.Symbols;

    public ColdkeyIdentityDetail? GetIdentity(AccountId coldkey) => _facts.Identities.GetValueOrDefault(coldkey);

    /// <summary>The sequence of a signer's operation.</summary>
    public ulong SequenceOf(AccountId sender) => _sequences[sender];

    public ColdkeySwap? GetColdkeySwap(AccountId coldkey) => _announced.GetValueOrDefault(coldkey);

    /// <summary>Hotkeys that others have given the coldkey stake on, or the chain has, and that are in no list of its own.</summary>
    private IEnumerable<AccountId> HoldingsOf(AccountId coldkey) => _facts.ListsPositions
        ? _shares.Keys.Where(position => position.Coldkey == coldkey && !IsRest(position)).OrderBy(position => position.Netuid).ThenBy(position => position.Hotkey)
            .Select(position => position.Hotkey)
        : [];

    private bool IsRest(PositionKey position) => KeySwapMarks.IsRest(GetMetagraph(NetUid.Root), position.Hotkey, ShareLedger.Position(this, position));

    private void Learn(ClaimSlice claims)
    {
        foreach (var (hotkey, rates) in claims.Rates) _rates.Add(hotkey, rates);
        foreach (var (position, rao) in claims.Claimed) _claimed.Add(position, rao);
        foreach (var (coldkey, type) in claims.Types) _claimTypes.Add(coldkey, type);
        _indexed.UnionWith(claims.Indexed);
        foreach (var (coldkey, hotkeys) in claims.Hotkeys) _rootHotkeys.Add(coldkey, hotkeys);
    }

    private HotkeyFacts? Facts(AccountId hotkey) =>
        _facts.Hotkeys.TryGetValue(hotkey, out var facts) ? facts : throw new InvalidOperationException($"Hotkey {hotkey} was not gathered.");
}
