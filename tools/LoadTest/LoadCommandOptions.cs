using System.CommandLine;
using Dtao.LoadTest.Populations;
using Dtao.LoadTest.Runs;

namespace Dtao.LoadTest;

/// <summary>The options of a load.</summary>
internal sealed class LoadCommandOptions
{
    private const int WorkersMax = 32;

    public Option<bool> Embedded { get; } = new("--embedded") { Description = "Make a network of the population in this process, and load it. Nothing else has to run" };

    public Option<FileInfo?> PopulationFile { get; } = new("--population") { Description = "Who takes part, as a short JSON; the options below go before it" };

    public Option<ulong?> Seed { get; } = new("--seed") { Description = "Of the population and of what it does. The same seed makes the same sequence of operations" };

    public Option<int?> Stakers { get; } = new("--stakers") { Description = "How many stakers" };

    public Option<int?> Subnets { get; } = new("--subnets") { Description = "How many subnets beside root" };

    public Option<int?> Validators { get; } = new("--validators") { Description = "How many validators, each with a seat on every subnet" };

    public Option<int?> ValidatorTao { get; } = new("--validator-tao") { Description = "TAO that each has on root, and as much alpha on each subnet" };

    public Option<int?> Positions { get; } = new("--positions") { Description = "Positions that each staker begins with" };

    public Option<int?> Wealth { get; } = new("--wealth") { Description = "TAO of a staker on average" };

    public Option<int?> Pareto { get; } = new("--pareto") { Description = "Shape of the distribution of wealth, in hundredths" };

    public Option<int?> Zipf { get; } = new("--zipf") { Description = "How much subnet 1 is preferred: exponent of Zipf's law, in thousandths; 0 is not at all" };

    public Option<int> Seconds { get; } = new("--seconds") { Description = "How long requests are begun", DefaultValueFactory = _ => 15 };

    public Option<int?> Rate { get; } = new("--rate") { Description = "Open model: so many requests a second, whatever becomes of them" };

    public Option<int> Ramp { get; } = new("--ramp") { Description = "Open model: the rate rises for so many seconds first" };

    public Option<string?> Spike { get; } = new("--spike") { Description = "Open model: another rate for a while, as RATE@FROM+SECONDS" };

    public Option<int?> Concurrency { get; } = new("--concurrency") { Description = "Closed model: so many requests at a time, each loop waits for its answer. 64 when there is no --rate" };

    public Option<int> Think { get; } = new("--think") { Description = "Closed model: milliseconds from an answer to the loop's next request" };

    public Option<long?> Operations { get; } = new("--operations") { Description = "Closed model: end after so many requests" };

    public Option<bool> Everyone { get; } = new("--all") { Description = "Closed model: go on until each staker has acted at least once, however long that takes" };

    public Option<int> Idle { get; } = new("--idle") { Description = "Embedded: accounts that are idle for so many minutes (2 or more) go; wait for it at the end, and tell how many went" };

    public Option<int> InFlight { get; } = new("--in-flight") { Description = "Open model: with so many under way nothing is sent; what waits is late", DefaultValueFactory = _ => 10_000 };

    public Option<int> Late { get; } = new("--late") { Description = "What is sent more milliseconds after its time counts as late", DefaultValueFactory = _ => 10 };

    public Option<long> BlockInterval { get; } = new("--block-interval") { Description = "Milliseconds between blocks of an embedded network; -1 closes none", DefaultValueFactory = _ => 1_000 };

    public Option<int> Silos { get; } = new("--silos") { Description = "Silos of an embedded network, all in this process", DefaultValueFactory = _ => 1 };

    public Option<string?> Folder { get; } = new("--dir") { Description = "Where an embedded network keeps its database, which is left there; a temporary folder when left out" };

    public Option<string[]> Thresholds { get; } = new("--threshold") { Description = "A bound that decides the exit code, such as p99<50ms, failed=0, audit=clean; may be given several times", AllowMultipleArgumentsPerToken = true };

    public Option<FileInfo?> Json { get; } = new("--json") { Description = "Where the report is written as JSON" };

    public Option<FileInfo?> Html { get; } = new("--html") { Description = "Where the report is written as one page that needs nothing else" };

    public Option<string[]> Gateways { get; } = new("--gateway", "--network") { Description = "Load a network that runs, through these gateways (host:port; may be given several times)", AllowMultipleArgumentsPerToken = true };

    public Option<string?> FundFrom { get; } = new("--fund-from") { Description = "Of a network that runs: the account that pays for the stakers, as an address, 0x hex, or //Alice", DefaultValueFactory = _ => "//Alice" };

    public Option<FileInfo?> FundKey { get; } = new("--fund-key") { Description = "Of a network of signed operations: a file with the secret of that account, as wallets write one; a development account needs none" };

    public Option<int?> AuditEvery { get; } = new("--audit-every") { Description = "Seconds from one audit beside the load to the next, where the store can be reached; 0: only at the end. 10, or 0 with more than 100,000 stakers or --curve" };

    public Option<FileInfo?> Database { get; } = new("--database") { Description = "Of a network that runs in one process on this machine: its database file, which is audited beside the load and at the end" };

    public Option<int> Workers { get; } = new("--workers") { Description = "So many processes send, each for its share of the stakers", DefaultValueFactory = _ => 1 };

    public Option<string?> Curve { get; } = new("--curve") { Description = "Embedded: the same run with each of these numbers of stakers, such as 1000,10000,100000, and a table of what grows with them" };

    public Option<FileInfo?> WriteGenesis { get; } = new("--write-genesis") { Description = "Write the genesis document of the population, and start nothing. A network that begins with it has these stakers, and a load with the same options finds them there" };

