using System.Text;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Dtao.Grains.Wire;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Preview;
using Dtao.Hosting.Scenarios;
using Dtao.Network.Tests.Scenarios;
using Dtao.TestKit;
using Xunit;

namespace Dtao.Network.Tests.Preview;

/// <summary>A forecast is what the network itself comes to when nobody trades, to the rao.</summary>
public sealed class PreviewTests
{
    private const int Ahead = 20;
    private static readonly Aliases s_noNames = new([]);
    private static readonly WholeNetwork s_whole = new(3, 6, 12, 7);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Forecast_OfAStoppedNetwork_IsWhatItComesToToTheRao()
    {
        await using var cluster = await ClusterNetwork.StartAsync(s_whole.Genesis);
        await RunWithCalls(cluster, s_whole.Blocks);
        var image = await ReadImage(cluster);
        var coldkey = s_whole.Genesis.Stakes[0].Position.Coldkey;
        await cluster.RestartAsync();

        var model = StoredModel.Of(image);
        var copied = Describe(model);
        var stored = Describe(await cluster.Read());
        var forecast = StakeForecast.Run(model, coldkey, Ahead, null, picksByNumber: true, Token);
        await cluster.MakeBlocks(Ahead);
        var after = await cluster.Read();

        Assert.Equal(stored, copied);
        Assert.Equal(Describe(after), Describe(model));
        var real = after.Shares.Where(entry => entry.Position.Coldkey == coldkey).ToDictionary(entry => entry.Position, entry => ValueOf(after, entry.Position));
        Assert.NotEmpty(real);
        Assert.Equal(
            real.OrderBy(entry => entry.Key.Netuid).ThenBy(entry => entry.Key.Hotkey).Select(entry => (entry.Key.Netuid, entry.Key.Hotkey, entry.Value)),
            forecast.Positions.Select(position => (position.Netuid, position.Hotkey, position.After)));
        Assert.Contains(forecast.Positions, position => position.After > position.Before);
        Assert.Equal((new BlockNumber((ulong)s_whole.Blocks), (ulong)Ahead), (forecast.From, forecast.Blocks));
    }

    [Fact]
    public async Task Forecast_WithAddedStake_IsWhatTheNetworkComesToAfterThatStake()
    {
        await using var cluster = await ClusterNetwork.StartAsync(s_whole.Genesis);
        await RunWithCalls(cluster, 7);
        var (key, amount) = (s_whole.Genesis.Stakes[^1].Position, new Tao(1_000_000_000));

        var forecast = StakeForecast.Run(StoredModel.Of(await ReadImage(cluster)), key.Coldkey, Ahead, new StakeToAdd(key.Hotkey, key.Netuid, amount), picksByNumber: true, Token);
        var outcome = await cluster.Execute(key.Coldkey, new Call { Kind = CallKind.AddStake, Hotkey = key.Hotkey, Netuid = key.Netuid, Amount = amount.Rao });
        await cluster.MakeBlocks(Ahead);
        var after = await cluster.Read();

        Assert.True(outcome.IsOk);
        Assert.Equal((LedgerError.None, outcome.Moves[0].Alpha, outcome.Moves[0].Fee), (forecast.Added!.Error, forecast.Added.Bought, forecast.Added.FeeRao));
        var position = forecast.Positions.Single(position => position.Netuid == key.Netuid && position.Hotkey == key.Hotkey);
        Assert.Equal(ValueOf(after, key), position.After);
        Assert.Equal(after.Balances.ToDictionary()[key.Coldkey], forecast.FreeAfter);
    }

    [Fact]
    public async Task Forecast_OfStakeThatWouldBeRefused_SaysWhyAndMakesNoBlock()
    {
        await using var cluster = await ClusterNetwork.StartAsync(s_whole.Genesis);
        var key = s_whole.Genesis.Stakes[^1].Position;

        var forecast = StakeForecast.Run(StoredModel.Of(await ReadImage(cluster)), key.Coldkey, Ahead, new StakeToAdd(key.Hotkey, key.Netuid, new Tao(1)), picksByNumber: true, Token);

        Assert.Equal((LedgerError.AmountTooLow, 0UL), (forecast.Added!.Error, forecast.Blocks));
        Assert.All(forecast.Positions, position => Assert.Equal(position.Before, position.After));
    }

