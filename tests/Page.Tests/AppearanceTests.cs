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
        { "neuron", "/subnets/3?tab=metagraph&uid=16", "What epochs found" },
        { "registrations", "/subnets/3?tab=metagraph", "In place of" },
        { "deregistrations", "/subnets/3?tab=metagraph&seats=left", "Followed by" },
        { "young-neuron", "/subnets/16?tab=metagraph&seats=left&uid=5", "No neuron has ever lost its uid here." },
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
        Assert.Empty(await CrookedHeadings(page));

        // Another theme changes colours, and nothing else.
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await Picture(page, $"{name}-light", isOfEveryRun: false);
        Assert.Empty(await GraveFaults(page, Contrast));

        foreach (var width in new[] { 360, 390 })
        {
            await page.SetViewportSizeAsync(width, 844);
            await Patience.Until(async () => await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, $"{path} is wider than {width} pixels.");
        }

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

    /// <summary>Headings that do not stand over their cells' edge, or not on one line with those beside them.</summary>
    private static async Task<string[]> CrookedHeadings(IPage page) => await page.EvaluateAsync<string[]>(
        """
        () => {
            const boxOf = (element, text) => {
                const range = document.createRange();
                range.selectNodeContents(text ? element.querySelector('button')?.firstChild ?? element : element);
                return range.getBoundingClientRect();
            };
            const found = [];
            for (const table of document.querySelectorAll('.table-frame > table')) {
                const headings = [...table.tHead.rows[0].cells];
                const middle = (box) => (box.top + box.bottom) / 2;
                headings.forEach((heading, at) => {
                    if (heading.textContent === '') return;
                    const cell = table.tBodies[0].rows[0].cells[at];
                    const [above, below, first] = [boxOf(heading, true), boxOf(cell), boxOf(headings[0], true)];
                    const aside = heading.classList.contains('number') ? above.right - below.right : above.left - below.left;
                    const up = middle(above) - middle(first);
                    if (Math.abs(aside) > 0.5 || Math.abs(up) > 0.5) found.push(`${table.caption.textContent}, ${heading.textContent}: ${aside} aside, ${up} up or down`);
                });
            }
            return found;
        }
        """);

    /// <summary>One of each page in every run, all of them in the long form; the whole page, from its top.</summary>
    private static async Task Picture(IPage page, string name, bool isOfEveryRun)
    {
        if (!isOfEveryRun && !LongRun.IsOn) return;
        await page.EvaluateAsync("scrollTo(0, 0)");
        await page.ScreenshotAsync(new() { Path = Path.Combine(Browser.Pictures.FullName, $"{name}.png"), FullPage = true });
    }
}
