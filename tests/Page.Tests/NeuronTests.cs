using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dtao.TestKit;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Dtao.Page.Tests;

/// <summary>The past of a subnet's neurons: who came, who left, and what epochs found for a uid; what is shown is what the API answers.</summary>
[Collection<OnOneNetwork>]
public sealed class NeuronTests(PageNetwork network, Browser browser)
{
    [Fact]
    public async Task Neuron_OpenedByKeyboard_ShowsWhoHeldItsSeatAndWhatEpochsFound()
    {
        var came = await Rows($"/api/subnet/neuron/registration/v1?netuid={PageNetwork.Full}&uid={PageNetwork.LastUid}");
        var left = Assert.Single(await Rows($"/api/subnet/neuron/deregistration/v1?netuid={PageNetwork.Full}&uid={PageNetwork.LastUid}"));
        var epochs = await Rows($"/api/metagraph/history/v1?netuid={PageNetwork.Full}&uid={PageNetwork.LastUid}&limit=10");
        Assert.Equal((2, $"0x{PageNetwork.Newcomer}"), (came.Length, came[0].GetProperty("hotkey").GetProperty("hex").GetString()));
        Assert.Contains(epochs, epoch => Text(epoch, "emission") == "0");
        Assert.Contains(epochs, epoch => Text(epoch, "emission") != "0");
        await using var window = await browser.OpenAsync(network.Address);
        var page = window.Page;
        await page.GotoAsync($"/subnets/{PageNetwork.Full}?tab=metagraph");
        var opener = page.GetByRole(AriaRole.Button, new() { Name = $"{PageNetwork.LastUid}: history of this uid" });
        var past = page.GetByRole(AriaRole.Region, new() { Name = $"History of uid {PageNetwork.LastUid}" });
        await Expect(opener).ToHaveAttributeAsync("aria-expanded", "false");

        await opener.FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(opener).ToHaveAttributeAsync("aria-expanded", "true");
        await Expect(opener).ToBeFocusedAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"uid={PageNetwork.LastUid}$"));

        // Who has it, and who had it.
        var holders = past.GetByRole(AriaRole.Region, new() { Name = "Who held uid" }).Locator("tbody tr");
        await Expect(holders).ToHaveCountAsync(2);
        await Expect(holders.Nth(0).Locator("a").First).ToHaveAttributeAsync("title", Account(came[0], "hotkey"));
        await Expect(holders.Nth(0).Locator(".amount")).ToHaveAttributeAsync("title", new Regex($@"\({Text(came[0], "registration_cost")} rao\)"));
        await Expect(holders.Nth(1).Locator("a").First).ToHaveAttributeAsync("title", Account(came[1], "hotkey"));
        await Expect(holders.Nth(1)).ToContainTextAsync($"there from genesis–{Number(left, "block_number")}replaced");

        // The epochs, exactly and drawn.
        await Expect(past.GetByRole(AriaRole.Img)).ToHaveAttributeAsync("aria-label", new Regex($"Emission of uid {PageNetwork.LastUid} in [0-9]+ epochs: .* in block {Number(epochs[0], "block_number")}"));
        await Expect(past.Locator(".chart canvas")).ToBeVisibleAsync();
        var found = past.GetByRole(AriaRole.Region, new() { Name = "What epochs found for" }).Locator("tbody tr");
        await Expect(found).ToHaveCountAsync(epochs.Length);
        for (var row = 0; row < epochs.Length; row++)
        {
            await Expect(found.Nth(row).Locator("td").First).ToHaveTextAsync(Number(epochs[row], "block_number").ToString(CultureInfo.InvariantCulture));
            await Expect(found.Nth(row).Locator("a.address")).ToHaveAttributeAsync("title", Account(epochs[row], "hotkey"));
            await Expect(found.Nth(row).Locator(".amount").First).ToHaveAttributeAsync("title", new Regex($@"\({Text(epochs[row], "emission")} rao\)"));
        }

        // A figure that never was anything is said, and not drawn.
        await past.GetByRole(AriaRole.Button, new() { Name = "Dividends" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(past.GetByText("Dividends was 0 in each of these")).ToBeVisibleAsync();

        await opener.FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await Expect(past).ToHaveCountAsync(0);
        Assert.Empty(window.Faults);
    }

    [Fact]
    public async Task Neuron_OpenedOnAPhone_StaysOnTheScreenWhileItsTableScrolls()
    {
        await using var window = await browser.OpenAsync(network.Address);
        var page = window.Page;
        await page.SetViewportSizeAsync(360, 740);
        await page.GotoAsync($"/subnets/{PageNetwork.Full}?tab=metagraph&uid={PageNetwork.LastUid}");
        var tab = page.GetByRole(AriaRole.Tab, new() { Name = "Metagraph" });
        await Patience.Until(async () => await tab.BoundingBoxAsync() is { } box && box.X >= 0 && box.X + box.Width <= 360, "The tab that is shown stands beside the screen.");
        var past = page.GetByRole(AriaRole.Region, new() { Name = $"History of uid {PageNetwork.LastUid}" });
        await Expect(past.Locator(".chart canvas")).ToBeVisibleAsync();

        foreach (var place in new[] { 0, 300 })
        {
            var scrolled = await page.GetByRole(AriaRole.Region, new() { Name = "Neurons", Exact = true }).Locator(".table-frame.opens").EvaluateAsync<int>("(frame, place) => { frame.scrollLeft = place; return frame.scrollLeft; }", place);
            Assert.Equal(place, scrolled);
            foreach (var part in new[] { past, past.Locator(".chart") })
            {
                var box = (await part.BoundingBoxAsync())!;
                Assert.InRange(box.X, 0, 40);
                Assert.InRange(box.X + box.Width, 300, 360);
            }
        }

        Assert.Empty(window.Faults);
    }

    [Fact]
    public async Task Seats_OfASubnetThatIsFull_TellInPagesWhoCameAndWhoLeft()
    {
        var came = await Rows($"/api/subnet/neuron/registration/v1?netuid={PageNetwork.Full}");
        var left = Assert.Single(await Rows($"/api/subnet/neuron/deregistration/v1?netuid={PageNetwork.Full}"));
        await using var window = await browser.OpenAsync(network.Address);
        var page = window.Page;
        await page.GotoAsync($"/subnets/{PageNetwork.Full}?tab=metagraph");
        var seats = page.GetByRole(AriaRole.Region, new() { Name = "Who came, who left" });
        var rows = seats.Locator("tbody tr");

        await Expect(rows).ToHaveCountAsync(10);
        await Expect(rows.First.Locator("a.address").Nth(0)).ToHaveAttributeAsync("title", Account(came[0], "hotkey"));
        await Expect(rows.First.Locator("a.address").Nth(1)).ToHaveAttributeAsync("title", Account(came[0], "coldkey"));
        await Expect(rows.First.Locator("a.address").Nth(2)).ToHaveAttributeAsync("title", Account(came[0], "former_hotkey"));
        await Expect(rows.First.Locator(".amount")).ToHaveAttributeAsync("title", new Regex($@"\({Text(came[0], "registration_cost")} rao\)"));

        await seats.GetByRole(AriaRole.Button, new() { Name = "Older" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(rows).ToHaveCountAsync(came.Length - 10);
        await Expect(rows.Last.Locator("a.address").First).ToHaveAttributeAsync("title", Account(came[^1], "hotkey"));

        await seats.GetByRole(AriaRole.Button, new() { Name = "Deregistrations" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows).ToContainTextAsync("replaced");
        await Expect(rows.Locator("a.address").Nth(0)).ToHaveAttributeAsync("title", Account(left, "hotkey"));
        await Expect(rows.Locator("a.address").Nth(2)).ToHaveAttributeAsync("title", $"{Account(came[0], "hotkey")}");
        await Expect(rows.Locator(".amount")).ToHaveAttributeAsync("title", new Regex($@"\({Text(left, "emission")} rao\)"));
        await Expect(seats.GetByText("1 deregistration", new() { Exact = true })).ToBeVisibleAsync();

        // Another tab has pages of its own.
        await page.GetByRole(AriaRole.Tab, new() { Name = "Holders" }).ClickAsync();
        await Expect(page).ToHaveURLAsync($"{network.Address}/subnets/{PageNetwork.Full}?tab=holders");
        Assert.Empty(window.Faults);
    }

    [Fact]
    public async Task Seats_WithoutAPast_SayWhatIsTheCase()
    {
        await using var window = await browser.OpenAsync(network.Address);
        var page = window.Page;

        await page.GotoAsync($"/subnets/{PageNetwork.Young}?tab=metagraph&seats=left&uid=5");

        await Expect(page.GetByText("No neuron has ever lost its uid here. 17 of 256 seats are taken: a registration replaces somebody only once all are.")).ToBeVisibleAsync();
        await Expect(page.GetByText(new Regex("^No epoch has run since somebody came to this uid. The next one comes in [0-9,]+ blocks.$"))).ToBeVisibleAsync();
        Assert.Empty(window.Faults);
    }

    private async Task<JsonElement[]> Rows(string path)
    {
        using var answer = JsonDocument.Parse(await network.Http.GetStringAsync(path, TestContext.Current.CancellationToken));
        return [.. answer.RootElement.GetProperty("data").EnumerateArray().Select(row => row.Clone())];
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private static long Number(JsonElement row, string name) => row.GetProperty(name).GetInt64();

    private static string Account(JsonElement row, string name) => row.GetProperty(name).GetProperty("ss58").GetString()!;
}