    [Fact]
    public async Task Claim_OfTheForecast_IsWhatTheNetworkPays()
    {
        var genesis = s_whole.Genesis with { Parameters = s_whole.Genesis.Parameters with { NumRootClaim = 0 } };
        await using var cluster = await ClusterNetwork.StartAsync(genesis);
        await RunWithCalls(cluster, 16, CallKind.SetWeights);
        var coldkey = genesis.Stakes[^1].Position.Coldkey;
        var root = new PositionKey(NetUid.Root, genesis.Stakes[^1].Position.Hotkey, coldkey);

        var forecast = StakeForecast.Run(StoredModel.Of(await ReadImage(cluster)), coldkey, 0, null, picksByNumber: true, Token);
        var before = ValueOf(await cluster.Read(), root);
        await cluster.Execute(coldkey, new Call { Kind = CallKind.ClaimRoot, Detail = new ClaimDetail([new(1), new(2), new(3)]) });
        var after = ValueOf(await cluster.Read(), root);

        Assert.True(forecast.ClaimAfter.RootStake.Rao > 0);
        Assert.Equal(after - before, new Alpha(forecast.ClaimAfter.RootStake.Rao));
        Assert.Equal(Tao.Zero, forecast.ClaimAfter.Kept);
    }

    [Fact]
    public async Task Emission_OfTheForecast_IsWhatTheNetworkMints()
    {
        await using var cluster = await ClusterNetwork.StartAsync(s_whole.Genesis);
        await RunWithCalls(cluster, 9);
        var before = await cluster.Read();

        var forecast = EmissionForecast.Run(StoredModel.Of(await ReadImage(cluster)), Ahead, Token);
        await cluster.MakeBlocks(Ahead);
        var after = await cluster.Read();

        Assert.Equal((Int128)after.TotalIssuance.Rao - before.TotalIssuance.Rao, forecast.IssuedRao);
        Assert.Equal([1, 2, 3], forecast.Subnets.Select(subnet => (int)subnet.Netuid.Value));
        foreach (var subnet in forecast.Subnets)
        {
            var (then, now) = (after.Subnets.Single(books => books.Netuid == subnet.Netuid), before.Subnets.Single(books => books.Netuid == subnet.Netuid));
            Assert.Equal(then.MintedAlpha - now.MintedAlpha, subnet.AlphaIn + subnet.AlphaOut);
            Assert.Equal(Economics.Pools.PoolState.Of(then).Price.Bits, subnet.PriceThen);
        }

        Assert.InRange(forecast.Subnets.Sum(subnet => (long)subnet.ShareThenPpm), 999_990, 1_000_000);
    }

    [Fact]
    public async Task Model_OfANetworkInABlock_IsRefused()
    {
        await using var cluster = await ClusterNetwork.StartAsync(s_whole.Genesis);
        var image = await ReadImage(cluster);
        image.Pools[new NetUid(1)].LastBlock = new BlockNumber(1);

        Assert.False(StoredModel.IsBetweenBlocks(image));
        Assert.Throws<ArgumentException>(() => StoredModel.Of(image));
    }

    [Fact]
    public async Task ReadBetweenBlocks_NobodyFinishesTheBlock_ReadsOnceAndSaysSo()
    {
        await using var cluster = await ClusterNetwork.StartAsync(s_whole.Genesis);
        var (log, path) = (cluster.Host.Log, cluster.Host.Options.DatabasePath);
        var before = await StoredModel.ReadBetweenBlocks(path, Token);
        var one = before.Image!.Pools[new NetUid(1)];
        using var journal = log.Open(ActorKeys.Pool(1));
        await journal.LoadAsync();
        var writer = new RecordWriter(512);
        PoolModel.Instance.WriteEvent(writer, new BlockApplied(new BlockNumber(1), new byte[32], Tao.Zero, one.Books!));
        await log.WhenDurable(log.Append(journal, writer.WrittenSpan.ToArray()));

        var after = await StoredModel.ReadBetweenBlocks(path, Token);

        Assert.Equal((false, 1), (before.IsAtRest, before.Reads));
        Assert.Equal((true, 1, null), (after.IsAtRest, after.Reads, after.Image));
    }

    private static async Task RunWithCalls(ClusterNetwork cluster, int blocks, CallKind? only = null)
    {
        for (var block = 1; block <= blocks; block++)
        {
            await cluster.MakeBlocks(1);
            foreach (var (signer, call) in s_whole.CallsOf(block).Where(made => only is null || made.Call.Kind == only)) await cluster.Execute(signer, call);
        }
    }

    private static Task<NetworkImage> ReadImage(ClusterNetwork cluster) => new OrderedLogNetwork(cluster).ReadAtRest();

    private static Alpha ValueOf(INetworkState state, PositionKey key) => Economics.Pools.SharePool.Value(
        state.HotkeyPools.FirstOrDefault(entry => entry.Netuid == key.Netuid && entry.Hotkey == key.Hotkey).Pool,
        state.Shares.FirstOrDefault(entry => entry.Position == key).Share);

    private static string Describe(INetworkState state) => Encoding.ASCII.GetString(CanonicalJson.Write(CanonicalState.Of(state, "preview", s_noNames, null)));
}
