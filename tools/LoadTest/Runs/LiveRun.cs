using System.Diagnostics;
using System.Globalization;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Chaos;
using Dtao.Keys;
using Dtao.LoadTest.Driving;
using Dtao.LoadTest.Populations;
using Dtao.LoadTest.Proofs;
using Dtao.LoadTest.Reports;

namespace Dtao.LoadTest.Runs;

/// <summary>Something that was done to a network while it was loaded.</summary>
/// <param name="AtMilliseconds">From the beginning of the run.</param>
/// <param name="BackMilliseconds">When all was there again; null where it was not.</param>
public sealed record Strike(long AtMilliseconds, long? BackMilliseconds, string What);

/// <summary>Faults that are done to a network while it is loaded.</summary>
/// <param name="Count">How many.</param>
/// <param name="Run">Does them until it is told that the load is over, and tells of each when it is done.</param>
public sealed record FaultScript(int Count, Func<Action<Strike>, CancellationToken, Task> Run);

/// <summary>What became of a script of faults.</summary>
/// <param name="Count">How many there should have been.</param>
/// <param name="Fault">Why the script ended before; null when it did not.</param>
internal sealed record Struck(int Count, IReadOnlyList<Strike> Strikes, string? Fault);

/// <summary>What a run on a network that runs has besides its options.</summary>
/// <param name="FundFrom">Who pays for the stakers, as it was written.</param>
/// <param name="FundKey">A file with that account's secret; null where none was given.</param>
internal sealed record LiveOptions(LiveNetwork Network, string FundFrom, FileInfo? FundKey, int Workers)
{
    /// <summary>The network's database file; null where it was not given.</summary>
    public NetworkFile? Database { get; init; }

    /// <summary>Audits the books of one instant while the network goes on; null where its store cannot be reached.</summary>
    public Func<CancellationToken, Task<AuditReport>>? AuditBeside { get; init; }

    /// <summary>Reads and audits the store when the load is over; null where it cannot be reached.</summary>
    public Func<CancellationToken, Task<StoredBooks>>? AuditAtEnd { get; init; }

    /// <summary>Is done beside the load; null: nothing is.</summary>
    public FaultScript? Faults { get; init; }
}

/// <summary>A run on a network that runs somewhere: makes its stakers there, loads it through its gateways, and proves what clients were told.</summary>
internal sealed class LiveRun(LoadOptions options, LiveOptions live, LoadContext context, ILoadDisplay display)
{
    private static readonly TimeSpan TellInterval = TimeSpan.FromSeconds(2);

    private readonly Stopwatch _clock = new();

    /// <summary>When the load has begun there is a report, whatever happens: what cannot be proved is a fault of its check.</summary>
    /// <exception cref="LoadUsageException">Nobody can pay for the stakers, or they are there already, or the database is another network's: nothing was sent.</exception>
    /// <exception cref="LoadBrokenException">The stakers could not be made, or a worker ended before it was done.</exception>
    public async Task<LoadReport> RunAsync(CancellationToken cancellationToken)
    {
        var started = DateTimeOffset.UtcNow;
        if (AccountName.Parse(live.FundFrom, out var rich) is var fault and not AddressFault.None) throw new LoadUsageException(AccountName.Explain(fault, live.FundFrom));
        var clients = await LiveNetwork.ConnectAsync(live.Network.Gateways, cancellationToken);
        try
        {
            var begun = await Check(clients, cancellationToken);
            var before = begun is null ? await Fund(clients, rich, cancellationToken) : ([], (0, 0));
            var (staged, struck, created) = await Load(clients[0], begun is null, cancellationToken);
            var result = staged.Result with
            {
                Acknowledged = [.. before.Acknowledged, .. staged.Result.Acknowledged],
                Making = before.Acknowledged.Count + staged.Result.Making,
                Signed = (before.Signed.Count + staged.Result.Signed.Count, before.Signed.Microseconds + staged.Result.Signed.Microseconds),
            };
            display.Tell("the load is over; what testers were told is held against the network");
            // Also of a run that somebody has ended: what was sent until then is worth its proof.
            var proof = await new LiveProof(clients, begun).RunAsync(result, rich, CancellationToken.None);
            var network = live.Network;
            var facts = new NetworkFacts("live", network.Silos, [.. network.Gateways.Select(gateway => gateway.ToString())]) { CreationMilliseconds = begun is null ? created : null, RequiresSignatures = clients[0].RequiresSignatures };
            await Close(clients);
            var (audited, took) = await Audit(staged.Blocks.Head, begun, result.Acknowledged);
            return new LoadReport
            {
                Options = options,
                Machine = MachineFacts.OfThis(),
                Network = facts with { AuditMilliseconds = took },
                StartedAt = started,
                Command = context.Command,
                Workers = live.Workers,
                Result = result,
                Blocks = staged.Blocks.Facts(staged.Blocks.Phases),
                Processes = staged.Processes,
                Silos = staged.Silos,
                Audits = staged.Audits,
                Faults = struck?.Strikes ?? [],
                Proof =
                [
                    LoadProof.OfEffect(result), .. LoadProof.OfAuditsBeside(staged.Audits), .. audited, .. proof,
                    .. begun is not null && options.Everyone && !result.IsInterrupted ? [LoadProof.OfEveryone(begun, result.Acknowledged)] : Array.Empty<ChaosCheck>(),
                    .. struck is null ? Array.Empty<ChaosCheck>() : [LoadProof.OfFaults(struck, result.IsInterrupted)],
                ],
            };
        }
        finally
        {
            await Close(clients);
        }
    }

