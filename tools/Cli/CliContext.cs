using Dtao.Client;

namespace Dtao.Cli;

/// <summary>What the commands know of the world: where to write, whether a person is there, and how to reach a network.</summary>
internal sealed record CliContext
{
    public required TextWriter Output { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>Whether somebody can answer a question: neither input nor output is redirected.</summary>
    public required bool HasPerson { get; init; }

    /// <summary>Whether output goes to a terminal that shows colours.</summary>
    public required bool HasColour { get; init; }

    /// <summary>The width of tables; a pipe has no edge, so nothing is wrapped there.</summary>
    public required int Width { get; init; }

    /// <summary>Reads a line from the person; null at the end of input. Asked only when <see cref="HasPerson"/>.</summary>
    public required Func<string?> ReadLine { get; init; }

    /// <summary>Asks for a line that is not shown; null at the end of input. Asked only when <see cref="HasPerson"/>.</summary>
    public Func<string, string?> ReadSecret { get; init; } = Terminal.ReadSecret;

    /// <summary>The value of an environment variable.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    public required Func<DtaoConnectionOptions, CancellationToken, Task<DtaoClient>> Connect { get; init; }

    private const int PipeWidth = 1_000;

    public static CliContext OfProcess() => new()
    {
        Output = Console.Out,
        Error = Console.Error,
        HasPerson = !Console.IsInputRedirected && !Console.IsOutputRedirected,
        HasColour = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
        Width = Console.IsOutputRedirected ? PipeWidth : Math.Max(Console.WindowWidth, 80),
        ReadLine = Console.ReadLine,
        Connect = DtaoClient.ConnectAsync,
    };
}
