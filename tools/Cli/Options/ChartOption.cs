using System.CommandLine;
using Dtao.Cli.Charts;

namespace Dtao.Cli.Options;

/// <summary><c>--chart FILE.png</c>: a picture beside what a command prints.</summary>
internal sealed class ChartOption
{
    private readonly Option<FileInfo?> _file = new("--chart") { Description = "Draw a PNG into this file; an existing one is overwritten" };

    public void AddTo(Command command)
    {
        _file.Validators.Add(result =>
        {
            var file = result.GetValueOrDefault<FileInfo?>();
            if (file is null) return;
            if (!file.Extension.Equals(".png", StringComparison.OrdinalIgnoreCase)) result.AddError($"'{file}' is no name of a PNG: it has to end in .png.");
            else if (file.Directory is not { Exists: true }) result.AddError($"'{file}' cannot be written: its folder does not exist.");
        });
        command.Add(_file);
    }

    /// <summary>Writes the chart when one was asked for, and says where.</summary>
    /// <param name="isJson">Whether standard output is for JSON alone.</param>
    public void Write(ParseResult parsed, CliContext context, bool isJson, Func<IReadOnlyList<ChartPanel>> panels)
    {
        if (parsed.GetValue(_file) is not { } file) return;
        try
        {
            File.WriteAllBytes(file.FullName, ChartImage.Png(panels()));
        }
        catch (Exception caught) when (caught is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{file}' cannot be written: {caught.Message}");
        }

        if (!isJson) context.Output.WriteLine($"Chart written to {file}.");
    }
}
