using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Storage.Impressions;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.IntegrationTests.WebConsole;

/// <summary>The console in a real browser, against the demo's services.</summary>
public sealed partial class ConsolePageTests(ConsoleFixture fixture, RedisFixture redis) : IClassFixture<ConsoleFixture>, IClassFixture<RedisFixture>
{
    private const string TooMany = """{"error":{"code":"RESOURCE_EXHAUSTED","message":"Too many."}}""";
    private const string Hostile = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">";

    [Theory]
    [InlineData(ColorScheme.Light, "console-light")]
    [InlineData(ColorScheme.Dark, "console-dark")]
    public async Task Page_Opened_ShowsThePipelineWithoutErrors(ColorScheme scheme, string picture)
    {
        await using var console = await fixture.OpenAsync("#user=ada", scheme: scheme);
        var page = console.Page;

        await Expect(page.Locator("#serving")).ToHaveTextAsync(ServingPattern());
        await Expect(page.Locator("#users")).ToHaveTextAsync(FourHundredPattern());
        await Expect(page.Locator("#items")).ToHaveTextAsync(ThreeHundredPattern());
        await Expect(page.Locator("#lag")).ToHaveTextAsync("0");
        await Expect(page.Locator("#rate")).ToHaveTextAsync("0");
        await Expect(page.Locator("#recall-chart figcaption")).ToHaveTextAsync(RecallPattern());
        await Expect(page.Locator("#generation-rows tr").First.Locator("td").Nth(3)).ToHaveTextAsync(FractionPattern());
        await Expect(console.Cards).ToHaveCountAsync(12);
        await Expect(console.Cards.First.Locator(".why").First).Not.ToBeEmptyAsync();
        await Expect(page.Locator("#history > li")).ToHaveCountAsync(15);
        await console.Cards.First.GetByRole(AriaRole.Button, new() { Name = "Similar to" }).ClickAsync();
        await Expect(page.Locator("#similar > li")).ToHaveCountAsync(6);
        await console.PictureAsync(picture);

        Assert.True(console.Errors.Length == 0, console.Errors);
    }

    [Fact]
    public async Task Similar_ByEachMeasure_ShowsItsOwnNeighboursAndWhatTheyHaveInCommon()
    {
        await using var console = await fixture.OpenAsync("#user=ada");
        var page = console.Page;
        await Expect(console.Cards).ToHaveCountAsync(12);
        var by = page.GetByLabel("by", new() { Exact = true });
        await Expect(by.Locator("option")).ToHaveTextAsync(["the model", "users in common", "features: image", "features: text"]);
        var notes = page.Locator("#similar .why");

        await console.Cards.First.GetByRole(AriaRole.Button, new() { Name = "Similar to" }).ClickAsync();
        await Expect(notes.First).ToHaveTextAsync(new Regex(@"^cosine 0\.\d{4}$"));
        var byModel = await NamesAsync();
        await by.SelectOptionAsync("users in common");
        await Expect(notes.First).ToHaveTextAsync(new Regex(@"^\d+ users touched both$"));
        await by.SelectOptionAsync("features: text");
        await Expect(notes.First).ToHaveTextAsync(new Regex(@"^cosine 0\.\d{4}$"));

        Assert.NotEqual(byModel, await NamesAsync());
        // The choice stays for the next item.
        await console.Cards.Nth(1).GetByRole(AriaRole.Button, new() { Name = "Similar to" }).ClickAsync();
        await Expect(page.Locator("#similar-title")).ToHaveTextAsync($"Similar to {(await console.NamesAsync())[1]}");
        Assert.Equal("features: text", await by.EvaluateAsync<string>("choice => choice.selectedOptions[0].textContent"));
        Assert.True(console.Errors.Length == 0, console.Errors);

        async Task<string[]> NamesAsync() => [.. await page.Locator("#similar .name").AllInnerTextsAsync()];
    }

