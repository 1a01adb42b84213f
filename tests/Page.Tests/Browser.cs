using Dtao.TestKit;
using Microsoft.Playwright;

namespace Dtao.Page.Tests;

/// <summary>A real browser: the system's Chromium, without a window. <c>infra/browser.sh</c> installs it.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] s_places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private static readonly string[] s_arguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Pictures of what a test saw.</summary>
    public static DirectoryInfo Pictures { get; } = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "page"));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A window of its own, with nothing kept from others; closed with what it is disposed with. Skips the test where there is no Chromium.</summary>
    public async Task<BrowserWindow> OpenAsync(string address)
    {
        var program = Array.Find(s_places, File.Exists);
        Assert.SkipWhen(program is null, "There is no Chromium here; infra/browser.sh installs it.");
        _playwright ??= await Playwright.CreateAsync().WaitAsync(Patience.Max);
        _browser ??= await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = s_arguments, Timeout = Milliseconds });
        Assertions.SetDefaultExpectTimeout(Milliseconds);
        var context = await _browser.NewContextAsync(new() { BaseURL = address, ViewportSize = new() { Width = 1360, Height = 900 }, ColorScheme = ColorScheme.Dark, ReducedMotion = ReducedMotion.Reduce });
        context.SetDefaultTimeout(Milliseconds);
        return new BrowserWindow(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    private static int Milliseconds => (int)Patience.Max.TotalMilliseconds;
}

/// <summary>A window, with the faults that the page reported in it.</summary>
public sealed class BrowserWindow : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _faults = [];

    internal BrowserWindow(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.PageError += (_, error) => _faults.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error") _faults.Add($"{message.Text} ({message.Location})");
        };
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("http://127.0.0.1:", StringComparison.Ordinal)) _faults.Add($"Something was asked of {request.Url}.");
        };
    }

    public IPage Page { get; }

    /// <summary>Exceptions, errors on the console, what the page's policy forbade, and requests to elsewhere.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