    public Option<string?> Worker { get; } = new("--worker") { Description = "Be worker K/N of another run", Hidden = true };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[]
        {
            Embedded, PopulationFile, Seed, Stakers, Subnets, Validators, ValidatorTao, Positions, Wealth, Pareto, Zipf, Seconds, Rate, Ramp, Spike, Concurrency, Think, Operations, Everyone, Idle, InFlight, Late,
            BlockInterval, Silos, Folder, Thresholds, Json, Html, Gateways, FundFrom, FundKey, AuditEvery, Database, Workers, Worker, Curve, WriteGenesis,
        })
        {
            command.Add(option);
        }
    }

    /// <summary>Whether everything that was given has an effect, together.</summary>
    /// <exception cref="LoadUsageException">Something would have none; the message says what.</exception>
    public void CheckTogether(ParseResult parsed, LoadOptions load)
    {
        var (isEmbedded, workers) = (parsed.GetValue(Embedded), parsed.GetValue(Workers));
        if (isEmbedded == (parsed.GetValue(Gateways) ?? []).Length > 0) throw new LoadUsageException("Give either --embedded (a network is made in this process) or --gateway (a network that runs).");
        var isCurve = parsed.GetValue(Curve) is not null;
        if (isCurve && !isEmbedded) throw new LoadUsageException("--curve makes its own networks: give --embedded.");
        foreach (var option in isEmbedded ? [FundFrom, FundKey, Database] : new Option[] { Folder, Silos, BlockInterval, Idle })
        {
            if (parsed.GetResult(option) is { Implicit: false }) throw new LoadUsageException($"{option.Name} has no effect {(isEmbedded ? "on an embedded network" : "on a network that runs")}: leave it out.");
        }

        if (!isEmbedded && parsed.GetValue(Database) is null && parsed.GetResult(AuditEvery) is { Implicit: false }) throw new LoadUsageException("--audit-every has no effect on a network whose store is not known: give --database, or leave it out.");
        foreach (var option in load.Model.IsOpen ? [] : new Option[] { InFlight, Late })
        {
            if (parsed.GetResult(option) is { Implicit: false }) throw new LoadUsageException($"{option.Name} has no effect in a closed model: leave it out, or give --rate.");
        }

        if (load.Everyone && (load.Model.IsOpen || load.OperationsMax < long.MaxValue)) throw new LoadUsageException("--all ends when everyone has acted: leave out --rate and --operations.");
        if (isCurve && parsed.GetValue(Html) is not null) throw new LoadUsageException("--curve has no page: leave out --html, and take --json.");
        if (isCurve && parsed.GetResult(Stakers) is not null) throw new LoadUsageException("--curve says how many stakers there are: leave out --stakers.");
        if (workers is < 1 or > WorkersMax) throw new LoadUsageException($"--workers is 1 to {WorkersMax}.");
        if (workers > Math.Min(load.Model.Parts, load.OperationsMax) || workers > load.Population.Stakers || (load.Model.IsOpen && workers > load.InFlightMax))
        {
            throw new LoadUsageException($"{workers} workers need at least as many stakers, and as many of --concurrency, --operations, --in-flight, or of a rate a second, to share.");
        }

        if (!isEmbedded && workers > load.Population.Validators) throw new LoadUsageException($"On a network that runs a validator pays stakers of one worker only: {workers} workers need at least as many --validators.");
    }

    /// <summary>Whether a document can be written of what was given, and nothing else is asked for.</summary>
    /// <exception cref="LoadUsageException">It cannot; the message says why.</exception>
    public void CheckDocument(ParseResult parsed, LoadOptions load)
    {
        Option[] used = [PopulationFile, Seed, Stakers, Subnets, Validators, ValidatorTao, Positions, Wealth, Pareto, Zipf, BlockInterval, WriteGenesis];
        if (parsed.CommandResult.Children.OfType<System.CommandLine.Parsing.OptionResult>().FirstOrDefault(given => !given.Implicit && !used.Contains(given.Option)) is { } other)
        {
            throw new LoadUsageException($"{other.Option.Name} has no effect where a document is written: leave it out.");
        }

        if (load.BlockIntervalMilliseconds < 0) throw new LoadUsageException("--block-interval of a document is 0 milliseconds or more.");
        if (parsed.GetValue(WriteGenesis)!.Exists) throw new LoadUsageException($"{parsed.GetValue(WriteGenesis)} is there already; it is not overwritten.");
    }

    /// <summary>What the file says, and before it what stands on the command line.</summary>
    public PopulationOptions ReadPopulation(ParseResult parsed)
    {
        var population = parsed.GetValue(PopulationFile) is { } file
            ? PopulationReader.Read(file.Exists ? File.ReadAllText(file.FullName) : throw new LoadUsageException($"{file} does not exist."))
            : new PopulationOptions();
        return population with
        {
            Seed = parsed.GetValue(Seed) ?? population.Seed,
            Stakers = parsed.GetValue(Stakers) ?? population.Stakers,
            Subnets = parsed.GetValue(Subnets) ?? population.Subnets,
            Validators = parsed.GetValue(Validators) ?? population.Validators,
            ValidatorTao = parsed.GetValue(ValidatorTao) ?? population.ValidatorTao,
            Positions = parsed.GetValue(Positions) ?? population.Positions,
            WealthTao = parsed.GetValue(Wealth) ?? population.WealthTao,
            ParetoHundredths = parsed.GetValue(Pareto) ?? population.ParetoHundredths,
            ZipfThousandths = parsed.GetValue(Zipf) ?? population.ZipfThousandths,
        };
    }
}
