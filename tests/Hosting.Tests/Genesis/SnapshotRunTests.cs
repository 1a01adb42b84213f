using System.Globalization;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Registry;
using Dtao.Hosting.Demo;
using Dtao.Hosting.Genesis;
using Dtao.Hosting.Network;
using Dtao.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Dtao.Hosting.Tests.Genesis;

/// <summary>The chain's own snapshot as a network that trades, registers, and has epochs, for 2,000 blocks.</summary>
public sealed class SnapshotRunTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Subnets = 8;
    private const int Tempo = 20;
    private const int Validators = 6;
    private const int Miners = 6;
    private const int OperationsPerBlock = 8;
    private const int WeightsEvery = 120;
    /// <summary>A neuron is bound by the limit of weights from its registration on.</summary>
    private const int WeightsFrom = 105;
    private const int Blocks = 2_000;

    private readonly string _database = Path.Combine(Path.GetTempPath(), $"dtao-snapshot-{Guid.NewGuid():N}.db");

    [Fact]
    public async Task Network_OfTheChainsSnapshot_TradesForManyBlocksWithCleanBooksAndIssuanceOnTheCurve()
    {
        var token = TestContext.Current.CancellationToken;
        var document = await Import(token);
        await using var host = await NetworkHost.StartAsync(
            new() { DatabasePath = _database, Genesis = document.ToNetworkGenesis(NetworkGenesis.Manual), DrivesBlocks = false }, token);
        await using var client = new DtaoClient(host.Client);
        var seats = Seats(document);
        await Prepare(host, client, seats, token);
        var economy = new DemoEconomy(
            new ClientDemoNetwork(client), DemoPopulation.Of(document), new(), TimeProvider.System, NullLogger.Instance);
        var markets = await new ClientDemoNetwork(client).ReadMarkets(token);
        var planner = new DemoPlanner(20_261_129, DemoPopulation.Of(document).Traders.Count);

        var headers = new List<BlockHeader> { (await client.GetHeadAsync(token)).Header! };
        while (headers[^1].Number.Value < (ulong)Blocks)
        {
            headers.Add(await host.Grains.GetGrain<IBlockCoordinatorGrain>(0).CloseBlock());
            if (headers[^1].Number.Value % WeightsEvery == WeightsFrom) await SetWeights(client, seats, token);
            await Task.WhenAll(Enumerable.Range(0, OperationsPerBlock).Select(_ => economy.RunPlan(planner.Next(), markets, token)));
        }

        AssertIssuance(document.TotalIssuance, headers);
        AuditAssert.IsClean(host);
        await AssertItLived(client, economy.Counts, token);
        foreach (var miner in seats.Skip(Validators)) await AssertIsPaid(client, miner, token);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        foreach (var suffix in (string[])["", "-wal", "-shm"]) File.Delete(_database + suffix);
        return ValueTask.CompletedTask;
    }

    private static async Task<GenesisDocument> Import(CancellationToken token)
    {
        await using var stream = File.OpenRead(SnapshotFile.PathOrSkip());
        var result = await SnapshotImport.Read(stream, new() { Subnets = SnapshotImportOptions.DefaultSubnets(Subnets) }, token);
        Assert.Empty(result.Faults);
        return result.Document!;
    }

    /// <summary>Those with most root stake whose owners can pay for seats validate; others of such owners mine.</summary>
    private static IReadOnlyList<DocumentHotkey> Seats(GenesisDocument document)
    {
        var free = document.Balances.ToDictionary(balance => balance.Account, balance => balance.Free.Rao);
        var staked = document.Stakes.GroupBy(stake => stake.Hotkey).ToDictionary(stakes => stakes.Key, stakes => stakes.Max(stake => stake.Amount.Rao));
        var able = document.Hotkeys.Where(hotkey => free.GetValueOrDefault(hotkey.Owner) > 1_000_000_000_000)
            .OrderByDescending(hotkey => staked.GetValueOrDefault(hotkey.Hotkey)).ThenBy(hotkey => hotkey.Hotkey).ToList();
        Assert.True(able.Count >= Validators + Miners, $"Only {able.Count} hotkeys have an owner who can pay for seats.");
        return [.. able.Take(Validators), .. able.TakeLast(Miners)];
    }

    private static async Task Prepare(NetworkHost host, DtaoClient client, IReadOnlyList<DocumentHotkey> seats, CancellationToken token)
    {
        var registry = host.Grains.GetGrain<ISubnetRegistryGrain>(0);
        for (ushort netuid = 1; netuid <= Subnets; netuid++)
        {
            var set = await registry.Administer(OperationId.Create(), Calls.Administer("tempo", Tempo.ToString(CultureInfo.InvariantCulture), new NetUid(netuid)));
            Assert.True(set.IsApplied, set.ErrorName);
        }

        await host.Grains.GetGrain<IBlockCoordinatorGrain>(0).CloseBlock();
        foreach (var seat in seats)
        {
            for (ushort netuid = 1; netuid <= Subnets; netuid++)
            {
                var seated = await client.SubmitAsync(seat.Owner, Calls.RegisterNeuron(seat.Hotkey, new NetUid(netuid)), null, token);
                Assert.True(seated.IsApplied, seated.ErrorName);
            }
        }
    }

    private static async Task SetWeights(DtaoClient client, IReadOnlyList<DocumentHotkey> seats, CancellationToken token)
    {
        var miners = Enumerable.Range(Validators, Miners).Select(uid => (ushort)uid).ToArray();
        foreach (var validator in seats.Take(Validators))
        {
            for (ushort netuid = 1; netuid <= Subnets; netuid++)
            {
                var set = await client.SubmitAsync(
                    validator.Hotkey, Calls.SetWeights(new NetUid(netuid), miners, miners.Select(uid => (ushort)(uid * netuid))), null, token);
                Assert.True(set.IsApplied, set.ErrorName);
            }
        }
    }

    /// <summary>Every block mints what the curve says of the issuance before it, and what there is after it is what was, and that, less what nobody took.</summary>
    private static void AssertIssuance(Tao genesis, List<BlockHeader> headers)
    {
        var issuance = genesis;
        foreach (var header in headers)
        {
            Assert.Equal(Curve(issuance.Rao), header.Emission.Rao);
            issuance = issuance + header.Emission - header.Recycled;
            Assert.Equal((header.Number, issuance), (header.Number, header.TotalIssuance));
        }

        Assert.Equal(Blocks, headers.Count);
        Assert.Equal(Enumerable.Range(1, Blocks).Select(number => (ulong)number), headers.Select(header => header.Number.Value));
    }

    /// <summary>The issuance curve as a table says it: halved at 1/2, 3/4, 7/8 ... of the supply.</summary>
    private static ulong Curve(ulong issuance)
    {
        var halvings = 0;
        while (issuance >= BlockEmission.MaxSupply - (BlockEmission.MaxSupply >> (halvings + 1))) halvings++;
        return 1_000_000_000UL >> halvings;
    }

    private async Task AssertItLived(DtaoClient client, DemoCounts counts, CancellationToken token)
    {
        var subnets = (await client.GetSubnetsAsync(token)).Where(subnet => !subnet.Netuid.IsRoot).Select(subnet => subnet.Pool.Books!).ToList();
        output.WriteLine($"{Blocks} blocks, {counts}, epochs {string.Join(' ', subnets.Select(books => books.EpochIndex))}");
        Assert.Equal(Subnets, subnets.Count);
        Assert.All(subnets, books => Assert.True(books.EpochIndex >= (ulong)(Blocks / (Tempo + 1)) - 1, $"subnet {books.Netuid} had {books.EpochIndex} epochs"));
        Assert.True(counts[DemoCounts.Applied] >= Blocks * OperationsPerBlock / 2, counts.ToString());
    }

    /// <summary>What a miner earned is staked to its hotkey, in the alpha of each subnet that it mines on.</summary>
    private static async Task AssertIsPaid(DtaoClient client, DocumentHotkey miner, CancellationToken token)
    {
        var positions = await client.GetPositionsAsync(miner.Owner, token);
        var paid = positions.Where(position => position.Hotkey == miner.Hotkey && !position.Netuid.IsRoot && !position.Value.IsZero);
        Assert.Equal(Enumerable.Range(1, Subnets).Select(netuid => (ushort)netuid), paid.Select(position => position.Netuid.Value).Order());
    }
}
