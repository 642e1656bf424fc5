using Microsoft.Playwright;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.IntegrationTests.WebConsole;

/// <summary>The page in a browser, with the errors that the browser reports.</summary>
internal sealed class OpenConsole : IAsyncDisposable
{
    private static readonly string Screenshots = Directory.CreateDirectory(Repository.PathOf("artifacts", "screenshots")).FullName;

    private readonly IBrowserContext _context;
    private readonly List<string> _errors = [];

    public OpenConsole(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _errors.Add($"{message.Text} ({message.Location})");
        };
        page.PageError += (_, error) => _errors.Add(error);
    }

    public IPage Page { get; }

    /// <summary>What the browser complained about so far.</summary>
    public string Errors => string.Join("\n", _errors);

    public ILocator Cards => Page.Locator("#recommended > li");

    /// <summary>The number of the generation to be served, as the table has it.</summary>
    public async Task<long> ServedAsync()
    {
        var row = await Page.Locator("tr.served td").First.InnerTextAsync();
        return long.Parse(row.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The items recommended, best first.</summary>
    public Task<string[]> RecommendedAsync() => Page.EvaluateAsync<string[]>("[...document.querySelectorAll('#recommended > li')].map(card => card.dataset.item)");

    /// <summary>What the items recommended are called.</summary>
    public async Task<string[]> NamesAsync() => [.. await Cards.Locator(".name").AllInnerTextsAsync()];

    /// <summary>Presses "Train now", and waits for the generation that it gives.</summary>
    public async Task TrainAsync()
    {
        var number = await ServedAsync() + 1;
        await Page.GetByLabel("publish even if worse").CheckAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Train now" }).ClickAsync();
        await Assertions.Expect(Page.Locator("tr.served td").First).ToHaveTextAsync($"{number} served");
    }

    /// <summary>Keeps a picture of the page in artifacts/screenshots.</summary>
    public Task PictureAsync(string name, bool whole = true) => Page.ScreenshotAsync(new() { Path = Path.Combine(Screenshots, $"{name}.png"), FullPage = whole });

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
