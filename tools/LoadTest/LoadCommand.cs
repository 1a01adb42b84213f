using System.CommandLine;
using System.Globalization;
using Dtao.Client;
using Dtao.Economics;
using Dtao.LoadTest.Driving;
using Dtao.LoadTest.Populations;
using Dtao.LoadTest.Reports;
using Dtao.LoadTest.Runs;
using Spectre.Console;

namespace Dtao.LoadTest;

/// <summary>How a load ends. Scripts rely on these numbers.</summary>
public static class LoadExitCode
{
    /// <summary>The proof holds, and so do all thresholds.</summary>
    public const int Passed = 0;

    /// <summary>A threshold or the proof does not hold.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong; nothing was started.</summary>
    public const int Usage = 2;

    /// <summary>The network was not reached, or the run was ended before it was over, or could not be brought to its end.</summary>
    public const int Unknown = 3;
}

/// <summary>Where a load writes, and how it was called.</summary>
/// <param name="Command">As a person would write it again.</param>
public sealed record LoadContext(TextWriter Output, TextWriter Error, bool HasTerminal, string Command)
{
    /// <summary>What stands before a load's options when this program is started again as a worker.</summary>
    public IReadOnlyList<string> Prefix { get; init; } = [];

    /// <summary>What is started as a worker, in place of this program: it, and what stands before a worker's options.</summary>
    public IReadOnlyList<string>? Program { get; init; }

    /// <summary>Finds a network by what was written for its gateways.</summary>
    public Func<IReadOnlyList<string>, LiveNetwork> Find { get; init; } = LiveNetwork.Of;

    /// <summary>Another way to read and audit what a network that runs has stored than by its database file; it answers null where it is not asked for.</summary>
    public Func<IReadOnlyList<string>, ParseResult, Func<CancellationToken, Task<StoredBooks>>?>? Audit { get; init; }

    /// <summary>Does faults to a network that runs during a load of so many seconds, by a seed; it answers null where none are asked for.</summary>
    public Func<IReadOnlyList<string>, ParseResult, int, ulong, FaultScript?>? Faults { get; init; }
}

/// <summary>The command line of a load: the same in the tool of its own and as <c>dtao load</c>.</summary>
public static class LoadCommand
{
    /// <summary>For so long a load that somebody ends may settle what is under way, prove it, and stop what it has started, before the process is ended all the same.</summary>
    public static readonly TimeSpan TerminationMax = TimeSpan.FromMinutes(10);

    private const int SecondsMax = 86_400;
    private const int LoopsDefault = 64;
    private const int AuditSecondsDefault = 10;
    private const int StakersAuditedMax = 100_000;
    private const int SilosMax = 8;
    private const long MicrosecondsPerMillisecond = 1_000;

