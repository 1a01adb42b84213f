using System.Globalization;
using System.Text;

namespace Dtao.LoadTest.Reports;

/// <summary>One line of a chart.</summary>
/// <param name="Values">At the chart's times; null where there is none.</param>
internal sealed record ChartLine(string Name, IReadOnlyList<long?> Values);

/// <summary>Something that happened at a time of a chart, and lasted.</summary>
/// <param name="BackMilliseconds">When it was over; null where it was not.</param>
internal sealed record ChartMark(long AtMilliseconds, long? BackMilliseconds, string What);

/// <summary>Draws lines over time as SVG, for a page: colours come from the page's style, so that light and dark both read well.</summary>
internal static class SvgChart
{
    public const int ColoursCount = 7;

    private const int Width = 760;
    private const int Height = 240;
    private const int Left = 72;
    private const int Right = 12;
    private const int Top = 10;
    private const int Bottom = 26;
    private const int Steps = 4;

    /// <summary>Half of a label's width at the right end.</summary>
    private const int Label = 20;

    /// <param name="times">The time of each value, in milliseconds from the beginning.</param>
    /// <param name="label">Writes a value at the axis.</param>
    /// <param name="isLogarithmic">Whether each step of the axis is ten times the one before.</param>
    /// <param name="marks">Times that are marked, and shaded as long as it lasted.</param>
    public static string Draw(
        string title, IReadOnlyList<long> times, IReadOnlyList<ChartLine> lines, Func<long, string> label, bool isLogarithmic = false, IReadOnlyList<ChartMark>? marks = null)
    {
        var text = new StringBuilder();
        var highest = lines.SelectMany(line => line.Values).Max() ?? 0;
        var axis = isLogarithmic ? Tens(lines.SelectMany(line => line.Values).Where(value => value > 0).Min() ?? 1, highest) : Even(highest);
        // A few more than there are, so that what was at the very end is seen.
        var step = Even((times.Count == 0 ? 0 : times[^1]) / 1_000)[1];
        var end = 1_000 * Math.Max(1, ((times.Count == 0 ? 0 : times[^1]) + 999) / 1_000);
        Write(text, $"""<figure><figcaption>{HtmlReport.Clean(title)}</figcaption><svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{HtmlReport.Clean(title)}">""");
        foreach (var value in axis)
        {
            var y = Y(value);
            Write(text, $"""<line class="grid" x1="{Left}" x2="{Width - Right}" y1="{y:0.#}" y2="{y:0.#}"/><text x="{Left - 6}" y="{y + 4:0.#}" text-anchor="end">{HtmlReport.Clean(label(value))}</text>""");
        }

        for (var at = 0L; at * 1_000 <= end; at += step)
        {
            Write(text, $"""<text x="{X(at * 1_000):0.#}" y="{Height - 8}" text-anchor="{((at + step) * 1_000 > end && X(at * 1_000) > Width - Right - Label ? "end" : "middle")}">{at} s</text>""");
        }

        foreach (var mark in marks ?? [])
        {
            var (from, to) = (X(mark.AtMilliseconds), X(mark.BackMilliseconds ?? mark.AtMilliseconds));
            Write(text, $"""<rect class="down" x="{from:0.#}" y="{Top}" width="{to - from:0.#}" height="{Height - Bottom - Top}"/><line class="mark" x1="{from:0.#}" x2="{from:0.#}" y1="{Top}" y2="{Height - Bottom}"><title>{HtmlReport.Clean(mark.What)}</title></line>""");
        }

        for (var number = 0; number < lines.Count; number++)
        {
            foreach (var piece in Pieces(times, lines[number].Values, value => !isLogarithmic || value > 0))
            {
                var points = string.Join(' ', piece.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.At):0.#},{Y(point.Value):0.#}")));
                if (piece.Count == 1) Write(text, $"""<circle class="c{number % ColoursCount}" cx="{X(piece[0].At):0.#}" cy="{Y(piece[0].Value):0.#}" r="2"/>""");
                else Write(text, $"""<polyline class="c{number % ColoursCount}" points="{points}"/>""");
            }
        }

        text.Append("</svg><ul class=\"legend\">");
        for (var number = 0; number < lines.Count; number++) Write(text, $"""<li><i class="c{number % ColoursCount}"></i>{HtmlReport.Clean(lines[number].Name)}</li>""");
        return text.Append("</ul></figure>\n").ToString();

        double X(long milliseconds) => Left + ((Width - Left - Right) * (double)Math.Min(milliseconds, end) / end);

        double Y(long value)
        {
            var (low, high) = (axis[0], axis[^1]);
            var part = isLogarithmic
                ? (Math.Log10(Math.Max(value, low)) - Math.Log10(low)) / Math.Max(0.001, Math.Log10(high) - Math.Log10(low))
                : (double)(value - low) / Math.Max(1, high - low);
            return Height - Bottom - ((Height - Top - Bottom) * part);
        }
    }

    /// <summary>A line is broken where it has no value.</summary>
    private static IEnumerable<List<(long At, long Value)>> Pieces(IReadOnlyList<long> times, IReadOnlyList<long?> values, Func<long, bool> isDrawn)
    {
        var piece = new List<(long, long)>();
        for (var place = 0; place < Math.Min(times.Count, values.Count); place++)
        {
            if (values[place] is { } value)
            {
                if (isDrawn(value)) piece.Add((times[place], value));
            }
            else if (piece.Count > 0)
            {
                yield return piece;
                piece = [];
            }
        }

        if (piece.Count > 0) yield return piece;
    }

    /// <summary>From 0 in about four steps of 1, 2, or 5 times a power of ten.</summary>
    internal static long[] Even(long highest)
    {
        long step = 1;
        foreach (var factor in Enumerable.Range(0, 18).SelectMany(power => new long[] { 1, 2, 5 }.Select(digit => digit * (long)Math.Pow(10, power))))
        {
            step = factor;
            if (step * Steps >= highest) break;
        }

        return [.. Enumerable.Range(0, Steps + 1).Select(number => number * step)];
    }

    /// <summary>Powers of ten around what is drawn.</summary>
    internal static long[] Tens(long lowest, long highest)
    {
        var from = 1L;
        while (from * 10 <= lowest) from *= 10;
        var tens = new List<long> { from };
        while (tens[^1] < highest || tens.Count < 2) tens.Add(tens[^1] * 10);
        return [.. tens];
    }

    private static void Write(StringBuilder text, FormattableString part) => text.Append(part.ToString(CultureInfo.InvariantCulture));
}
