using System.Globalization;
using System.Text.Json.Nodes;
using Dtao.Cli.Charts;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Hosting.Lessons;

namespace Dtao.Cli.Commands;

/// <summary>A lesson as tables, as JSON, and as a chart.</summary>
internal static class LessonReport
{
    private const ulong PpmPerPercent = 10_000;

    /// <summary>Rao in what the tables show of an amount: a thousandth.</summary>
    private const ulong RaoPerThousandth = AmountText.RaoPerWhole / 1_000;

    /// <summary>The same for a price: a millionth.</summary>
    private const ulong RaoPerMillionth = AmountText.RaoPerWhole / 1_000_000;

    public static void Print(CliContext context, Lesson lesson)
    {
        Printer.Facts(context, lesson.Title, lesson.Facts.Select(fact => (fact.Name, Text(fact.Unit, fact.Value))));
        var hasLabels = lesson.Rows.Any(row => row.Label is not null);
        Printer.Table(
            context,
            "Figures",
            [.. hasLabels ? [new Column("Who")] : Array.Empty<Column>(), .. lesson.Columns.Select(column => new Column(column.Name, true))],
            lesson.Rows.Select(row => (IReadOnlyList<string>)
            [
                .. hasLabels ? [row.Label ?? string.Empty] : Array.Empty<string>(),
                .. row.Values.Select((value, place) => Text(lesson.Columns[place].Unit, value)),
            ]));
        context.Output.WriteLine("Amounts are cut after three decimals and prices rounded to six; --json has every rao.");
    }

    public static JsonObject ToJson(Lesson lesson) => new()
    {
        ["lesson"] = lesson.Name,
        ["facts"] = new JsonArray([.. lesson.Facts.Select(fact => new JsonObject { ["name"] = fact.Name, ["unit"] = Unit(fact.Unit), ["value"] = Exact(fact.Value) })]),
        ["columns"] = new JsonArray([.. lesson.Columns.Select(column => new JsonObject { ["name"] = column.Name, ["unit"] = Unit(column.Unit) })]),
        ["rows"] = new JsonArray([.. lesson.Rows.Select(row => new JsonObject
        {
            ["label"] = row.Label,
            ["values"] = new JsonArray([.. row.Values.Select(value => JsonValue.Create(Exact(value)))]),
        })]),
    };

    public static IReadOnlyList<ChartPanel> ToPanels(Lesson lesson) => [.. lesson.Pictures.Select(picture => ToPanel(lesson, picture))];

    private static ChartPanel ToPanel(Lesson lesson, LessonPicture picture)
    {
        var y = new ChartAxis(picture.YTitle, UnitsPerOne(lesson.Columns[picture.Columns[0]].Unit)) { FromZero = picture.FromZero };
        if (lesson.Rows.All(row => row.Label is not null))
        {
            return new(picture.Title, new(string.Empty), y) { Bars = [.. lesson.Rows.Select(row => new ChartBar(row.Label!, row.Values[picture.Columns[0]]))] };
        }

        var first = lesson.Columns[0];
        return new(picture.Title, new(first.Unit == LessonUnit.Tao ? $"{first.Name}, TAO" : first.Name, UnitsPerOne(first.Unit)), y)
        {
            Lines =
            [
                .. picture.Columns.Select((column, place) =>
                    new ChartLine(lesson.Columns[column].Name, place, [.. lesson.Rows.Select(row => new ChartPoint(row.Values[0], row.Values[column]))])),
            ],
        };
    }

    private static string Text(LessonUnit unit, Int128 value) => unit switch
    {
        LessonUnit.Count => value.ToString("N0", CultureInfo.InvariantCulture),
        LessonUnit.Ppm => Cut(value, PpmPerPercent, 4) + "%",
        LessonUnit.Price => Cut((value + (RaoPerMillionth / 2)) / RaoPerMillionth, 1_000_000, 6),
        _ => Cut(value / RaoPerThousandth, 1_000, 3),
    };

    /// <summary>A number of parts as wholes with decimals; a part that is cut is cut toward zero.</summary>
    private static string Cut(Int128 parts, ulong partsPerWhole, int decimals)
    {
        var (whole, rest) = Int128.DivRem(Int128.Abs(parts), partsPerWhole);
        return string.Create(CultureInfo.InvariantCulture, $"{(parts < 0 ? "-" : string.Empty)}{whole:N0}.{((ulong)rest).ToString(CultureInfo.InvariantCulture).PadLeft(decimals, '0')}");
    }

    private static ulong UnitsPerOne(LessonUnit unit) => unit switch
    {
        LessonUnit.Count => 1,
        LessonUnit.Ppm => PpmPerPercent,
        _ => AmountText.RaoPerWhole,
    };

    private static string Unit(LessonUnit unit) => unit switch
    {
        LessonUnit.Count => "count",
        LessonUnit.Tao => "tao_rao",
        LessonUnit.Alpha => "alpha_rao",
        LessonUnit.Price => "rao_per_alpha",
        LessonUnit.Ppm => "ppm",
        _ => throw new ArgumentOutOfRangeException(nameof(unit), unit, "Unknown unit."),
    };

    private static string Exact(Int128 value) => value.ToString(CultureInfo.InvariantCulture);
}