    /// <summary>What can be known to be wrong before anything is sent.</summary>
    /// <returns>The stakers, where the network began with them; null where they are to be made.</returns>
    private async Task<Population?> Check(List<DtaoClient> clients, CancellationToken cancellationToken)
    {
        var network = await clients[0].GetNetworkAsync(cancellationToken);
        live.Database?.CheckIsOf(network.NetworkId);
        if ((await ClientTarget.ReadPricesAsync(clients[0], cancellationToken)).Count == 0) throw new LoadUsageException(LoadSession.NoSubnets);
        if (network.NetworkId != PopulationGenesis.NetworkIdOf(options.Population))
        {
            if (PopulationGenesis.IsOfPopulation(network.NetworkId)) display.Tell($"network '{network.NetworkId}' began with another population than this one ('{PopulationGenesis.NetworkIdOf(options.Population)}')");
            return null;
        }

        foreach (var client in clients) await client.GetNetworkAsync(cancellationToken);
        var population = new Population(options.Population, clients[0].RequiresSignatures);
        await new GenesisPeople(clients, population).CheckAsync(cancellationToken);
        display.Tell($"{options.Population.Stakers} stakers are there from the genesis on");
        return population;
    }

    private static async Task Close(List<DtaoClient> clients)
    {
        foreach (var client in clients)
        {
            try
            {
                await client.DisposeAsync();
            }
            catch (Exception caught) when (caught is not OutOfMemoryException)
            {
                // The network may be gone, and there is a report to write.
            }
        }

        clients.Clear();
    }

    private async Task<(IReadOnlyCollection<Acknowledged> Acknowledged, (long Count, long Microseconds) Signed)> Fund(List<DtaoClient> clients, AccountId rich, CancellationToken cancellationToken)
    {
        foreach (var client in clients) await client.GetNetworkAsync(cancellationToken);
        var signs = clients[0].RequiresSignatures;
        display.Tell($"{options.Population.Stakers} stakers are made, paid by {live.FundFrom}{(signs ? "; every operation is signed" : string.Empty)}");
        _clock.Start();
        var population = new Population(options.Population, signs);
        using var pair = signs ? RichKey(rich) : null;
        var funding = new LiveFunding(new LivePayments(population, live.Workers), clients);
        await funding.RunAsync(rich, pair is null ? null : new CountingSigner(pair, population.Signing), cancellationToken);
        return (funding.Acknowledged, (population.Signing.Count, population.Signing.Microseconds));
    }

    /// <summary>Of a development account it is known; of another it is in a file.</summary>
    private KeyPair? RichKey(AccountId rich)
    {
        if (live.FundKey is { Exists: false } missing) throw new LoadUsageException($"{missing} does not exist.");
        var text = live.FundKey is { } file ? File.ReadAllText(file.FullName).Trim() : SecretUri.IsDevelopment(live.FundFrom) ? live.FundFrom : null;
        if (text is null) return null;
        var pair = SecretUri.Parse(text, KeyScheme.Sr25519, out var fault);
        if (pair is null) throw new LoadUsageException($"--fund-key: the secret cannot be read ({fault}).");
        if (new AccountId(pair.PublicKey) == rich) return pair;
        pair.Dispose();
        throw new LoadUsageException($"--fund-key is not the secret of {live.FundFrom}.");
    }

