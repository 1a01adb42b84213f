using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Dtao.Page.Tests;

/// <summary>Everything can be reached and done without a pointer.</summary>
[Collection<OnOneNetwork>]
public sealed class KeyboardTests(PageNetwork network, Browser browser)
{
    [Fact]
    public async Task Keyboard_Alone_SkipsSearchesSortsAndTurnsTabs()
    {
        await using var window = await browser.OpenAsync(network.Address);
        var page = window.Page;
        await page.GotoAsync("/");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(16);

        // The first stop leads past the header.
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Skip to the content" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#main")).ToBeFocusedAsync();

        // A heading sorts, up and down.
        var heading = page.GetByRole(AriaRole.Columnheader, new() { Name = "Netuid" });
        await heading.GetByRole(AriaRole.Button).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(heading).ToHaveAttributeAsync("aria-sort", "descending");
        await Expect(page.Locator("tbody tr").First.Locator("td").First).ToHaveTextAsync("16");
        await page.Keyboard.PressAsync("Enter");
        await Expect(heading).ToHaveAttributeAsync("aria-sort", "ascending");
        await Expect(page.Locator("tbody tr").First.Locator("td").First).ToHaveTextAsync("1");

        // One key leads to the search, which leads to a subnet, whose page has the focus.
        await page.Keyboard.PressAsync("/");
        await Expect(page.GetByRole(AriaRole.Searchbox, new() { Name = "Search by address" })).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("sn 2");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(network.Address + "/subnets/2");
        await Expect(page.Locator("#main")).ToBeFocusedAsync();

        // Arrows turn tabs, and the address keeps which one is shown.
        await page.GetByRole(AriaRole.Tab, new() { Name = "Market" }).FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(page.GetByRole(AriaRole.Tab, new() { Name = "Depth" })).ToBeFocusedAsync();
        await Expect(page).ToHaveURLAsync(network.Address + "/subnets/2?tab=depth");
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(page.GetByRole(AriaRole.Tab, new() { Name = "Market" })).ToHaveAttributeAsync("aria-selected", "true");

        // The theme is a button, and lasts.
        var theme = page.GetByRole(AriaRole.Button, new() { Name = "Show the light theme" });
        await theme.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        await page.ReloadAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        Assert.Empty(window.Faults);
    }
}
