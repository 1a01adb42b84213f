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
}
