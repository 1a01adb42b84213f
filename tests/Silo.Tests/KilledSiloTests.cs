using System.Diagnostics;
using System.Globalization;
using Dtao.Hosting.Genesis;
using Dtao.TestKit;

namespace Dtao.Silo.Tests;

/// <summary>The promise "durable before answered": what a client was told survives SIGKILL at any instant, and nothing else is left by half.</summary>
public sealed class KilledSiloTests : IDisposable
{
    private const int Seed = 20_260_601;
    private const int LoadMillisecondsMax = 700;
    /// <summary>After so many kills under load, one hits a silo that is still starting.</summary>
    private const int StartKillPeriod = 4;

    /// <summary>Kills under load; those of a starting silo come on top.</summary>
    private static readonly int s_kills = LongRun.IsOn ? 100 : 20;
    /// <summary>Kills go on beyond the count until every kind of work was hit; this ends a run that never hits one.</summary>
    private static readonly int s_killsMax = s_kills + 60;

    private readonly string _folder = Directory.CreateTempSubdirectory("dtao-killed-").FullName;
    private readonly Random _random = new(Seed);
    private readonly ToldOperations _told = new();
    private readonly MixedLoad _load;
    private readonly Hits _hits = new();
    private TimeSpan _start;

    public KilledSiloTests() => _load = new(Seed, _told);

    private string Database => SiloProcess.DatabaseIn(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task KilledSilo_UnderMixedLoad_KeepsEveryAcknowledgedOperationOnceAndTheBooksClean()
    {
        var clock = Stopwatch.StartNew();
        await Found();
        for (var kill = 1; kill <= s_kills || (!_hits.IsEveryKindHit && kill <= s_killsMax); kill++)
        {
            await KillUnderLoad();
            NoteHits();
            if (kill % StartKillPeriod != 0) continue;
            await KillWhileStarting();
            NoteHits();
        }

        await EndAll();
        var ended = StoredLedger.AssertEachEndedOnce(Database);
        var stored = StoredLedger.ReadClean(Database);
        stored.AssertHolds(_told.Acknowledged.Values);
        stored.AssertAgrees(_told.Tally());
        stored.AssertEarned();

        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_hits}; {ended} operations ended, block {stored.Block}, {clock.Elapsed.TotalSeconds:F0} s"));
        Assert.Equal(_told.Acknowledged.Count, ended);
        Assert.Contains(_told.Acknowledged.Values, entry => !entry.Receipt.IsApplied);
        Assert.True(_hits.IsEveryKindHit, _hits.ToString());
    }

    /// <summary>The first start makes the ledger. A kill before it is whole leaves a file that says so, which is another test's matter.</summary>
    private async Task Found()
    {
        var genesis = Path.Combine(_folder, "given.json");
        await File.WriteAllBytesAsync(genesis, GenesisWriter.Write(CrashGenesis.Document()), TestContext.Current.CancellationToken);
        await using var silo = SiloProcess.Start(_folder, "--genesis", genesis);
        await silo.WhenServing();
        await silo.Kill();
    }

    private async Task KillUnderLoad()
    {
        var began = Stopwatch.GetTimestamp();
        await using var silo = SiloProcess.Start(_folder);
        await using var client = await silo.Connect(SiloOfItsOwnClients.Patient);
        _start = Stopwatch.GetElapsedTime(began);
        StoredLedger.ReadClean(Database).AssertHolds(_told.Acknowledged.Values);
        var instant = TimeSpan.FromMilliseconds(_random.Next(LoadMillisecondsMax));
        _hits.UnderWay += await _load.RunUntil(client, () => Task.Delay(instant), silo.Kill);
    }

    private async Task KillWhileStarting()
    {
        await using var silo = SiloProcess.Start(_folder);
        await Task.Delay(_start * _random.NextDouble(), TestContext.Current.CancellationToken);
        await silo.Kill();
    }

    /// <summary>What stands in the file of the dead process.</summary>
    private void NoteHits()
    {
        var stored = StoredLedger.ReadClean(Database);
        stored.AssertHolds(_told.Acknowledged.Values);
        _hits.Kills++;
        _hits.Operations += stored.OperationsInFlight;
        _hits.Blocks += stored.HasBlockInFlight ? 1 : 0;
        _hits.Batches += stored.HasBatchInFlight ? 1 : 0;
    }

    /// <summary>Operations that nobody was told about come to one end, and a repeat of the others is answered as before.</summary>
    private async Task EndAll()
    {
        await using var silo = SiloProcess.Start(_folder);
        await using var client = await silo.Connect(SiloOfItsOwnClients.Patient);
        var known = _told.Acknowledged.Values.OrderBy(_ => _random.Next()).Take(200).ToArray();
        await _told.AskAgain(client);
        foreach (var (operation, receipt) in known)
        {
            Assert.Equal(ReceiptText.Of(receipt), ToldOperations.TextOf(await client.SubmitAsync(operation)));
        }

        await silo.Kill();
    }

    /// <summary>What the kills hit.</summary>
    private sealed class Hits
    {
        public int Kills { get; set; }

        /// <summary>Clients that waited for an answer.</summary>
        public int UnderWay { get; set; }

        /// <summary>Operations that were durably begun and not settled.</summary>
        public int Operations { get; set; }

        public int Blocks { get; set; }

        public int Batches { get; set; }

        public bool IsEveryKindHit => UnderWay > 0 && Operations > 0 && Blocks > 0 && Batches > 0;

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Kills} kills hit {UnderWay} waiting clients, {Operations} operations in flight, {Blocks} blocks and {Batches} batches of the lane on their way");
    }
}
