using System.Globalization;

namespace Dtao.Benchmarks.Loads;

/// <summary>How long and how hard the system is driven.</summary>
/// <param name="Seconds">Measured time of each phase.</param>
/// <param name="WarmUpSeconds">Driven in the same way before, and not counted.</param>
/// <param name="Accounts">Accounts that swap durably, one operation each at a time.</param>
/// <param name="Phases">Which phases run; empty: all.</param>
/// <param name="Pools">On how many pools the durable phases run, one after the other.</param>
internal sealed record SystemOptions(int Seconds, int WarmUpSeconds, int Accounts, IReadOnlyList<string> Phases, IReadOnlyList<int> Pools)
{
    public const string Usage = "[--seconds N] [--warm-up N] [--accounts N] [--phases ping,transactions,durable,messages,fees,signed,batch,blocks] [--pools 64,1] [--stalls yes]";

    /// <summary>Told of the steps of the ledger's own loads; null: nobody looks when they stand still.</summary>
    public StallWatch? Stalls { get; init; }

    public TimeSpan Length => TimeSpan.FromSeconds(Seconds);

    public TimeSpan WarmUp => TimeSpan.FromSeconds(WarmUpSeconds);

    public static SystemOptions? Parse(string[] args)
    {
        var options = new SystemOptions(10, 3, 2_000, [], [SystemRun.PoolsMax, 1]);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length) return null;
            var isNumber = int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
            switch (args[i])
            {
                case "--seconds" when isNumber:
                    options = options with { Seconds = number };
                    break;
                case "--warm-up" when isNumber:
                    options = options with { WarmUpSeconds = number };
                    break;
                case "--accounts" when isNumber:
                    options = options with { Accounts = number };
                    break;
                case "--phases":
                    options = options with { Phases = args[i + 1].Split(',') };
                    break;
                case "--stalls" when args[i + 1] == "yes":
                    options = options with { Stalls = new StallWatch() };
                    break;
                case "--pools":
                    if (ParsePools(args[i + 1]) is not { } pools) return null;
                    options = options with { Pools = pools };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }

    private static int[]? ParsePools(string list)
    {
        var pools = new List<int>();
        foreach (var text in list.Split(','))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > SystemRun.PoolsMax) return null;
            pools.Add(number);
        }

        return [.. pools];
    }

    public bool Runs(string phase) => Phases.Count == 0 || Phases.Contains(phase);
}
