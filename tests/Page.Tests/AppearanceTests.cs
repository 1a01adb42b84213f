using Deque.AxeCore.Commons;
using Dtao.TestKit;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Dtao.Page.Tests;

/// <summary>Each page in both themes and at a phone's width: readable by everybody, and nothing sticks out.</summary>
[Collection<OnOneNetwork>]
public sealed class AppearanceTests(PageNetwork network, Browser browser)
{
    private const string EveryRule = "{}";
    private const string Contrast = """{ "runOnly": ["color-contrast"] }""";

    private static readonly string s_axe = new BundledAxeScriptProvider().GetScript();

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
        { "validator", "/validators/5FgTjm5RPMWo2fkGojKUwXgu6LNYuBVegQiisLoP75i31ESG", "what counts as stake" },
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
        await Expect(page.Locator(".spinner")).ToHaveCountAsync(0);

        await Picture(page, $"{name}-dark", isOfEveryRun: true);
        await page.EvaluateAsync(s_axe);
        Assert.Empty(await GraveFaults(page, EveryRule));

        // Another theme changes colours, and nothing else.
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await Picture(page, $"{name}-light", isOfEveryRun: false);
        Assert.Empty(await GraveFaults(page, Contrast));

        await page.SetViewportSizeAsync(390, 844);
        await Patience.Until(async () => await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, $"{path} is wider than a phone.");
        await Picture(page, $"{name}-phone", isOfEveryRun: false);
        Assert.Empty(window.Faults);
    }

    /// <summary>What axe finds that shuts somebody out. There are no frames in the page: one call does, without the second page in which the package puts frames together.</summary>
    private static async Task<string[]> GraveFaults(IPage page, string rules) => await page.EvaluateAsync<string[]>(
        """
        async (rules) => (await axe.run(document, { resultTypes: ['violations'], ...JSON.parse(rules) })).violations
            .filter((one) => one.impact === 'serious' || one.impact === 'critical')
            .map((one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.html).join(' | ')}`)
        """,
        rules);

    /// <summary>One of each page in every run, all of them in the long form.</summary>
    private static async Task Picture(IPage page, string name, bool isOfEveryRun)
    {
        if (isOfEveryRun || LongRun.IsOn) await page.ScreenshotAsync(new() { Path = Path.Combine(Browser.Pictures.FullName, $"{name}.png") });
    }
}
