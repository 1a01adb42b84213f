using Dtao.Cli.Charts;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Hosting.Comparison;

namespace Dtao.Cli.Commands;

/// <summary>A comparison of rule sets as a chart: shares, prices, and the accounts that differ most, over blocks.</summary>
internal static class RulesChart
{
    private const int SubnetsMax = 4;
    private const int AccountsMax = 4;
    private const ulong PpmPerPercent = 10_000;

    private static readonly ChartAxis s_blocks = new("block");

    public static IReadOnlyList<ChartPanel> Of(RuleComparison comparison)
    {
        var subnets = MostDifferent(comparison);
        return
        [
            new("Emission share of a subnet", s_blocks, new("per cent of the block", PpmPerPercent))
            {
                Lines = Lines(comparison, subnets, netuid => $"subnet {netuid}", (sample, netuid) => sample.Subnet(netuid) is { } subnet ? subnet.SharePpm : null),
            },
            new("Price", s_blocks, new("TAO for one alpha", AmountText.RaoPerWhole))
            {
                Lines = Lines(comparison, subnets, netuid => $"subnet {netuid}", (sample, netuid) => sample.Subnet(netuid) is { } subnet ? AmountText.PriceRao(subnet.Price.Bits) : null),
            },
            new("Gain of the accounts that differ most", s_blocks, new("TAO, stake at the price", AmountText.RaoPerWhole))
            {
                Lines = Lines(
                    comparison, [.. comparison.Accounts.Take(AccountsMax).Select(account => account.Account)], account => RulesReport.Name(comparison, account),
                    (sample, account) => (Int128)sample.Worth(account).Rao - (Int128)comparison.First.Samples[0].Worth(account).Rao),
            },
        ];
    }

    /// <summary>The subnets whose shares end furthest apart, ascending by netuid.</summary>
    private static IReadOnlyList<NetUid> MostDifferent(RuleComparison comparison) =>
    [
        .. comparison.Subnets
            .OrderByDescending(netuid => Int128.Abs(Share(comparison.First, netuid) - Share(comparison.Second, netuid)))
            .Take(SubnetsMax)
            .Order(),
    ];

    private static Int128 Share(RuleRun run, NetUid netuid) => run.Last.Subnet(netuid)?.SharePpm ?? 0;

    /// <summary>Two lines for each thing: one under the first rules, and a dashed one of the same colour under the second.</summary>
    private static List<ChartLine> Lines<T>(RuleComparison comparison, IReadOnlyList<T> things, Func<T, string> name, Func<NetworkSample, T, Int128?> value)
    {
        var lines = new List<ChartLine>();
        for (var colour = 0; colour < things.Count; colour++)
        {
            var thing = things[colour];
            lines.Add(new ChartLine($"{name(thing)}, {comparison.First.Rules.Name}", colour, Points(comparison.First, sample => value(sample, thing))));
            lines.Add(new ChartLine($"{name(thing)}, {comparison.Second.Rules.Name}", colour, Points(comparison.Second, sample => value(sample, thing))) { IsDashed = true });
        }

        return lines;
    }

    private static List<ChartPoint> Points(RuleRun run, Func<NetworkSample, Int128?> value)
    {
        var points = new List<ChartPoint>();
        foreach (var sample in run.Samples)
        {
            if (value(sample) is { } y) points.Add(new(sample.Block.Value, y));
        }

        return points;
    }
}
