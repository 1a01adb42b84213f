using System.Diagnostics.CodeAnalysis;
using Dtao.Economics.Claims;
using Dtao.Economics.Emission;
using Dtao.Economics.Fees;
using Dtao.Economics.Keys;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Model;

/// <summary>A whole network in memory, one call and one block after the other: what every other way of running it must equal.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed partial class SequentialNetwork : ILedgerSource, INetworkState
{
    private readonly Dictionary<AccountId, Tao> _free = [];
    private readonly Dictionary<AccountId, HotkeyRecord> _hotkeys = [];
    private readonly Dictionary<NetUid, SubnetBooks> _books = [];
    private readonly Dictionary<(NetUid, AccountId), HotkeyPool> _pools = [];
    private readonly Dictionary<PositionKey, SafeFloat> _shares = [];
    private List<NetUid> _subnets;

    /// <param name="parentHash">The hash of the block before a block, 32 bytes; null: <see cref="AutoClaims.HashOfNumberBefore"/>.</param>
    public SequentialNetwork(GenesisNetwork genesis, Func<BlockNumber, byte[]>? parentHash = null)
    {
        _parentHash = parentHash ?? AutoClaims.HashOfNumberBefore;
        Parameters = genesis.Parameters;
        TotalIssuance = BalancesIssuance = genesis.TotalIssuance;
        _subnets = [.. genesis.Subnets.Select(books => books.Netuid)];
        foreach (var books in genesis.Subnets) _books.Add(books.Netuid, books.Copy());
        SetSymbols([]);
        foreach (var (account, free) in genesis.Balances) SetFree(account, free);
        foreach (var (hotkey, record) in genesis.Hotkeys) _hotkeys.Add(hotkey, record);
        foreach (var (netuid, hotkey, pool) in genesis.HotkeyPools) SetPool(netuid, hotkey, pool);
        foreach (var (position, share) in genesis.Shares) SetShare(position, share);
        foreach (var (netuid, metagraph) in genesis.Metagraphs) _metagraphs.Add(netuid, metagraph);
        foreach (var (coldkey, hotkey) in genesis.StakingHotkeys) AppendStakingHotkey(coldkey, hotkey);
        foreach (var coldkey in genesis.ClaimIndex) SetClaimIndexed(coldkey, isIn: true);
    }

    public BlockNumber Block { get; private set; }

    public NetworkParameters Parameters { get; private set; }

    public Tao TotalIssuance { get; private set; }

    public Tao BalancesIssuance { get; private set; }

    public IReadOnlyList<NetUid> Subnets => _subnets;

    IReadOnlyCollection<KeyValuePair<AccountId, Tao>> INetworkState.Balances => _free;

    IReadOnlyCollection<KeyValuePair<AccountId, HotkeyRecord>> INetworkState.Hotkeys => _hotkeys;

    IReadOnlyCollection<SubnetBooks> INetworkState.Subnets => _books.Values;

    IReadOnlyCollection<(NetUid Netuid, AccountId Hotkey, HotkeyPool Pool)> INetworkState.HotkeyPools =>
        [.. _pools.Select(entry => (entry.Key.Item1, entry.Key.Item2, entry.Value))];

    IReadOnlyCollection<(PositionKey Position, SafeFloat Share)> INetworkState.Shares =>
        [.. _shares.Select(entry => (entry.Key, entry.Value))];

    public bool TryGetBooks(NetUid netuid, [NotNullWhen(true)] out SubnetBooks? books) => _books.TryGetValue(netuid, out books);

    public Tao GetFree(AccountId account) => _free.GetValueOrDefault(account);

    public HotkeyRecord? GetHotkey(AccountId hotkey) => _hotkeys.GetValueOrDefault(hotkey);

    public HotkeyPool GetHotkeyPool(NetUid netuid, AccountId hotkey) => _pools.GetValueOrDefault((netuid, hotkey));

    public SafeFloat GetShare(PositionKey position) => _shares.GetValueOrDefault(position);

    /// <summary>Executes a call in the block made last. A refused call leaves no trace but its fee, where there are fees.</summary>
    public CallOutcome Execute(AccountId signer, Call call)
    {
        if (ColdkeySwapGuard.Check(this, signer, call.Kind) is var barred and not LedgerError.None) return CallOutcome.Refused(barred);
        var scope = new LedgerScope(this);
        var outcome = TransactionFees.Execute(scope, signer, call, TransactionFees.FeeOf(Parameters, call));
        if (outcome.HasEffect) Take(scope);
        return outcome;
    }

    private void Take(LedgerScope scope)
    {
        foreach (var netuid in scope.RemovedSubnets) Remove(netuid);
        foreach (var books in scope.ChangedBooks) _books[books.Netuid] = books;
        foreach (var (account, free) in scope.ChangedFree) SetFree(account, free);
        foreach (var hotkey in scope.RemovedHotkeys) _hotkeys.Remove(hotkey);
        foreach (var (hotkey, record) in scope.ChangedHotkeys) _hotkeys[hotkey] = record;
        foreach (var (netuid, hotkey, pool) in scope.ChangedHotkeyPools) SetPool(netuid, hotkey, pool);
        foreach (var (position, share) in scope.ChangedShares) SetShare(position, share);
        if (scope.ChangedParameters is { } parameters) Parameters = parameters;
        TotalIssuance -= scope.Destroyed;
        BalancesIssuance -= scope.Destroyed + scope.PlainDust;
        TakeNeurons(scope);
        TakeKeys(scope);
        TakeTexts(scope);
        if (scope.RemovedSubnets.Count > 0 || scope.AddedSubnets.Count > 0) _subnets = [.. scope.Subnets];
    }

    private void SetFree(AccountId account, Tao free)
    {
        if (free.IsZero) _free.Remove(account);
        else _free[account] = free;
    }

    private void SetPool(NetUid netuid, AccountId hotkey, HotkeyPool pool)
    {
        if (pool.IsEmpty) _pools.Remove((netuid, hotkey));
        else _pools[(netuid, hotkey)] = pool;
    }

    private void SetShare(PositionKey position, SafeFloat share)
    {
        if (share.IsZero) _shares.Remove(position);
        else _shares[position] = share;
    }
}