    private async Task<(Staged, Struck?, long CreationMilliseconds)> Load(DtaoClient observer, bool makes, CancellationToken cancellationToken)
    {
        if (live.Workers > 1)
        {
            using var pool = await WorkerPool.StartAsync(
                options, context.Program ?? WorkerPool.OwnProgram(context.Prefix), live.Network.Gateways, makes, live.Workers, TellMade, cancellationToken);
            var created = _clock.ElapsedMilliseconds;
            var (shared, hit) = await WithFaults(() => Stage(observer, () => pool.Processes).RunAsync(pool, cancellationToken), cancellationToken);
            return (shared, hit, created);
        }

        await using var worker = new LoadWorker(options, live.Network.Gateways, makes, 0, 1);
        var preparing = worker.PrepareAsync(cancellationToken);
        while (await Task.WhenAny(preparing, Task.Delay(TellInterval, CancellationToken.None)) != preparing) TellMade(worker.Made);
        var load = await preparing;
        var made = _clock.ElapsedMilliseconds;
        WatchedProcess[] own = [new("testers", Environment.ProcessId)];
        var (staged, struck) = await WithFaults(() => Stage(observer, () => own).RunAsync(load), cancellationToken);
        return (staged, struck, made);
    }

    private LoadStage Stage(DtaoClient observer, Func<IReadOnlyList<WatchedProcess>> testers) =>
        new(options, display, observer, () => [.. live.Network.Processes(), .. testers()], live.AuditBeside) { AsksSilos = live.Network.Processes().Count == 0 };

    private long _toldAt;

    /// <summary>How far the creation has come, and how long it still takes at this rate.</summary>
    private void TellMade(int made)
    {
        var now = _clock.ElapsedMilliseconds;
        if (made == 0 || now - Interlocked.Read(ref _toldAt) < TellInterval.Ticks / TimeSpan.TicksPerMillisecond) return;
        Interlocked.Exchange(ref _toldAt, now);
        var (all, left) = (options.Population.Stakers, options.Population.Stakers - made);
        display.Tell(string.Create(CultureInfo.InvariantCulture, $"{made} of {all} stakers are made, {made * 1_000L / Math.Max(1, now)} a second, {now * left / made / 1_000} s to go"));
    }

    private async Task<(Staged, Struck?)> WithFaults(Func<Task<Staged>> load, CancellationToken cancellationToken)
    {
        if (live.Faults is not { } script) return (await load(), null);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var striking = Strike(script, over.Token);
        try
        {
            var staged = await load();
            await over.CancelAsync();
            return (staged, await striking);
        }
        finally
        {
            await over.CancelAsync();
            await striking;
        }
    }

    /// <summary>A script that fails does not end the load: the report tells of it.</summary>
    internal static async Task<Struck> Strike(FaultScript script, CancellationToken over)
    {
        var strikes = new List<Strike>();
        try
        {
            await script.Run(strikes.Add, over);
            return new(script.Count, strikes, null);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            return new(script.Count, strikes, null);
        }
        catch (Exception caught) when (caught is not OutOfMemoryException)
        {
            return new(script.Count, strikes, caught.Message);
        }
    }

    /// <param name="seen">The newest block that was seen.</param>
    /// <param name="begun">As of <see cref="LiveProof"/>.</param>
    private async Task<(IReadOnlyList<ChaosCheck>, long?)> Audit(ulong seen, Population? begun, IReadOnlyCollection<Acknowledged> acknowledged)
    {
        if (live.AuditAtEnd is null) return ([], null);
        var clock = Stopwatch.StartNew();
        try
        {
            var books = await live.AuditAtEnd(CancellationToken.None);
            var took = clock.ElapsedMilliseconds;
            return ([LoadProof.OfAudit(books.Audit, seen), .. begun is null ? [] : LoadProof.OfStored(books.Image, begun, acknowledged)], took);
        }
        catch (Exception caught) when (caught is not OutOfMemoryException)
        {
            return ([ChaosCheck.Of(LoadProof.Audit, "the store", [$"it could not be audited: {caught.Message}"])], null);
        }
    }
}
