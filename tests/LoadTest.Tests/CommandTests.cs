using System.CommandLine;

namespace Dtao.LoadTest.Tests;

public sealed class CommandTests
{
    [Theory]
    [InlineData("--stakers 10", "either --embedded")]
    [InlineData("--embedded --gateway 127.0.0.1:30000", "either --embedded")]
    [InlineData("--gateway somewhere", "no gateway")]
    [InlineData("--embedded --workers 0", "--workers")]
    [InlineData("--embedded --stakers 0", "Stakers")]
    [InlineData("--embedded --rate 10 --concurrency 5", "either --rate")]
    [InlineData("--embedded --ramp 3", "--rate")]
    [InlineData("--embedded --rate 10 --spike 5x", "RATE@FROM+SECONDS")]
    [InlineData("--embedded --seconds 0", "--seconds")]
    [InlineData("--embedded --threshold p99<soon", "no number")]
    [InlineData("--embedded --population /does/not/exist.json", "does not exist")]
    public async Task Load_WrongCommandLine_SaysWhyAndStartsNothing(string arguments, string why)
    {
        using var error = new StringWriter();
        var command = LoadCommand.AddTo(new RootCommand("load"), new LoadContext(TextWriter.Null, error, false, arguments));

        var code = await command.Parse(arguments.Split(' ')).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(LoadExitCode.Usage, code);
        Assert.Contains(why, error.ToString(), StringComparison.Ordinal);
    }
}