    [Fact]
    public async Task Settings_ServerRefusesAtFirst_ThePageSaysSoAndComesToLifeAllTheSame()
    {
        await using var console = await fixture.OpenAsync();
        var page = console.Page;
        var goesOn = new TaskCompletionSource();
        await page.RouteAsync("**/console/api/settings", async route =>
        {
            if (goesOn.Task.IsCompleted)
                await route.ContinueAsync();
            else
                await route.FulfillAsync(new() { Status = 429, ContentType = "application/json", Body = TooMany });
        });

        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Too many.");
        await Expect(page.Locator("#serving")).ToHaveTextAsync("Asking the Server …");
        goesOn.SetResult();

        await Expect(page.Locator("#serving")).ToHaveTextAsync(ServingPattern());
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("");
    }

    [Fact]
    public async Task Training_Started_IsFollowedToItsGeneration()
    {
        await using var console = await fixture.OpenAsync();

        await console.TrainAsync();

        await Expect(console.Page.Locator("#training-state")).ToHaveTextAsync("Waiting");
        await Expect(console.Page.Locator("#epoch-text")).ToHaveTextAsync(EpochPattern());
        await Expect(console.Page.Locator("#epoch-bar")).ToHaveAttributeAsync("max", "3");
        // A curve has as many points as there were epochs.
        var points = await console.Page.Locator("#loss-chart polyline").GetAttributeAsync("points");
        Assert.InRange(points!.Split(' ').Length, 2, 3);
        await Expect(console.Page.Locator("#serving")).ToHaveTextAsync(new Regex($"Serving generation {await console.ServedAsync()} "));
        Assert.True(console.Errors.Length == 0, console.Errors);
    }

    [Fact]
    public async Task RollBack_Pressed_ServesTheGenerationBefore()
    {
        await using var console = await fixture.OpenAsync();
        var page = console.Page;
        page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await console.TrainAsync();
        var newest = await console.ServedAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Roll back" }).ClickAsync();

        await Expect(page.Locator("tr.served td").First).ToHaveTextAsync($"{newest - 1} served, pinned");
        await Expect(page.Locator("#serving")).ToHaveTextAsync(new Regex($"Serving generation {newest - 1} "));
        await console.PictureAsync("console-rolled-back");
        await page.GetByRole(AriaRole.Button, new() { Name = "Serve the newest" }).ClickAsync();
        await Expect(page.Locator("#serving")).ToHaveTextAsync(new Regex($"Serving generation {newest} "));
        Assert.True(console.Errors.Length == 0, console.Errors);
    }

