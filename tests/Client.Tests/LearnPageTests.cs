using System.Runtime.CompilerServices;
using Dtao.TestKit;
using Xunit;

namespace Dtao.Client.Tests;

/// <summary>The pages of <c>docs/learn</c> show what their commands print.</summary>
public sealed class LearnPageTests
{
    private const string Prompt = "    dtao learn ";
    private const int PictureMax = 100_000;

    /// <summary>Those that a short test can run whole; the others run with <c>DTAO_LONG=1</c>.</summary>
    private static readonly HashSet<string> s_quick = ["slippage.md", "roles.md"];

    public static TheoryData<string> Pages => ["emission.md", "roles.md", "root-apr.md", "slippage.md", "staker.md"];

    [Fact]
    public void Folder_EveryPage_IsHereAndLinkedFromItsIndex()
    {
        var index = File.ReadAllText(PathOf("README.md"));

        Assert.Equal(
            Pages.Select(page => page.Data).Append("README.md").Order(StringComparer.Ordinal),
            Directory.GetFiles(PathOf("."), "*.md").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(Pages, page => Assert.Contains($"({page.Data})", index, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_Picture_IsASmallPngThatItsCommandDraws(string page)
    {
        var picture = Path.ChangeExtension(page, ".png");

        Assert.Contains($"]({picture})", File.ReadAllText(PathOf(page)), StringComparison.Ordinal);
        Assert.Equal(["--chart", $"docs/learn/{picture}"], CommandOf(page)[^2..]);
        Assert.InRange(new FileInfo(PathOf(picture)).Length, 1_000, PictureMax);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_Output_IsWhatItsCommandPrints(string page)
    {
        if (!s_quick.Contains(page) && !LongRun.IsOn) Assert.Skip("Takes a minute or more; DTAO_LONG=1 runs it.");
        var cli = new CliRun();

        var code = await cli.RunAsync([.. CommandOf(page)[..^2]]);

        Assert.Equal((0, ""), (code, cli.Error));
        Assert.Equal(cli.Output.TrimEnd(), OutputOn(page));
    }

    private static string[] CommandOf(string page)
    {
        var line = Assert.Single(Lines(page), line => line.StartsWith(Prompt, StringComparison.Ordinal));
        return line.Trim()["dtao ".Length..].Split(' ');
    }

    /// <summary>The indented block that follows the command's.</summary>
    private static string OutputOn(string page)
    {
        var lines = Lines(page).SkipWhile(line => !line.StartsWith(Prompt, StringComparison.Ordinal)).Skip(1)
            .SkipWhile(line => !line.StartsWith("    ", StringComparison.Ordinal))
            .TakeWhile(line => line.Length == 0 || line.StartsWith("    ", StringComparison.Ordinal));
        return string.Join('\n', lines.Select(line => line.Length == 0 ? line : line[4..])).TrimEnd();
    }

    private static string[] Lines(string page) => File.ReadAllLines(PathOf(page));

    private static string PathOf(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "learn", name);
}
