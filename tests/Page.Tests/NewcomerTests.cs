using System.Text.RegularExpressions;
using Dtao.TestKit;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Dtao.Page.Tests;

/// <summary>What somebody does who opens the page for the first time.</summary>
[Collection<OnOneNetwork>]
public sealed class NewcomerTests(PageNetwork network, Browser browser)
{
    [Fact]
    public async Task Newcomer_WatchesBlocksQuotesAndSwaps_SeesItInHistoryAndPrice()
    {
        await using var window = await browser.OpenAsync(network.Address);
        var page = window.Page;

        // Blocks close while the page is open.
        await page.GotoAsync("/");
        var before = await network.CloseBlock();
        await Expect(page.Locator("a.head")).ToContainTextAsync($"block {before}");
        var next = await network.CloseBlock();
        await Expect(page.Locator("a.head")).ToContainTextAsync($"block {next}");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(16);

        // The network is minutes old, and its prices have a course since genesis.
        await Shown(page.Locator("tbody tr", new() { Has = page.Locator(".sparkline") }), "No price ever had a course.");

        // A subnet.
        await page.GetByRole(AriaRole.Link, new() { Name = "Lantern" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Lantern");
        var price = await PriceOf(page);

        // A quote, and the swap that was quoted.
        await page.Locator("#main .title").GetByRole(AriaRole.Link, new() { Name = "Swap" }).ClickAsync();
        await Expect(page.GetByLabel("For", new() { Exact = true })).ToHaveValueAsync(new Regex("^5"));
        await page.GetByLabel("For", new() { Exact = true }).SelectOptionAsync(new SelectOptionValue { Label = "//Alice" });
        await page.GetByLabel("Amount of τ").FillAsync("25");
        await Expect(page.Locator(".quote")).ToContainTextAsync("25.000000000 τ");

        // A limit that the price has passed already is refused before anything is sent; one that is a little worse than the price is not.
        await page.GetByLabel("Limit price").FillAsync("0.000001");
        await Expect(page.GetByText("Would be refused: PriceLimitExceeded")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "1%", Exact = true }).ClickAsync();
        await Expect(page.Locator(".quote")).ToContainTextAsync("25.000000000 τ");
        var quoted = await page.Locator("[data-test=quoted-out]").InnerTextAsync();
        var hotkey = await page.GetByLabel("Hotkey", new() { Exact = true }).InputValueAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        var receipt = page.Locator("[data-test=receipt]");
        await Expect(receipt).ToContainTextAsync("Applied in block");
        await Expect(receipt).ToContainTextAsync(AmountOf(quoted));

        // It stands in the history of //Alice, whose position it made.
        await receipt.GetByRole(AriaRole.Link, new() { Name = "See it in the history" }).ClickAsync();
        await Shown(page.Locator("tbody tr", new() { HasText = AmountOf(quoted)[..^3] }), "The swap never came into the history.");

        // And in the price, which it raised.
        await page.GotoAsync("/subnets/1");
        await Shown(page.Locator($".facts dd .amount[title$='for one α']:not([title='{price}'])"), "The price never changed.");

        // The validator that was staked on has its page, with who is staked on it and what that earned.
        await page.GotoAsync("/validators");
        await page.Locator($"a[href='/validators/{hotkey}']").First.ClickAsync();
        await Expect(page.GetByText(hotkey).First).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Nominators" }).Locator("tbody a").First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Yields" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Yields" })).ToBeVisibleAsync();
        Assert.Empty(window.Faults);
    }

    private static async Task<string> PriceOf(IPage page) => (await page.Locator(".facts dd .amount").First.GetAttributeAsync("title"))!;

    /// <summary>The digits of an amount that is shown with its symbol.</summary>
    private static string AmountOf(string text) => text.Split(' ', '\n')[0];

    /// <summary>Closes blocks until something is shown: the page looks again after each.</summary>
    private async Task Shown(ILocator locator, string never) => await Patience.Until(
        async () =>
        {
            await network.CloseBlock();
            return await locator.CountAsync() > 0;
        },
        never);
}
