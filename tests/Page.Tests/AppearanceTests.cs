using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Dtao.Page.Tests;

/// <summary>Each page in both themes and at a phone's width: readable by everybody, and nothing sticks out.</summary>
public sealed class AppearanceTests(PageNetwork network, Browser browser)
{
    private static readonly string[] s_grave = ["serious", "critical"];

    /// <summary>A page, and a text by which it is seen to be complete.</summary>
    public static TheoryData<string, string, string> Pages => new()
    {
        { "overview", "/", "Lantern" },
        { "subnet", "/subnets/1", "Market cap" },
        { "depth", "/subnets/1?tab=depth", "Slippage calculator" },
        { "holders", "/subnets/1?tab=holders", "Of all held" },
        { "metagraph", "/subnets/1?tab=metagraph", "Validator trust" },
        { "account", "/accounts/%2F%2FAlice", "Value over time" },
        { "history", "/accounts/%2F%2FAlice?tab=history", "operations" },
        { "changes", "/accounts/%2F%2FAlice?tab=changes", "Because of" },
        { "validators", "/validators", "Root stake" },
        { "blocks", "/blocks", "Hash" },
        { "block", "/blocks/1", "State root" },
        { "cluster", "/cluster", "Silos and the subnets on them" },
        { "swap", "/swap", "You get" },
        { "search", "/search?q=lan", "subnet 1" },
        { "nothing", "/blocks/nothing", "Nothing here" },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_InBothThemesAndOnAPhone_HasNoGraveFault(string name, string path, string sign)
    {
        await using var window = await browser.OpenAsync(network.Address);
        var page = window.Page;
        await page.GotoAsync(path);
        await Expect(page.GetByText(sign).First).ToBeVisibleAsync();

        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await Expect(page.Locator(".spinner")).ToHaveCountAsync(0);
            await Picture(page, $"{name}-{scheme}.png");
            var found = (await page.RunAxe()).Violations.Where(violation => s_grave.Contains(violation.Impact));
            Assert.Empty(found.Select(violation => $"{scheme}: {violation.Id}: {violation.Help}: {string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Html))}"));
        }

        await page.SetViewportSizeAsync(390, 844);
        await Picture(page, $"{name}-Phone.png");
        Assert.Empty(window.Faults);
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
    }

    private static Task<byte[]> Picture(IPage page, string name) => page.ScreenshotAsync(new() { Path = Path.Combine(Browser.Pictures.FullName, name.ToLowerInvariant()) });
}