    [Fact]
    public async Task Click_OnARecommendation_ChangesTheListAndTheHistory()
    {
        await using var console = await fixture.OpenAsync("#user=user-007");
        await Expect(console.Cards).ToHaveCountAsync(12);
        var before = await console.RecommendedAsync();
        // The demo's shop sends titles: an item "little-tent" is called "Little Tent".
        var names = await console.NamesAsync();
        Assert.Equal(before, names.Select(name => name.ToLowerInvariant().Replace(' ', '-')));
        Assert.NotEqual(before[3], names[3]);

        await console.Cards.Nth(3).GetByRole(AriaRole.Button, new() { Name = $"Click {names[3]}" }).ClickAsync();

        await Expect(console.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync(new Regex($"The click on {names[3]} counts after [\\d,]+ ms: [1-9]"));
        await Expect(console.Page.Locator("#history > li .name").First).ToHaveTextAsync(names[3]);
        await Expect(console.Page.Locator("#users")).ToHaveTextAsync(FourHundredPattern());
        var after = await console.RecommendedAsync();
        Assert.DoesNotContain(before[3], after);
        Assert.NotEqual(before, after);
        // The button that was pressed is gone, and who uses the keyboard is not thrown back to the page's top.
        Assert.Equal($"Click {(await console.NamesAsync())[3]}", await console.Page.EvaluateAsync<string>("document.activeElement.getAttribute('aria-label')"));
        await console.PictureAsync("console-clicked");
        Assert.True(console.Errors.Length == 0, console.Errors);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task User_AskedForLast_IsShownThoughTheOneBeforeIsAnsweredLater(bool badly)
    {
        await using var console = await fixture.OpenAsync();
        var page = console.Page;
        var goesOn = new TaskCompletionSource();
        var late = 0;
        await page.RouteAsync("**/v1/users/user-001/**", async route =>
        {
            await goesOn.Task;
            if (badly)
                await route.FulfillAsync(new() { Status = 429, ContentType = "application/json", Body = TooMany });
            else
                await route.ContinueAsync();
        });
        page.RequestFinished += (_, request) => late += request.Url.Contains("/users/user-001/", StringComparison.Ordinal) ? 1 : 0;

        await ShowAsync("user-001");
        await ShowAsync("user-002");
        await Expect(console.Cards).ToHaveCountAsync(12);
        var shown = await console.RecommendedAsync();
        goesOn.SetResult();
        await Expect(() => Task.FromResult(late == 2));
        // By the time of this answer the page has had a look at those before it.
        await page.EvaluateAsync("async () => (await fetch('../v1/status')).text()");

        Assert.Equal(shown, await console.RecommendedAsync());
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("12 items for user-002.");
        Assert.EndsWith("#user=user-002", page.Url);
        var click = await page.RunAndWaitForRequestAsync(
            () => console.Cards.First.GetByRole(AriaRole.Button, new() { Name = "Click " }).ClickAsync(), request => request.Method == "POST");
        Assert.Contains("\"user_id\":\"user-002\"", click.PostData);
        Assert.Equal(badly, console.Errors.Contains("429", StringComparison.Ordinal));

        async Task ShowAsync(string user)
        {
            await page.GetByLabel("User", new() { Exact = true }).FillAsync(user);
            await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        }
    }

    [Fact]
    public async Task Keys_AskedFor_ThePageSaysSoAndGoesOnWithOne()
    {
        var (shop, operators) = ("a shop's key", "an operator's key");
        await using var server = await TestServer.StartAsync(
            redis.Server, null, $"--Access:Keys:shop:Hash={HashOf(shop)}", $"--Access:Keys:ops:Hash={HashOf(operators)}", "--Access:Keys:ops:Operator=true");
        await server.Publisher.PublishAsync(1, TestModel.Compass());
        await using var console = await fixture.OpenAsync(address: $"{server.Endpoints.Http}console/");
        var (page, says) = (console.Page, console.Page.GetByRole(AriaRole.Status));
        page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();

        await Expect(says).ToHaveTextAsync(new Regex("API key"));
        await UseAsync(shop);
        await Expect(page.Locator("#serving")).ToHaveTextAsync(new Regex("Serving generation 1 "));
        await page.GetByRole(AriaRole.Button, new() { Name = "Pin generation 1" }).ClickAsync();
        await Expect(says).ToHaveTextAsync(new Regex("Operator"));
        await UseAsync(operators);
        await page.GetByRole(AriaRole.Button, new() { Name = "Pin generation 1" }).ClickAsync();
        await Expect(page.Locator("tr.served td").First).ToHaveTextAsync("1 served, pinned");

        async Task UseAsync(string key)
        {
            await page.GetByLabel("API key").FillAsync(key);
            await page.GetByRole(AriaRole.Button, new() { Name = "Use" }).ClickAsync();
        }
    }

    [Fact]
    public async Task Clicks_OnWhatWasShown_AreTheGenerationsRateWithItsInterval()
    {
        await using var server = await TestServer.StartAsync(redis.Server, TestModel.Compass());
        using var connection = new RedisConnection(new() { Configuration = redis.Server.Configuration, KeyPrefix = server.Publisher.Keys.Prefix });
        await new ImpressionCountsStore(connection).WriteAsync(
            0, new() { Version = ImpressionCountsStore.Version, Arms = { new ArmCounts { Generation = 1, Lists = 100, Shown = 1000, Clicks = 80 } } }, default);

        await using var console = await fixture.OpenAsync(address: $"{server.Endpoints.Http}console/");

        // Wilson's interval.
        await Expect(console.Page.Locator("tr.served td").Nth(6)).ToHaveTextAsync("8.0% (6.5% to 9.8%)");
        Assert.True(console.Errors.Length == 0, console.Errors);
    }

    [Fact]
    public async Task Ids_OfMarkup_AreShownAsText()
    {
        await using var console = await fixture.OpenAsync();
        var page = console.Page;
        // The page itself offers no click on an item that does not exist; its call does.
        var status = await page.EvaluateAsync<int>(
            """
            async id => (await fetch("api/v1/interactions", { method: "POST", headers: { "content-type": "application/json", "x-rearm-console": "1" },
              body: JSON.stringify([{ user_id: id, item_id: id, type: "click" }]) })).status
            """,
            Hostile);
        Assert.Equal(200, status);

        await page.GetByLabel("User", new() { Exact = true }).FillAsync(Hostile);
        await Expect(async () =>
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
            return await page.Locator("#history > li").CountAsync() == 1;
        });

        await Expect(page.Locator("#history .name")).ToHaveTextAsync(Hostile);
        Assert.Equal("Rearm console", await page.TitleAsync());
        Assert.Equal(0, await page.Locator("main script, main img[onerror]").CountAsync());
        Assert.True(console.Errors.Length == 0, console.Errors);
    }

    [Fact]
    public async Task Items_WithTitlesAndPictures_AreShownByThem()
    {
        await using var console = await fixture.OpenAsync();
        var page = console.Page;
        var asked = new List<IRequest>();
        await page.RouteAsync("http://pictures.example/**", async route =>
        {
            asked.Add(route.Request);
            await route.FulfillAsync(route.Request.Url.EndsWith("/canoe.svg", StringComparison.Ordinal)
                ? new() { ContentType = "image/svg+xml", Body = "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'><rect width='8' height='8' fill='red'/></svg>" }
                : new() { Status = 404 });
        });
        await SendAsync("/v1/items",
            """
            [{ "item_id": "canoe", "attributes": { "title": "Red canoe", "image_url": "http://pictures.example/canoe.svg" } },
             { "item_id": "nearby", "attributes": { "image_url": "icon.svg" } },
             { "item_id": "lost", "attributes": { "title": "Lost picture", "image_url": "http://pictures.example/none.svg" } },
             { "item_id": "scripted", "attributes": { "title": "<img src=x onerror=\"document.title='taken'\">", "image_url": "javascript:document.title='taken'" } }]
            """);
        string[] items = ["canoe", "nearby", "lost", "scripted"];
        await SendAsync("/v1/interactions", $"[{string.Join(',', items.Select(item => $$"""{ "user_id": "looker", "item_id": "{{item}}", "type": "click" }"""))}]");

        await page.GetByLabel("User", new() { Exact = true }).FillAsync("looker");
        await Expect(async () =>
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
            return await Line("Red canoe").CountAsync() == 1 && await Line("Lost picture").CountAsync() == 1 && await Line("<img").CountAsync() == 1;
        });

        await Expect(Line("Red canoe").GetByRole(AriaRole.Img, new() { Name = "Red canoe" })).ToHaveClassAsync("loaded");
        await Expect(Line("nearby").GetByRole(AriaRole.Img, new() { Name = "nearby" })).ToHaveClassAsync("loaded");
        await Expect(Line("Lost picture").Locator("img")).ToHaveCountAsync(0);
        await Expect(Line("Lost picture").Locator(".tile")).ToHaveTextAsync("L");
        await Expect(Line("<img").Locator("img")).ToHaveCountAsync(0);
        await Expect(Line("<img").Locator(".tile")).ToHaveTextAsync("S");
        await Expect(Line("<img").Locator(".name")).ToHaveAttributeAsync("title", "scripted");
        Assert.Equal("Rearm console", await page.TitleAsync());
        Assert.Equal(8, await Line("Red canoe").Locator("img").EvaluateAsync<int>("image => image.naturalWidth"));
        Assert.Equal("lazy", await Line("Red canoe").Locator("img").GetAttributeAsync("loading"));
        // The shop's host does not learn who looks.
        Assert.NotEmpty(asked);
        Assert.All(asked, request => Assert.DoesNotContain("referer", request.Headers.Keys));
        await console.PictureAsync("console-pictures");
        // The one picture that is not there is all that the browser complains about.
        Assert.All(console.Errors.Split('\n'), error => Assert.Contains("http://pictures.example/none.svg", error));

        ILocator Line(string name) => page.Locator("#history > li", new() { HasText = name });

        async Task SendAsync(string path, string body)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await fixture.Ingestor.PostAsync(path, content);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            Assert.DoesNotContain("REJECTED", await answer.Content.ReadAsStringAsync());
        }
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task PhoneWidth_TheWholePage_HasNoHorizontalScroll(ColorScheme scheme)
    {
        await using var console = await fixture.OpenAsync("#user=ada", width: 360, scheme);
        await Expect(console.Cards).ToHaveCountAsync(12);
        await Expect(console.Page.Locator("#generation-rows td")).Not.ToHaveCountAsync(1);

        await Expect(console.Page.Locator("#users")).ToHaveTextAsync(FourHundredPattern());
        await Expect(console.Page.Locator("#epoch-text")).ToHaveTextAsync(EpochPattern());
        await console.PictureAsync($"console-phone-{scheme}".ToLowerInvariant());

        Assert.Equal(360, await console.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.True(console.Errors.Length == 0, console.Errors);
    }

    [Fact]
    public async Task TabKey_PressedOften_ReachesEveryControl()
    {
        await using var console = await fixture.OpenAsync("#user=ada");
        var page = console.Page;
        await Expect(console.Cards).ToHaveCountAsync(12);
        await Expect(page.Locator("#generation-rows td")).Not.ToHaveCountAsync(1);
        var controls = await page.EvaluateAsync<int>(
            "[...document.querySelectorAll('a, button, input, select, [tabindex=\"0\"]')].filter(e => !e.disabled && e.checkVisibility()).map((e, i) => e.dataset.tab = i).length");

        var reached = new HashSet<string?>();
        for (var i = 0; i < controls + 1; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            reached.Add(await page.EvaluateAsync<string?>("document.activeElement.dataset.tab ?? null"));
        }

        Assert.InRange(controls, 30, 60);
        Assert.Equal(controls, reached.Count(tab => tab is not null));
        // Each says what it is.
        Assert.Empty(await page.EvaluateAsync<string[]>(
            "[...document.querySelectorAll('button, input, select')].filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length)).map(e => e.outerHTML)"));
    }

    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static Task Expect(Func<Task<bool>> condition) => Wait.UntilAsync("the page shows it", condition);

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    [GeneratedRegex(@"Serving generation \d+ of .+: 40\d users, 30\d items\.")]
    private static partial Regex ServingPattern();

    // The shop's, and those of other tests here.
    [GeneratedRegex(@"^40\d$")]
    private static partial Regex FourHundredPattern();

    [GeneratedRegex(@"^30\d$")]
    private static partial Regex ThreeHundredPattern();

    [GeneratedRegex(@"Recall@20: 0\.\d{4}, best 0\.\d{4}")]
    private static partial Regex RecallPattern();

    [GeneratedRegex(@"^0\.\d{4}$")]
    private static partial Regex FractionPattern();

    [GeneratedRegex(@"epoch [23] of at most 3")]
    private static partial Regex EpochPattern();
}
