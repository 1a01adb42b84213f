using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;

namespace Dtao.Hosting.Scenarios;

/// <summary>Writes a network's state as the document that its digest is taken of.</summary>
/// <remarks>Source: scenarios, "State".</remarks>
public static class CanonicalState
{
    public const string Format = "dtao-state/1";

    /// <param name="results">The results so far, or null to leave them out (checkpoints).</param>
    public static CanonicalObject Of(INetworkState state, string name, Aliases aliases, IReadOnlyList<object?>? results)
    {
        var pools = state.HotkeyPools.ToDictionary(entry => (entry.Netuid, entry.Hotkey), entry => entry.Pool);
        Int128 totalStake = 0;
        foreach (var books in state.Subnets) totalStake += books.TotalStake;

        var document = new CanonicalObject
        {
            ["format"] = Format,
            ["name"] = name,
            ["block"] = state.Block.ToString(),
            ["total_issuance"] = state.TotalIssuance.ToString(),
            ["balances_issuance"] = state.BalancesIssuance.ToString(),
            ["total_stake"] = totalStake.ToString(),
            ["author"] = NameOf(state.Parameters.Author, aliases),
            ["accounts"] = Accounts(state, pools, aliases),
            ["system"] = SystemAccounts(state),
            ["hotkeys"] = Hotkeys(state, aliases),
            ["subnets"] = Subnets(state, aliases),
        };
        if (results is not null) document["results"] = results;
        return document;
    }

    private static CanonicalObject Accounts(
        INetworkState state, Dictionary<(NetUid, AccountId), HotkeyPool> pools, Aliases aliases)
    {
        var positions = state.Shares.Where(entry => !entry.Share.IsZero).ToLookup(entry => entry.Position.Coldkey);
        var free = state.Balances.Where(entry => !entry.Value.IsZero && Aliases.SystemName(entry.Key) is null).ToDictionary();
        var accounts = new CanonicalObject();
        var claimTypes = state.ClaimTypes.ToDictionary();
        var swaps = state.ColdkeySwaps.ToDictionary();
        foreach (var account in free.Keys.Union(positions.Select(group => group.Key)).Union(claimTypes.Keys).Union(swaps.Keys))
        {
            var entry = new CanonicalObject
            {
                ["free"] = free.GetValueOrDefault(account).ToString(),
                ["positions"] = positions[account]
                    .OrderBy(entry => entry.Position.Netuid)
                    .ThenBy(entry => aliases.Name(entry.Position.Hotkey), StringComparer.Ordinal)
                    .Select(entry => Position(entry.Position, entry.Share, pools, aliases))
                    .ToArray<object?>(),
            };
            if (claimTypes.TryGetValue(account, out var type)) entry["claim_type"] = ClaimType(type);
            if (swaps.TryGetValue(account, out var swap)) entry["coldkey_swap"] = Announced(swap);
            accounts[aliases.Name(account)] = entry;
        }

        return accounts;
    }

    private static CanonicalObject Announced(ColdkeySwap swap) => new()
    {
        ["ready"] = swap.ReadyAt.ToString(),
        ["hash"] = Convert.ToHexStringLower(swap.Hash.AsSpan()),
        ["disputed"] = swap.DisputedAt?.ToString(),
    };

    private static CanonicalObject Position(
        PositionKey position, SafeFloat share, Dictionary<(NetUid, AccountId), HotkeyPool> pools, Aliases aliases) => new()
        {
            ["netuid"] = position.Netuid.ToString(),
            ["hotkey"] = aliases.Name(position.Hotkey),
            ["share"] = Text(share),
            ["value"] = SharePool.Value(pools.GetValueOrDefault((position.Netuid, position.Hotkey)), share).ToString(),
        };

    private static CanonicalObject SystemAccounts(INetworkState state)
    {
        var accounts = new CanonicalObject();
        foreach (var (account, free) in state.Balances)
        {
            if (!free.IsZero && Aliases.SystemName(account) is { } name) accounts[name] = free.ToString();
        }

        foreach (var books in state.Subnets)
        {
            if (!books.AccountTao.IsZero) accounts[Aliases.SubnetName(books.Netuid)] = books.AccountTao.ToString();
        }

        return accounts;
    }

    private static CanonicalObject Hotkeys(INetworkState state, Aliases aliases)
    {
        var rates = state.ClaimRates.ToDictionary();
        var claimed = state.Claimed.Where(entry => entry.Value != 0).ToLookup(entry => entry.Key.Hotkey);
        var hotkeys = new CanonicalObject();
        foreach (var (hotkey, record) in state.Hotkeys)
        {
            var entry = new CanonicalObject
            {
                ["owner"] = aliases.Name(record.Owner),
                ["take"] = record.Take.ToString(),
                ["delegate"] = record.IsDelegate,
            };
            if (rates.TryGetValue(hotkey, out var ofHotkey) && !ofHotkey.BySubnet.IsEmpty) entry["claim_rates"] = Rates(ofHotkey);
            if (claimed.Contains(hotkey)) entry["claimed"] = Claimed(claimed[hotkey], aliases);
            hotkeys[aliases.Name(hotkey)] = entry;
        }

        return hotkeys;
    }

    private static CanonicalObject Subnets(INetworkState state, Aliases aliases)
    {
        var pools = state.HotkeyPools.Where(entry => !entry.Pool.IsEmpty).ToLookup(entry => entry.Netuid);
        var metagraphs = state.Metagraphs.ToDictionary();
        var subnets = new CanonicalObject();
        foreach (var books in state.Subnets)
        {
            Int128 held = 0;
            var hotkeys = new CanonicalObject();
            foreach (var (_, hotkey, pool) in pools[books.Netuid])
            {
                held += pool.Value.Rao;
                hotkeys[aliases.Name(hotkey)] =
                    new CanonicalObject { ["value"] = pool.Value.ToString(), ["denominator"] = Text(pool.Denominator) };
            }

            var subnet = CanonicalSubnet.Of(books, held);
            subnet["owner"] = NameOf(books.Owner, aliases);
            subnet["owner_hotkey"] = NameOf(books.OwnerHotkey, aliases);
            subnet["hotkeys"] = hotkeys;
            if (metagraphs.TryGetValue(books.Netuid, out var metagraph)) CanonicalMetagraph.Add(subnet, metagraph, aliases);
            subnets[books.Netuid.ToString()] = subnet;
        }

        return subnets;
    }

    private static CanonicalObject Rates(ClaimRates rates)
    {
        var written = new CanonicalObject();
        foreach (var (netuid, rate) in rates.BySubnet) written[netuid.ToString()] = rate.Bits.ToString();
        return written;
    }

    private static CanonicalObject Claimed(IEnumerable<KeyValuePair<PositionKey, UInt128>> entries, Aliases aliases)
    {
        var written = new CanonicalObject();
        foreach (var ofSubnet in entries.GroupBy(entry => entry.Key.Netuid))
        {
            var coldkeys = new CanonicalObject();
            foreach (var (position, rao) in ofSubnet) coldkeys[aliases.Name(position.Coldkey)] = rao.ToString();
            written[ofSubnet.Key.ToString()] = coldkeys;
        }

        return written;
    }

    private static object ClaimType(RootClaimType type) =>
        type.Kind == RootClaimKind.KeepSubnets ? type.Subnets.Select(netuid => (object?)netuid.ToString()).ToArray() : type.Kind.ToString();

    private static string? NameOf(AccountId? account, Aliases aliases) => account is { } id ? aliases.Name(id) : null;

    private static string Text(SafeFloat number) => $"{number.Mantissa}e{number.Exponent}";
}
