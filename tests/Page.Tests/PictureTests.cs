using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Dtao.Page.Tests;

/// <summary>Makes the pictures of the README, when <c>infra/pictures.sh</c> asks: of a running network, into a folder.</summary>
public sealed class PictureTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly (string Name, string Path, string Sign)[] s_pictures =
    [
        ("overview", "/", "Sum of prices"),
        ("subnet", "/subnets/1", "Trades"),
        ("account", "/accounts/%2F%2FAlice", "Value over time"),
    ];

    [Fact]
    public async Task Pictures_OfARunningNetwork_AreMade()
    {
        var (folder, address) = (Environment.GetEnvironmentVariable("DTAO_PICTURES"), Environment.GetEnvironmentVariable("DTAO_PICTURES_OF"));
        Assert.SkipWhen(folder is null || address is null, "Only for infra/pictures.sh.");
        await using var window = await browser.OpenAsync(address);
        var page = window.Page;
        await page.SetViewportSizeAsync(1280, 800);

        foreach (var (name, path, sign) in s_pictures)
        {
            await page.GotoAsync(path);
            await Expect(page.GetByText(sign).First).ToBeVisibleAsync();
            await Expect(page.Locator(".spinner")).ToHaveCountAsync(0);
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
            Assert.True(new FileInfo(Path.Combine(folder, $"{name}.png")).Length > 0);
        }

        Assert.Empty(window.Faults);
    }

    /// <summary>What a person typed and what came of it, as a terminal shows it.</summary>
    [Fact]
    public async Task Picture_OfTheFirstMinutesInATerminal_IsMade()
    {
        var (folder, transcript) = (Environment.GetEnvironmentVariable("DTAO_PICTURES"), Environment.GetEnvironmentVariable("DTAO_PICTURES_TRANSCRIPT"));
        Assert.SkipWhen(folder is null || transcript is null, "Only for infra/pictures.sh.");
        var lines = await File.ReadAllLinesAsync(transcript, TestContext.Current.CancellationToken);
        Assert.Contains(lines, line => line.StartsWith("$ ", StringComparison.Ordinal));
        await using var window = await browser.OpenAsync("http://127.0.0.1:1");
        await window.Page.SetContentAsync($"{TerminalStyle}<pre>{string.Join('\n', lines.Select(Line))}</pre>");

        await window.Page.Locator("pre").ScreenshotAsync(new() { Path = Path.Combine(folder, "terminal.png") });

        Assert.True(new FileInfo(Path.Combine(folder, "terminal.png")).Length > 0);
    }

    private const string TerminalStyle = """
        <style>
          body { margin: 0; }
          pre { display: inline-block; margin: 0; width: 130ch; white-space: pre-wrap; overflow-wrap: anywhere; padding: 18px 22px; background: #0e1319; color: #c6cfdb; font: 13px/1.45 "DejaVu Sans Mono", monospace; }
          b { color: #4fc7bb; }
        </style>
        """;

    private static string Line(string line)
    {
        var text = System.Net.WebUtility.HtmlEncode(line);
        return line.StartsWith("$ ", StringComparison.Ordinal) ? $"<b>{text}</b>" : text;
    }
}