    /// <summary>Gives a command the options of a load, and runs it.</summary>
    public static Command AddTo(Command command, LoadContext context)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(context);
        var options = new LoadCommandOptions();
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await Run(options, parsed, context, cancellationToken);
            }
            catch (LoadUsageException wrong)
            {
                await context.Error.WriteLineAsync(wrong.Message);
                return LoadExitCode.Usage;
            }
            catch (Exception caught) when (caught is LoadBrokenException or NetworkUnreachableException or NetworkChangedException or TimeoutException or Orleans.Runtime.OrleansException)
            {
                await context.Error.WriteLineAsync(caught.Message);
                return LoadExitCode.Unknown;
            }
            catch (OperationCanceledException)
            {
                await context.Error.WriteLineAsync("Stopped.");
                return LoadExitCode.Unknown;
            }
        });
        return command;
    }

    private static async Task<int> Run(LoadCommandOptions options, ParseResult parsed, LoadContext context, CancellationToken cancellationToken)
    {
        var load = Read(options, parsed);
        var (isEmbedded, gateways) = (parsed.GetValue(options.Embedded), parsed.GetValue(options.Gateways) ?? []);
        if (parsed.GetValue(options.Worker) is { } place) return await Work(load, place, LiveNetwork.Of(gateways).Gateways, makes: !isEmbedded, parsed.GetValue(options.Json)!, context, cancellationToken);
        if (parsed.GetValue(options.WriteGenesis) is { } document)
        {
            options.CheckDocument(parsed, load);
            return await WriteGenesis(load, document, context, cancellationToken);
        }

        options.CheckTogether(parsed, load);
        var workers = parsed.GetValue(options.Workers);
        // Whatever can be wrong with these is told before anything is started, also where there is no cluster that they could be done to.
        var (json, html) = (parsed.GetValue(options.Json), parsed.GetValue(options.Html));
        ReportFiles.Check(json);
        ReportFiles.Check(html);
        var (stopped, faults) = (context.Audit?.Invoke(gateways, parsed), context.Faults?.Invoke(gateways, parsed, load.Seconds, load.Population.Seed));
        ILoadDisplay display = context.HasTerminal ? new TerminalDisplay(AnsiConsole.Console) : new LineDisplay(context.Output, TimeSpan.FromSeconds(1));
        if (parsed.GetValue(options.Curve) is { } curve) return await RunCurve(load, curve, workers, json, display, context, cancellationToken);
        var file = FileOf(parsed.GetValue(options.Database));
        var report = isEmbedded
            ? await new EmbeddedRun(load, context, display, workers).RunAsync(cancellationToken)
            : await new LiveRun(
                load, new LiveOptions(context.Find(gateways), parsed.GetValue(options.FundFrom)!, parsed.GetValue(options.FundKey), workers) { Database = file, AuditBeside = file is null ? null : file.AuditAsync, AuditAtEnd = file is null ? stopped : file.ReadBooksAsync, Faults = faults },
                context, display).RunAsync(cancellationToken);
        // The text first: it is there whatever becomes of the files.
        ReportText.Write(context.Output, report);
        await ReportFiles.WriteAsync(json, () => ReportJson.Text(report));
        await ReportFiles.WriteAsync(html, () => HtmlReport.Text(report));
        return report.ExitCode;
    }

    private static async Task<int> WriteGenesis(LoadOptions load, FileInfo target, LoadContext context, CancellationToken cancellationToken)
    {
        ReportFiles.Check(target);
        await File.WriteAllBytesAsync(target.FullName, PopulationGenesis.DocumentOf(new Population(load.Population), load.BlockIntervalMilliseconds), cancellationToken);
        await context.Output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{load.Population.Stakers:N0} stakers with {load.Population.Positions} positions each are written to {target}: network '{PopulationGenesis.NetworkIdOf(load.Population)}'."));
        return LoadExitCode.Passed;
    }

    private static async Task<int> RunCurve(LoadOptions load, string curve, int workers, FileInfo? json, ILoadDisplay display, LoadContext context, CancellationToken cancellationToken)
    {
        var counts = curve.Split(',').Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0).ToArray();
        if (counts.Distinct().Count() < counts.Length || counts.Any(count => count < workers || (load.Population with { Stakers = count }).FindFaults().Count > 0))
        {
            throw new LoadUsageException($"'{curve}' is no curve: write different numbers of stakers, such as 1000,10000.");
        }

        var result = await new CurveRun(load, context, display, workers).RunAsync(counts, cancellationToken);
        CurveRun.Write(context.Output, result);
        await ReportFiles.WriteAsync(json, () => CurveRun.Json(result));
        return result.ExitCode;
    }

    private static async Task<int> Work(LoadOptions load, string place, IReadOnlyList<System.Net.IPEndPoint> gateways, bool makes, FileInfo file, LoadContext context, CancellationToken cancellationToken)
    {
        var parts = place.Split('/');
        await using var worker = new LoadWorker(load, gateways, makes, int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
        await LoadWorker.RunAsChildAsync(worker, file.FullName, Console.In, context.Output, cancellationToken);
        return LoadExitCode.Passed;
    }

    private static NetworkFile? FileOf(FileInfo? database) => database switch
    {
        null => null,
        { Exists: false } => throw new LoadUsageException($"{database} does not exist."),
        _ => new NetworkFile(database),
    };

    /// <exception cref="LoadUsageException">Something is out of its bounds, or does not go together.</exception>
    internal static LoadOptions Read(LoadCommandOptions options, ParseResult parsed)
    {
        var population = options.ReadPopulation(parsed);
        if (population.FindFaults() is { Count: > 0 } faults) throw new LoadUsageException(string.Join(Environment.NewLine, faults));
        if (parsed.GetValue(options.AuditEvery) is < 0 or > SecondsMax) throw new LoadUsageException($"--audit-every is 0 to {SecondsMax}.");
        if (parsed.GetValue(options.Idle) is 1 or < 0 or > 1_440) throw new LoadUsageException("--idle is 2 to 1,440 minutes.");
        if (parsed.GetValue(options.Operations) is < 1) throw new LoadUsageException("--operations is 1 or more.");
        if (parsed.GetValue(options.InFlight) < 1) throw new LoadUsageException("--in-flight is 1 or more.");
        if (parsed.GetValue(options.Late) < 0) throw new LoadUsageException("--late is 0 milliseconds or more.");
        if (parsed.GetValue(options.Think) < 0) throw new LoadUsageException("--think is 0 milliseconds or more.");
        if (parsed.GetValue(options.Silos) is < 1 or > SilosMax) throw new LoadUsageException($"--silos is 1 to {SilosMax}.");
        if (parsed.GetValue(options.BlockInterval) < -1) throw new LoadUsageException("--block-interval is 0 milliseconds or more, or -1.");
        var seconds = parsed.GetValue(options.Seconds);
        if (seconds is < 1 or > SecondsMax) throw new LoadUsageException($"--seconds is 1 to {SecondsMax}.");
        return new LoadOptions
        {
            Population = population,
            Model = ReadModel(options, parsed, seconds),
            Seconds = seconds,
            OperationsMax = parsed.GetValue(options.Operations) ?? long.MaxValue,
            InFlightMax = parsed.GetValue(options.InFlight),
            LateMicroseconds = parsed.GetValue(options.Late) * MicrosecondsPerMillisecond,
            BlockIntervalMilliseconds = parsed.GetValue(options.BlockInterval),
            Silos = parsed.GetValue(options.Silos),
            Folder = parsed.GetValue(options.Folder),
            Everyone = parsed.GetValue(options.Everyone),
            IdleMinutes = parsed.GetValue(options.Idle),
            AuditSeconds = parsed.GetValue(options.AuditEvery) ?? (population.Stakers > StakersAuditedMax || parsed.GetValue(options.Curve) is not null ? 0 : AuditSecondsDefault),
            Thresholds = [.. (parsed.GetValue(options.Thresholds) ?? []).Select(Threshold.Parse)],
        };
    }

    private static LoadModel ReadModel(LoadCommandOptions options, ParseResult parsed, int seconds)
    {
        var (rate, loops) = (parsed.GetValue(options.Rate), parsed.GetValue(options.Concurrency));
        if (rate is not null && loops is not null) throw new LoadUsageException("Give either --rate (an open model) or --concurrency (a closed one).");
        if (rate is null)
        {
            if (parsed.GetValue(options.Ramp) != 0 || parsed.GetValue(options.Spike) is not null) throw new LoadUsageException("--ramp and --spike belong to an open model: give --rate.");
            if (loops is < 1 or > 100_000) throw new LoadUsageException("--concurrency is 1 to 100,000.");
            return new LoadModel(null, loops ?? LoopsDefault, parsed.GetValue(options.Think) * MicrosecondsPerMillisecond);
        }

        if (rate is < 1 or > 1_000_000) throw new LoadUsageException("--rate is 1 to 1,000,000 a second.");
        if (parsed.GetValue(options.Operations) is not null) throw new LoadUsageException("--operations belongs to a closed model.");
        if (parsed.GetValue(options.Think) != 0) throw new LoadUsageException("--think belongs to a closed model.");
        var ramp = parsed.GetValue(options.Ramp);
        if (ramp < 0 || ramp > seconds) throw new LoadUsageException("--ramp is not longer than the run.");
        var schedule = new Schedule(rate.Value, seconds * LoadOptions.MicrosecondsPerSecond)
        {
            RampMicroseconds = ramp * LoadOptions.MicrosecondsPerSecond,
            Spike = parsed.GetValue(options.Spike) is { } text ? ReadSpike(text) : null,
        };
        if (schedule.Spike is { } spike && (spike.FromMicroseconds >= schedule.Microseconds || spike.FromMicroseconds + spike.Microseconds <= schedule.RampMicroseconds))
        {
            throw new LoadUsageException("--spike has no effect: it begins when the run is over, or ends before the ramp does.");
        }

        return new LoadModel(schedule, 0, 0);
    }

    /// <summary>Such as <c>5000@10+3</c>: 5,000 a second from second 10 on for 3 seconds.</summary>
    private static Spike ReadSpike(string text)
    {
        var parts = text.Split('@', '+');
        if (parts.Length != 3 || !parts.All(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            throw new LoadUsageException($"'{text}' is no spike: write RATE@FROM+SECONDS, such as 5000@10+3.");
        }

        var numbers = parts.Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        if (numbers[0] is < 1 or > 1_000_000 || numbers[2] == 0) throw new LoadUsageException("A spike's rate is 1 to 1,000,000 a second, and it lasts a second or more.");
        return new Spike(numbers[0], numbers[1] * LoadOptions.MicrosecondsPerSecond, numbers[2] * LoadOptions.MicrosecondsPerSecond);
    }
}
