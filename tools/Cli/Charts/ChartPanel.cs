namespace Dtao.Cli.Charts;

/// <summary>A point of a line, in the units of the axes.</summary>
internal readonly record struct ChartPoint(Int128 X, Int128 Y);

/// <summary>What an axis shows.</summary>
/// <param name="UnitsPerOne">How many units of the points make one on the axis: 10^9 where the points are rao and the axis TAO.</param>
internal sealed record ChartAxis(string Title, ulong UnitsPerOne = 1)
{
    /// <summary>Whether the axis begins at 0, so that heights can be compared.</summary>
    public bool FromZero { get; init; }
}

/// <summary>A line through points that ascend by X.</summary>
/// <param name="Colour">Lines of one colour belong together; a number, from 0.</param>
internal sealed record ChartLine(string Name, int Colour, IReadOnlyList<ChartPoint> Points)
{
    public bool IsDashed { get; init; }
}

/// <summary>A bar, in the units of the Y axis.</summary>
internal sealed record ChartBar(string Name, Int128 Value);

/// <summary>One of the pictures that stand below each other in a chart: lines, or bars.</summary>
internal sealed record ChartPanel(string Title, ChartAxis X, ChartAxis Y)
{
    public IReadOnlyList<ChartLine> Lines { get; init; } = [];

    public IReadOnlyList<ChartBar> Bars { get; init; } = [];
}
