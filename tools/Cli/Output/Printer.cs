using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Dtao.Cli.Output;

/// <summary>Writes tables and JSON.</summary>
internal static class Printer
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        // Token symbols are letters, not markup; nothing here is put into a web page unescaped.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions OneLine = new(Indented) { WriteIndented = false };

    public static void Json(CliContext context, JsonNode node) => context.Output.WriteLine(node.ToJsonString(Indented));

    /// <summary>One JSON document a line, for streams.</summary>
    public static void JsonLine(CliContext context, JsonNode node)
    {
        context.Output.WriteLine(node.ToJsonString(OneLine));
        context.Output.Flush();
    }

    public static void Table(CliContext context, string title, IReadOnlyList<Column> columns, IEnumerable<IReadOnlyList<string>> rows, IReadOnlyList<string>? footer = null)
    {
        var table = new Table { Title = new TableTitle(Markup.Escape(Clean(title))), Border = TableBorder.Simple };
        for (var i = 0; i < columns.Count; i++)
        {
            var column = new TableColumn(new Spectre.Console.Text(columns[i].Name)) { NoWrap = true };
            if (columns[i].IsNumber) column.RightAligned();
            if (footer is not null) column.Footer = new Spectre.Console.Text(Clean(footer[i]));
            table.AddColumn(column);
        }

        foreach (var row in rows) table.AddRow(row.Select(cell => new Spectre.Console.Text(Clean(cell))));
        Write(context, table);
    }

    /// <summary>Names beside values.</summary>
    public static void Facts(CliContext context, string title, IEnumerable<(string Name, string Value)> facts) =>
        Table(context, title, [new("Field"), new("Value")], facts.Select(fact => new[] { fact.Name, fact.Value }));

    /// <summary>Text that others chose, such as a subnet's name, without anything that a terminal would obey.</summary>
    public static string Clean(string text) => string.Create(text.Length, text, static (cleaned, source) =>
    {
        for (var i = 0; i < cleaned.Length; i++) cleaned[i] = char.IsControl(source[i]) ? '?' : source[i];
    });

    private static void Write(CliContext context, Table table)
    {
        using var rendered = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = context.HasColour ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = context.HasColour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(rendered),
        });
        console.Profile.Width = context.Width;
        console.Profile.Capabilities.Unicode = true;
        console.Write(table);
        // Cells are padded to the column's width; a line in a file should not end in blanks.
        foreach (var line in rendered.ToString().TrimEnd('\n').Split('\n')) context.Output.WriteLine(line.TrimEnd());
    }
}

/// <summary>A column of a table. Numbers stand at the right.</summary>
internal readonly record struct Column(string Name, bool IsNumber = false);
