using System.Numerics;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Subnets;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Scenarios;
using Dtao.Network.Tests.Scenarios;
using Xunit;

namespace Dtao.Network.Tests.Rules;

/// <summary>What validators earned, as readers are told it, is what stakers were paid.</summary>
public sealed class EarningsRuleTests
{
    private static readonly WholeNetwork s_whole = new(3, 6, 12, 7);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Earnings_OfEveryStake_AreWhatItWasPaidAndSurviveARestart()
    {
        await using var cluster = await ClusterNetwork.StartAsync(s_whole.Genesis);
        await Advance(cluster, 1, 9);
        var before = await StakesOf(cluster);
        await Advance(cluster, 10, 16);
        var after = await StakesOf(cluster);

        await cluster.RestartAsync();
        var subnets = (await cluster.Read()).Subnets.Where(books => !books.IsRoot).ToList();
        var checkedStakes = 0;
        foreach (var books in subnets)
        {
            var page = await cluster.Host.Grains.SubnetViews(books.Netuid.Value).GetHotkeys(new HotkeyQuery(null, 1_000, [new(9)], new(16), CountsPositions: true));
            foreach (var row in page.Hotkeys.Where(row => row.Earned[0] is not null))
            {
                var span = row.Earned[0]!;
                Assert.True(span.IsWhole);
                var (stake, paid) = (before[(books.Netuid, row.Hotkey)], after[(books.Netuid, row.Hotkey)]);
                var told = stake + (stake * span.PerAlphaBits >> 64);
                Assert.InRange(paid, told - 2, told + 2);
                checkedStakes++;
            }
        }

        Assert.InRange(checkedStakes, 6, int.MaxValue);
    }

    [Fact]
    public async Task GetValidators_OnRoot_AddsUpWhatRatesRoseByAtThePricesOfTheirTime()
    {
        await using var cluster = await ClusterNetwork.StartAsync(s_whole.Genesis);
        await Advance(cluster, 1, 24);
        await using var client = new DtaoClient(cluster.Host.Grains);

        var validators = await client.GetValidatorsAsync(NetUid.Root, [TimeSpan.FromTicks(1), TimeSpan.FromDays(1)], cancellationToken: Token);
        var all = await client.GetRootValidatorsAsync(Token);

        Assert.Equal(6, validators!.Count);
        Assert.Equal(validators.OrderByDescending(info => info.Weight).Select(info => info.Hotkey), validators.Select(info => info.Hotkey));
        Assert.Equal(all.Select(info => info.Hotkey).Order(), validators.Select(info => info.Hotkey).Order());
        Assert.All(validators, info => Assert.Equal((0, true), (info.Nominators, info.Facts is not null)));
        Assert.Contains(validators, info => info.Yields[1] is { IsWhole: false, RaoPerWhole: > 0, YearPpm: > 0, Milliseconds: > 0 });
        Assert.Contains(all, info => info.Rates.BySubnet.Values.Any(rate => rate > I96F32.Zero));
    }

    [Fact]
    public async Task GetMetagraph_OfEverySubnet_IsTheStoredOne()
    {
        await using var cluster = await ClusterNetwork.StartAsync(s_whole.Genesis);
        await Advance(cluster, 1, 9);
        await using var client = new DtaoClient(cluster.Host.Grains);
        using var view = cluster.Host.Log.OpenReadView();
        var image = NetworkImage.Read(view);

        foreach (var (netuid, pool) in image.Pools.Where(entry => !entry.Key.IsRoot))
        {
            var neurons = (await client.GetMetagraphAsync(netuid, Token))!;
            var page = await cluster.Host.Grains.Metagraph(netuid.Value).GetNeurons(3, 4);

            Assert.Equal(pool.Metagraph.Neurons.Select(neuron => (neuron.Hotkey, neuron.Emission)), neurons.Select(info => (info.Neuron.Hotkey, info.Neuron.Emission)));
            Assert.Equal(neurons.Select(info => pool.HotkeyPools.GetValueOrDefault(info.Neuron.Hotkey).Value), neurons.Select(info => info.Neuron.Stake));
            Assert.Equal(neurons.Select(info => image.Validators[info.Neuron.Hotkey].Record!.Owner), neurons.Select(info => info.Coldkey!.Value));
            Assert.Equal((18, 4), (page.Neurons, page.Rows.Length));
            Assert.Equal([3, 4, 5, 6], page.Rows.Select(row => row.Uid));
        }

        Assert.Null(await client.GetMetagraphAsync(new NetUid(77), Token));
    }

    [Fact]
    public async Task GetRootClaims_OfAStaker_IsWhatAClaimPays()
    {
        await using var cluster = await ClusterNetwork.StartAsync(s_whole.Genesis with { Parameters = s_whole.Genesis.Parameters with { NumRootClaim = 0 } });
        await Advance(cluster, 1, 16);
        await using var client = new DtaoClient(cluster.Host.Grains);
        var coldkey = s_whole.Genesis.Stakes[^1].Position.Coldkey;

        var claims = await client.GetRootClaimsAsync(coldkey, Token);
        var set = await client.SubmitAsync(coldkey, Calls.SetRootClaimType(RootClaimType.Keep), cancellationToken: Token);
        var owed = claims.Claims.First(claim => claim.IsClaimable);
        var before = await PositionOf(client, coldkey, owed);
        var claimed = await client.SubmitAsync(coldkey, Calls.ClaimRoot([owed.Subnet.Netuid]), cancellationToken: Token);
        var left = await client.GetRootClaimsAsync(coldkey, Token);

        Assert.True(set.IsApplied && claimed.IsApplied);
        Assert.Equal(RootClaimType.Keep, left.Type);
        Assert.DoesNotContain(left.Claims, claim => claim.Subnet.Netuid == owed.Subnet.Netuid);
        Assert.InRange((await PositionOf(client, coldkey, owed)).Rao - before.Rao, owed.Row.Owed.Rao - 1, owed.Row.Owed.Rao);
    }

    private static async Task<Alpha> PositionOf(DtaoClient client, AccountId coldkey, ClaimableDividends owed) =>
        (await client.GetPositionsAsync(coldkey, Token)).FirstOrDefault(position => position.Netuid == owed.Subnet.Netuid && position.Hotkey == owed.Row.Hotkey)?.Value ?? Alpha.Zero;

    /// <summary>Makes blocks, with weights and nothing else.</summary>
    private static async Task Advance(ClusterNetwork cluster, int from, int to)
    {
        for (var block = from; block <= to; block++)
        {
            await cluster.MakeBlocks(1);
            foreach (var (signer, call) in s_whole.CallsOf(block).Where(made => made.Call.Kind == CallKind.SetWeights)) await cluster.Execute(signer, call);
        }
    }

    /// <summary>What 10^12 shares of each hotkey are worth: a stake that nobody adds to.</summary>
    private static async Task<Dictionary<(NetUid, AccountId), BigInteger>> StakesOf(ClusterNetwork cluster)
    {
        var state = await cluster.Read();
        return state.HotkeyPools.ToDictionary(
            entry => (entry.Netuid, entry.Hotkey),
            entry => (BigInteger)(SafeFloat.FromUInt64(entry.Pool.Value.Rao).MulDiv(SafeFloat.FromUInt64(1_000_000_000_000), entry.Pool.Denominator)?.ToUInt64() ?? 0));
    }
}
