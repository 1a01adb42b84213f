using System.Globalization;
using System.Text;

namespace Dtao.LoadTest.Reports;

/// <summary>One line of a chart.</summary>
/// <param name="Values">At the chart's times; null where there is none.</param>
internal sealed record ChartLine(string Name, IReadOnlyList<long?> Values);

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

    /// <param name="seconds">The time of each value, from the beginning.</param>
    /// <param name="label">Writes a value at the axis.</param>
    /// <param name="isLogarithmic">Whether each step of the axis is ten times the one before.</param>
    /// <param name="marks">Times that are marked, with what happened then.</param>
    public static string Draw(
        string title, IReadOnlyList<long> seconds, IReadOnlyList<ChartLine> lines, Func<long, string> label, bool isLogarithmic = false, IReadOnlyList<(long Second, string What)>? marks = null)
    {
        var text = new StringBuilder();
        var highest = lines.SelectMany(line => line.Values).Max() ?? 0;
        var axis = isLogarithmic ? Tens(lines.SelectMany(line => line.Values).Where(value => value > 0).Min() ?? 1, highest) : Even(highest);
        var end = Math.Max(1, seconds.Count == 0 ? 1 : seconds[^1]);
        Write(text, $"""<figure><figcaption>{HtmlReport.Clean(title)}</figcaption><svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{HtmlReport.Clean(title)}">""");
        foreach (var value in axis)
        {
            var y = Y(value);
            Write(text, $"""<line class="grid" x1="{Left}" x2="{Width - Right}" y1="{y:0.#}" y2="{y:0.#}"/><text x="{Left - 6}" y="{y + 4:0.#}" text-anchor="end">{HtmlReport.Clean(label(value))}</text>""");
        }

        for (var step = 0; step <= Steps; step++)
        {
            var at = end * step / Steps;
            Write(text, $"""<text x="{X(at):0.#}" y="{Height - 8}" text-anchor="{(step == Steps ? "end" : "middle")}">{at} s</text>""");
        }

        foreach (var (second, what) in marks ?? []) Write(text, $"""<line class="mark" x1="{X(second):0.#}" x2="{X(second):0.#}" y1="{Top}" y2="{Height - Bottom}"><title>{HtmlReport.Clean(what)}</title></line>""");
        for (var number = 0; number < lines.Count; number++)
        {
            var points = new StringBuilder();
            for (var place = 0; place < Math.Min(seconds.Count, lines[number].Values.Count); place++)
            {
                if (lines[number].Values[place] is { } value && (!isLogarithmic || value > 0)) Write(points, $"{X(seconds[place]):0.#},{Y(value):0.#} ");
            }

            Write(text, $"""<polyline class="c{number % ColoursCount}" points="{points.ToString().TrimEnd()}"/>""");
        }

        text.Append("</svg><ul class=\"legend\">");
        for (var number = 0; number < lines.Count; number++) Write(text, $"""<li><i class="c{number % ColoursCount}"></i>{HtmlReport.Clean(lines[number].Name)}</li>""");
        return text.Append("</ul></figure>\n").ToString();

        double X(long second) => Left + ((Width - Left - Right) * (double)second / end);

        double Y(long value)
        {
            var (low, high) = (axis[0], axis[^1]);
            var part = isLogarithmic
                ? (Math.Log10(Math.Max(value, low)) - Math.Log10(low)) / Math.Max(0.001, Math.Log10(high) - Math.Log10(low))
                : (double)(value - low) / Math.Max(1, high - low);
            return Height - Bottom - ((Height - Top - Bottom) * part);
        }
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
