using System.Diagnostics;
using System.Globalization;
using Dtao.Client;
using Dtao.Grains;
using Dtao.Hosting.Genesis;
using Dtao.Hosting.Network;
using Dtao.TestKit;

namespace Dtao.Silo.Tests;

/// <summary>The same promise to clients that die with the silo: their operations come without a message, and what they passed on outside of the process survives it.</summary>
public sealed class KilledClientTests(ITestOutputHelper output) : IDisposable
{
    private const int Seed = 20_261_130;
    private const int SeedStep = 1_000;
    private const int KillKinds = 3;
    private const int SpinsMax = 20_000;

    /// <summary>Up to how many receipts are told in one life: from the first ones, when the code of the process is still cold, to many at once.</summary>
    private const int ReceiptsMax = 300;

    /// <summary>How many operations are asked for together.</summary>
    private const int TogetherMax = 100;

    private static readonly int s_kills = LongRun.IsOn ? 60 : 5;

    private readonly string _folder = Directory.CreateTempSubdirectory("dtao-killed-client-").FullName;
    private readonly Random _random = new(Seed);
    private readonly ToldOperations _told = new();
    private readonly Dictionary<SiloOfItsOwnClients.Way, int> _receipts = [];
    private int _left;

    private string Database => SiloProcess.DatabaseIn(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task KilledSilo_OfItsOwnClients_KeepsEveryAcknowledgedOperationOnceAndARepeatChangesNothing()
    {
        var clock = Stopwatch.StartNew();
        await using (await Host(CrashGenesis.Document().ToNetworkGenesis()))
        {
        }

        for (var kill = 1; kill <= s_kills; kill++) await KillUnderLoad(kill);
        await EndAll();
        await RepeatAll();

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{s_kills} kills left {_left} operations unanswered; told {string.Join(", ", _receipts)}; {_told.Acknowledged.Count} operations, {clock.Elapsed.TotalSeconds:F0} s"));
        Assert.True(_left > 0);
        Assert.Equal([SiloOfItsOwnClients.Way.Alone, SiloOfItsOwnClients.Way.Batch], _receipts.Keys.Order());
        Assert.Contains(_told.Acknowledged.Values, entry => entry.Receipt.IsApplied);
        Assert.Contains(_told.Acknowledged.Values, entry => !entry.Receipt.IsApplied);
    }

    /// <summary>No blocks: nothing but operations changes anything.</summary>
    private Task<NetworkHost> Host(NetworkGenesis? genesis = null) =>
        NetworkHost.StartAsync(SiloOfItsOwnClients.Network(_folder) with { DrivesBlocks = false, Genesis = genesis }, TestContext.Current.CancellationToken);

    /// <summary>One kill comes from outside, at any instant; between two such the process kills itself behind a receipt of an operation that was sent alone, or in a batch.</summary>
    private async Task KillUnderLoad(int kill)
    {
        var again = _told.Unanswered.Values.Where((_, place) => place % 2 == 0).ToArray();
        var receipts = _random.Next(1, ReceiptsMax);
        var receiptsLeft = receipts;
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (int, SiloOfItsOwnClients.Way)? end = (kill % KillKinds) switch
        {
            0 => null,
            1 => (receipts, SiloOfItsOwnClients.Way.Alone),
            _ => (receipts, SiloOfItsOwnClients.Way.Batch),
        };
        await using (var silo = SiloOfItsOwnClients.Start(_folder, Seed + (SeedStep * kill), again, _told, Count, end))
        {
            if (end is null)
            {
                await silo.When(reached.Task, "answer");
                Thread.SpinWait(_random.Next(SpinsMax));
            }
            else
            {
                await silo.WhenSilent();
            }

            await silo.Kill();
        }

        _left += _told.Unanswered.Count;
        StoredLedger.ReadClean(Database).AssertHolds(_told.Acknowledged.Values);
        var (ended, open) = StoredLedger.ReadHistories(Database);
        AssertTells(ended);
        Assert.All(ended.Keys.Concat(open), id => Assert.True(_told.Acknowledged.ContainsKey(id) || _told.Unanswered.ContainsKey(id), $"nobody has begun {id}"));
        Assert.All(open, id => Assert.Contains(id, _told.Unanswered));

        void Count(SiloOfItsOwnClients.Way way)
        {
            _receipts[way] = _receipts.GetValueOrDefault(way) + 1;
            if (--receiptsLeft == 0) reached.SetResult();
        }
    }

    /// <summary>What was told is what the histories say.</summary>
    private void AssertTells(IReadOnlyDictionary<OperationId, Receipt> ended)
    {
        foreach (var (id, (_, receipt)) in _told.Acknowledged)
        {
            Assert.Equal(ReceiptText.Of(receipt), ended.TryGetValue(id, out var stored) ? ReceiptText.Of(stored) : $"{id} has not ended");
        }
    }

    /// <summary>What nobody was told about comes to one end.</summary>
    private async Task EndAll()
    {
        await using (var host = await Host())
        {
            await using var client = new DtaoClient(host.Client, SiloOfItsOwnClients.Patient);
            await _told.AskAgain(client);
        }

        AssertAllEnded();
    }

    private async Task RepeatAll()
    {
        var before = StoredLedger.ReadClean(Database);
        await using (var host = await Host())
        {
            await using var client = new DtaoClient(host.Client, SiloOfItsOwnClients.Patient);
            var position = host.Log.AppendedPosition;
            foreach (var known in _told.Acknowledged.Values.Chunk(TogetherMax))
            {
                var alone = await Task.WhenAll(known.Select(entry => client.SubmitAsync(entry.Operation)));
                var together = await client.SubmitManyAsync([.. known.Select(entry => entry.Operation)]);
                Assert.Equal(known.Select(entry => ReceiptText.Of(entry.Receipt)), alone.Select(ToldOperations.TextOf));
                Assert.Equal(known.Select(entry => ReceiptText.Of(entry.Receipt)), together.Select(ToldOperations.TextOf));
            }

            Assert.Equal(position, host.Log.AppendedPosition);
        }

        Assert.Equal(before.Supply, AssertAllEnded().Supply);
    }

    /// <summary>Each operation that was begun has ended once and as it was told, and what there is follows from the receipts.</summary>
    private StoredLedger AssertAllEnded()
    {
        var (ended, open) = StoredLedger.ReadHistories(Database);
        Assert.Empty(open);
        AssertTells(ended);
        Assert.Equal(_told.Acknowledged.Count, ended.Count);
        var stored = StoredLedger.ReadClean(Database);
        stored.AssertHolds(_told.Acknowledged.Values);
        stored.AssertAgrees(_told.Tally());
        return stored;
    }
}
