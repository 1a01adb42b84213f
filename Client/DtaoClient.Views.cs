using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Registration;
using Dtao.Grains;
using Dtao.Grains.Registry;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Client;

/// <content>Neurons, links between hotkeys, root claims, and prices of registration.</content>
public sealed partial class DtaoClient
{
    /// <summary>All neurons of a subnet by uid, each with its owner; null when there is no such subnet.</summary>
    /// <remarks>Read in pages of <see cref="ViewLimits.RowsMax"/>: where there are more, a block may close between two pages, and each row says nothing of it.</remarks>
    public async Task<IReadOnlyList<NeuronInfo>?> GetMetagraphAsync(NetUid netuid, CancellationToken cancellationToken = default)
    {
        var network = await GetNetworkAsync(cancellationToken).ConfigureAwait(false);
        if (Array.Find(network.Subnets, subnet => subnet.Netuid == netuid) is not { } entry) return null;
        var grain = _grains.Metagraph(entry.PoolKey);
        var rows = new List<NeuronEntry>();
        while (true)
        {
            var page = await grain.GetNeurons(rows.Count, ViewLimits.RowsMax).WaitAsync(cancellationToken).ConfigureAwait(false);
            rows.AddRange(page.Rows);
            if (rows.Count >= page.Neurons || page.Rows.Length == 0) break;
        }

        var facts = await FactsOf([.. rows.Select(row => row.Hotkey)], cancellationToken).ConfigureAwait(false);
        return [.. rows.Select((row, place) => new NeuronInfo(row, facts[place]?.Owner, row.Stake.AddSaturating(new Alpha(Weigh(row.RootStake, network.Parameters)))))];
    }

    /// <summary>A hotkey's children and parents on a subnet, in effect and asked for; null when there is no such subnet. Of a hotkey unknown there, none.</summary>
    public async Task<HotkeyFamily?> GetChildrenAsync(NetUid netuid, AccountId hotkey, CancellationToken cancellationToken = default) =>
        await EntryOf(netuid, cancellationToken).ConfigureAwait(false) is { } entry
            ? await _grains.Metagraph(entry.PoolKey).GetFamily(hotkey).WaitAsync(cancellationToken).ConfigureAwait(false)
            : null;

    /// <summary>What the registration of a new subnet costs in TAO at the newest block; it falls from block to block. Rule book 01, 10.1.</summary>
    public async Task<LockCostInfo> GetSubnetLockCostAsync(CancellationToken cancellationToken = default)
    {
        var network = await GetNetworkAsync(cancellationToken).ConfigureAwait(false);
        var head = await GetHeadAsync(cancellationToken).ConfigureAwait(false);
        var parameters = network.Parameters;
        var opens = SaturatingMath.Add(parameters.NetworkLastLockBlock, parameters.NetworkLastLockBlock == 0 ? 0 : parameters.NetworkRateLimit);
        return new LockCostInfo(
            NetworkChoice.LockCost(parameters, head.Block, head.TotalIssuance), parameters.NetworkMinLock, head.Block,
            new BlockNumber(Math.Max(opens, parameters.NetworkRegistrationStartBlock)), network.Subnets.Count(entry => !entry.Netuid.IsRoot), parameters.SubnetLimit);
    }

    /// <summary>What a coldkey could claim of root dividends now, on every subnet, with what a claim would find there.</summary>
    public async Task<RootClaimInfo> GetRootClaimsAsync(AccountId coldkey, CancellationToken cancellationToken = default)
    {
        var network = await GetNetworkAsync(cancellationToken).ConfigureAwait(false);
        var root = Array.Find(network.Subnets, entry => entry.Netuid.IsRoot);
        if (root is null) return new RootClaimInfo(RootClaimType.Swap, false, BlockNumber.Genesis, []);
        var view = await _grains.SubnetViews(root.PoolKey).GetRootClaims(coldkey).WaitAsync(cancellationToken).ConfigureAwait(false);
        var named = view.Claims.Select(claim => claim.Netuid).ToHashSet();
        var subnets = await OverSubnets([.. network.Subnets.Where(entry => named.Contains(entry.Netuid))], async (entry, token) =>
            new SubnetInfo(entry, await Pool(entry.PoolKey).GetView().WaitAsync(token).ConfigureAwait(false)), cancellationToken).ConfigureAwait(false);
        var byNetuid = subnets.Where(subnet => subnet.Pool.Books is not null).ToDictionary(subnet => subnet.Netuid);
        var claims = view.Claims.Where(claim => byNetuid.ContainsKey(claim.Netuid)).Select(claim => new ClaimableDividends(byNetuid[claim.Netuid], claim));
        return new RootClaimInfo(view.Type ?? RootClaimType.Swap, view.IsPicked, view.Block, [.. claims]);
    }

    /// <summary>Hotkeys with stake on root, the most first, with what a root TAO on each has earned on every subnet since the beginning.</summary>
    public async Task<IReadOnlyList<RootValidatorInfo>> GetRootValidatorsAsync(CancellationToken cancellationToken = default)
    {
        var network = await GetNetworkAsync(cancellationToken).ConfigureAwait(false);
        if (Array.Find(network.Subnets, entry => entry.Netuid.IsRoot) is not { } root) return [];
        var query = new HotkeyQuery(null, HotkeysPerPage, [], BlockNumber.Genesis, CountsPositions: true);
        var rows = (await HotkeysOf(root.PoolKey, query, cancellationToken).ConfigureAwait(false)).Where(row => !row.Stake.IsZero)
            .OrderByDescending(row => row.Stake).ThenBy(row => row.Hotkey).ToList();
        var hotkeys = rows.Select(row => row.Hotkey).ToArray();
        var rates = new List<ClaimRates>();
        foreach (var some in hotkeys.Chunk(ViewLimits.RowsMax))
            rates.AddRange(await _grains.SubnetViews(root.PoolKey).GetClaimRates(some).WaitAsync(cancellationToken).ConfigureAwait(false));
        var facts = await FactsOf(hotkeys, cancellationToken).ConfigureAwait(false);
        return [.. rows.Select((row, place) => new RootValidatorInfo(row.Hotkey, facts[place], new Tao(row.Stake.Rao), row.Positions ?? 0, rates[place]))];
    }

    /// <summary>What root TAO counts as beside alpha, floored.</summary>
    private static ulong Weigh(Tao root, NetworkParameters parameters) => (ulong)((UInt128)root.Rao * parameters.TaoWeight / ulong.MaxValue);

    private async Task<SubnetEntry?> EntryOf(NetUid netuid, CancellationToken cancellationToken) =>
        Array.Find((await GetNetworkAsync(cancellationToken).ConfigureAwait(false)).Subnets, subnet => subnet.Netuid == netuid);

    private async Task<HotkeyFacts?[]> FactsOf(AccountId[] hotkeys, CancellationToken cancellationToken)
    {
        var facts = new HotkeyFacts?[hotkeys.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.ReadWidth, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, hotkeys.Length), parallel, async (place, token) =>
            facts[place] = await _grains.Validator(hotkeys[place]).GetRecord().WaitAsync(token).ConfigureAwait(false)).ConfigureAwait(false);
        return facts;
    }
}
