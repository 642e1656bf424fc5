using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Processes;

namespace Rearm.Streaming.IntegrationTests.WebConsole;

/// <summary><c>rearm demo</c> as its own process, trained once, and Debian's Chromium to look at its console with.</summary>
public sealed partial class ConsoleFixture : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    // In milliseconds.
    private static readonly float Patience = (float)Wait.Patience.TotalMilliseconds;

    private readonly TemporaryFolder _folder = new();
    private ChildProcess? _demo;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where the page is.</summary>
    public string Address { get; private set; } = "";

    /// <summary>The Ingestor, by HTTP.</summary>
    public HttpClient Ingestor { get; } = new();

    public async Task InitializeAsync()
    {
        if (!File.Exists(Chromium))
            throw new FileNotFoundException($"{Chromium} is missing; ./rearm setup installs it.", Chromium);
        _demo = await ChildProcess.StartAsync(
            "dotnet", [Path.Combine(Repository.OutputOf("Cli"), "Rearm.Streaming.Cli.dll"), "demo", "--grpc-port", "0", "--http-port", "0", "--epochs", "3"],
            new Dictionary<string, string?> { ["TMPDIR"] = _folder.Path, ["Trainer__Device"] = "cpu", ["Trainer__Threads"] = "1", ["Server__HistoryTimeout"] = "00:01:00" });
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Headless = true, Args = ["--no-sandbox", "--disable-gpu"], Timeout = Patience });
        Assertions.SetDefaultExpectTimeout(Patience);
        await Wait.UntilAsync("the demo stays up", () => Task.FromResult(_demo.Output.Contains("Everything stays up", StringComparison.Ordinal)), _demo);
        Address = AddressPattern().Match(_demo.Output).Groups[1].Value;
        Ingestor.BaseAddress = new($"http://{IngestorPattern().Match(_demo.Output).Groups[1].Value}");
    }

    /// <summary>Opens the page in a browser profile of its own.</summary>
    /// <param name="fragment">What follows the address, e.g. "#user=ada".</param>
    /// <param name="width">Of the window, in pixels.</param>
    /// <param name="scheme">What the reader's system prefers.</param>
    /// <param name="address">Of another Server's page; null: the demo's.</param>
    internal async Task<OpenConsole> OpenAsync(string fragment = "", int width = 1280, ColorScheme scheme = ColorScheme.Light, string? address = null)
    {
        var context = await _browser!.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        context.SetDefaultTimeout(Patience);
        context.SetDefaultNavigationTimeout(Patience);
        var console = new OpenConsole(context, await context.NewPageAsync());
        await console.Page.GotoAsync((address ?? Address) + fragment);
        return console;
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_demo is not null)
            await _demo.DisposeAsync();
        Ingestor.Dispose();
        _folder.Dispose();
    }

    [GeneratedRegex(@"Console: (http\S+/console/)")]
    private static partial Regex AddressPattern();

    [GeneratedRegex(@"Ingestor: .+HTTP (\S+)")]
    private static partial Regex IngestorPattern();
}
