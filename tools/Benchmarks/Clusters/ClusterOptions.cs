using System.Globalization;
using Dtao.Benchmarks.Loads;

namespace Dtao.Benchmarks.Clusters;

/// <summary>What is measured of clusters whose silos share this process, and how hard.</summary>
/// <param name="Silos">Numbers of silos, one after the other.</param>
/// <param name="Rounds">How often each is measured, in turns.</param>
internal sealed record ClusterOptions(SystemOptions Load, IReadOnlyList<int> Silos, int Rounds)
{
    public const string Usage = "[--seconds N] [--warm-up N] [--accounts N] [--rounds N] [--silos 1,2,3] [--phases fanout,blocks,placement,hot,join]";

    public static ClusterOptions? Parse(string[] args)
    {
        List<string> others = [];
        var options = new ClusterOptions(new SystemOptions(5, 3, 1_000, [], []), [1, 2, 3], 3);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length) return null;
            switch (args[i])
            {
                case "--silos" when Numbers(args[i + 1]) is { Length: > 0 } silos:
                    options = options with { Silos = silos };
                    break;
                case "--rounds" when Numbers(args[i + 1]) is [var rounds]:
                    options = options with { Rounds = rounds };
                    break;
                default:
                    others.AddRange(args[i], args[i + 1]);
                    break;
            }
        }

        string[] defaults = ["--seconds", "5", "--accounts", "1000"];
        return SystemOptions.Parse([.. defaults, .. others]) is { } load ? options with { Load = load } : null;
    }

    private static int[] Numbers(string text)
    {
        var numbers = text.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).ToArray();
        return numbers.All(number => number is > 0 and <= 64) ? numbers : [];
    }
}
