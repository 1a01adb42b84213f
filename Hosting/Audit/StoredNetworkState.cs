using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;

namespace Dtao.Hosting.Audit;

/// <summary>A network as its store holds it: what is decided and on its way to an account, fees that pools still owe included, stands with that account.</summary>
public sealed class StoredNetworkState : INetworkState
{
    public StoredNetworkState(NetworkImage image)
    {
        var balances = new Dictionary<AccountId, Tao>();
        foreach (var (account, state) in image.Accounts)
        {
            if (account == SystemSenders.Dust) continue;
            var settling = state.InFlight.Values.Sum(operation => image.ChangeOf(state, operation) ?? 0);
            balances[account] = new Tao(checked((ulong)((long)state.Free.Rao + settling)));
        }

        foreach (var (netuid, pool) in image.Pools)
        {
            foreach (var (account, owed) in pool.Owed)
            {
                if (account != SystemSenders.Dust) balances[account] = balances.GetValueOrDefault(account) + owed;
            }

            if (!pool.UnclaimedTao.IsZero) balances[AccountId.OfSubnet(netuid)] = pool.UnclaimedTao;
        }

        foreach (var (to, amount) in OnTheWay(image))
        {
            // What is destroyed is counted in the issuance.
            if (to != SystemSenders.Dust) balances[to] = balances.GetValueOrDefault(to) + amount;
        }

        var subnets = image.Pools.Values.Where(pool => pool.Books is not null).ToArray();
        var supply = Supply.Of(image);
        Block = image.Coordinator.Block;
        TotalIssuance = supply.TotalIssuance;
        BalancesIssuance = supply.BalancesIssuance;
        Parameters = image.Registry.Parameters;
        Balances = balances;
        ColdkeySwaps = image.Accounts.Where(entry => entry.Value.ColdkeySwap is not null).ToDictionary(entry => entry.Key, entry => entry.Value.ColdkeySwap!);
        Identities = IdentitiesOf(image);
        Symbols = [.. image.Registry.Subnets.Select(entry => KeyValuePair.Create(entry.Netuid, entry.Symbol))];
        Hotkeys = image.Validators.Where(entry => entry.Value.Record is not null).ToDictionary(entry => entry.Key, entry => entry.Value.Record!);
        Subnets = [.. subnets.Select(pool => pool.Books!)];
        HotkeyPools = [.. subnets.SelectMany(pool => pool.HotkeyPools.Select(entry => (pool.Books!.Netuid, entry.Key, entry.Value)))];
        Shares = [.. subnets.SelectMany(pool => pool.Shares.Select(
            entry => (new PositionKey(pool.Books!.Netuid, entry.Key.Hotkey, entry.Key.Coldkey), entry.Value)))];
        Metagraphs = [.. subnets.Select(pool => KeyValuePair.Create(pool.Books!.Netuid, pool.Metagraph))];
        if (subnets.FirstOrDefault(pool => pool.Books!.IsRoot) is not { } root) return;
        ClaimRates = root.Claims.Rates;
        Claimed = root.Claims.Claimed;
        ClaimTypes = root.Claims.Types;
    }

    /// <summary>What a swap of coldkeys has moved is moved, whether or not the accounts have heard of it.</summary>
    private static Dictionary<AccountId, ColdkeyIdentityDetail> IdentitiesOf(NetworkImage image)
    {
        var identities = image.Accounts.Where(entry => entry.Value.Identity is not null).ToDictionary(entry => entry.Key, entry => entry.Value.Identity!);
        foreach (var credit in image.Lane.Undelivered?.Credits ?? [])
        {
            if (credit.Keys?.Identity is not { } change || image.IsCredited(credit.To, SystemSenders.Lane, credit.Sequence)) continue;
            if (change.After is { } after) identities[credit.To] = after;
            else identities.Remove(credit.To);
        }

        return identities;
    }

    private static IEnumerable<(AccountId To, Tao Amount)> OnTheWay(NetworkImage image)
    {
        foreach (var (id, account) in image.Accounts)
        {
            foreach (var (sequence, fee) in account.FeeOutbox)
            {
                if (!image.IsCredited(fee.To, id, sequence)) yield return (fee.To, fee.Amount);
            }
        }

        foreach (var (netuid, pool) in image.Pools)
        {
            foreach (var (sequence, outgoing) in pool.Outbox)
            {
                if (!image.IsCredited(outgoing.To, AccountId.OfSubnet(netuid), sequence)) yield return (outgoing.To, outgoing.Amount);
            }
        }

        foreach (var credit in image.Lane.Undelivered?.Credits ?? [])
        {
            if (!image.IsCredited(credit.To, SystemSenders.Lane, credit.Sequence)) yield return (credit.To, credit.Amount);
        }
    }

    public BlockNumber Block { get; }
    public Tao TotalIssuance { get; }
    public Tao BalancesIssuance { get; }
    public NetworkParameters Parameters { get; }
    public IReadOnlyCollection<KeyValuePair<AccountId, ColdkeySwap>> ColdkeySwaps { get; }
    public IReadOnlyCollection<KeyValuePair<AccountId, ColdkeyIdentityDetail>> Identities { get; }
    public IReadOnlyCollection<KeyValuePair<NetUid, string>> Symbols { get; }

    public IReadOnlyCollection<KeyValuePair<AccountId, Tao>> Balances { get; }
    public IReadOnlyCollection<KeyValuePair<AccountId, HotkeyRecord>> Hotkeys { get; }
    public IReadOnlyCollection<SubnetBooks> Subnets { get; }
    public IReadOnlyCollection<(NetUid Netuid, AccountId Hotkey, HotkeyPool Pool)> HotkeyPools { get; }
    public IReadOnlyCollection<(PositionKey Position, SafeFloat Share)> Shares { get; }
    public IReadOnlyCollection<KeyValuePair<NetUid, Metagraph>> Metagraphs { get; }
    public IReadOnlyCollection<KeyValuePair<AccountId, ClaimRates>> ClaimRates { get; } = [];
    public IReadOnlyCollection<KeyValuePair<PositionKey, UInt128>> Claimed { get; } = [];
    public IReadOnlyCollection<KeyValuePair<AccountId, RootClaimType>> ClaimTypes { get; } = [];
}
