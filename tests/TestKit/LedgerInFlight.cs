using System.Text;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Subnets;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Export;
using Dtao.Hosting.Scenarios;
using Orleans;
using Orleans.Hosting;
using Xunit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.TestKit;

/// <summary>
/// A network that is taken to a file while it runs, with operations settled, one in flight at a pool, and a batch of the lane that was decided and has not reached its pools.
/// The network goes on after that: what is made of the file has to come to the same.
/// </summary>
public sealed class LedgerInFlight
{
    private const ulong BlocksAfterwards = 3;

    private LedgerInFlight(NetworkFileReport report, IReadOnlyList<(Operation, Receipt)> settled, IReadOnlyList<(Operation, Receipt)> unfinished, string atExport, string atEnd) =>
        (Report, Settled, Unfinished, AtExport, AtEnd) = (report, settled, unfinished, atExport, atEnd);

    public NetworkFileReport Report { get; }

    /// <summary>Operations that were answered before the network was taken to the file, one of them refused.</summary>
    public IReadOnlyList<(Operation Operation, Receipt Receipt)> Settled { get; }

    /// <summary>Operations that were in flight, and what came of them where they were begun.</summary>
    public IReadOnlyList<(Operation Operation, Receipt Receipt)> Unfinished { get; }

    /// <summary>The canonical state of what stands in the file.</summary>
    public string AtExport { get; }

    /// <summary>The canonical state of the network when everything had settled and some blocks more were closed.</summary>
    public string AtEnd { get; }

    public static async Task<LedgerInFlight> Write(string path)
    {
        var held = new HeldCalls();
        await using var network = new OrderedLogNetwork(await ClusterNetwork.StartAsync(Genesis(Author), silo: silo => silo.AddOutgoingGrainCallFilter(held)));
        var running = new RunningNetwork(network.Grains);
        await running.CloseBlock();
        var settled = new List<(Operation, Receipt)>();
        foreach (var (signer, call) in Operations())
        {
            var operation = await running.Prepare(signer, call);
            settled.Add((operation, await running.Submit(operation)));
        }

        await running.CloseBlock();
        var batch = await running.Prepare(Staker(2), Calls.SwapStake(Hot, One, Stable, new Alpha(OneTao)));
        var bought = await running.Prepare(Staker(1), Calls.AddStake(Warm, Two, new Tao(3 * OneTao)));
        NetworkFileReport report;
        string atExport;
        Task<Receipt> batchDone, boughtDone;
        var delivery = held.HoldNextRequest(running.Pool(One), nameof(ISubnetPoolGrain.ApplyLane));
        try
        {
            batchDone = running.SubmitPatiently(batch);
            await delivery.Reached;
            await using var closed = await running.HoldPool(Two);
            boughtDone = running.SubmitPatiently(bought);
            await running.WaitForInFlight(Staker(1), 1);
            (report, atExport) = await Export(network, path);
        }
        finally
        {
            delivery.Release();
        }

        (Operation, Receipt)[] unfinished = [(batch, await batchDone), (bought, await boughtDone)];
        Assert.All(unfinished, one => Assert.True(one.Item2.IsApplied, one.Item2.Code.ToString()));
        for (ulong block = 0; block < BlocksAfterwards; block++) await running.CloseBlock();
        return new LedgerInFlight(report, settled, unfinished, atExport, Text(new StoredNetworkState(await network.ReadAtRest())));
    }

    /// <summary>What is made of the file takes up what was in flight, answers what was asked before as it was answered, and comes to the same state.</summary>
    /// <param name="readImage">The durable state; once nothing is on its way any more.</param>
    public async Task AssertGoesOn(IGrainFactory grains, Func<Task<NetworkImage>> readImage)
    {
        var running = new RunningNetwork(grains);
        await Patience.Until(
            async () => await readImage() is { Lane.Undelivered: null } image && image.Accounts.Values.All(account => !account.HasUnfinished),
            "What was in flight was never taken up.");
        for (ulong block = 0; block < BlocksAfterwards; block++) await running.CloseBlock();
        await AssertRemembers(running);
        NetworkImage? last = null;
        await Patience.Until(async () => (last = await readImage()).Lane.Undelivered is null, "The lane's batch never reached everyone.");
        Assert.Equal(AtEnd, Text(new StoredNetworkState(last!)));
    }

    /// <summary>Every operation's id is known: a repeat has the answer of the first.</summary>
    public async Task AssertRemembers(RunningNetwork running)
    {
        foreach (var (operation, receipt) in Settled.Concat(Unfinished)) Assert.Equal(ReceiptText.Of(receipt), ReceiptText.Of(await running.SubmitUntilDecided(operation)));
    }

    public static string Text(INetworkState state) =>
        Encoding.ASCII.GetString(CanonicalJson.Write(CanonicalState.Of(state, "moved", SmallNetwork.Aliases, results: null)));

    private static async Task<(NetworkFileReport Report, string State)> Export(OrderedLogNetwork network, string path)
    {
        // One view for both: the network goes on meanwhile.
        using var view = network.OpenReadView();
        var image = NetworkImage.Read(view);
        Assert.NotNull(image.Lane.Undelivered);
        Assert.True(image.Accounts[Staker(1)].HasUnfinished);
        await using var source = new SqliteSource(view);
        return (await NetworkExport.WriteAsync(source, path), Text(new StoredNetworkState(image)));
    }

    private static IEnumerable<(AccountId Signer, Call Call)> Operations()
    {
        for (var number = 0; number < 4; number++) yield return (Staker(number), Calls.AddStake(Hot, One, new Tao(OneTao + (ulong)number)));
        yield return (Staker(3), Calls.Transfer(Nobody, new Tao(5 * OneTao), keepAlive: true));
        yield return (Staker(4), Calls.AddStake(Ghost, One, new Tao(OneTao)));
    }
}
