using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Server.WebConsole;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.Testing.Processes;

namespace Rearm.Streaming.Server.UnitTests.WebConsole;

/// <summary>The console of a Server, over HTTP: its page, and the calls that it passes on to a service that stands in for the other three.</summary>
public sealed class ConsoleTests : IAsyncLifetime
{
    private const string Key = "a-key-of-the-shop";

    private FakeService _other = null!;
    private WebApplication? _server;
    private HttpClient? _http;

    public async Task InitializeAsync() => _other = await FakeService.StartAsync();

    public async Task DisposeAsync()
    {
        _http?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Theory]
    [InlineData("GET", "/v1/graphs/status")]
    [InlineData("POST", "/v1/graphs/snapshots")]
    [InlineData("GET", "/v1/training/status")]
    [InlineData("POST", "/v1/training/runs")]
    [InlineData("POST", "/v1/training/runs?force=true")]
    [InlineData("POST", "/v1/interactions")]
    public async Task Call_OfTheConsole_IsPassedOnAndAnswered(string method, string path)
    {
        await StartAsync();
        _other.Answer = """{"state": "WAITING"}""";

        var (status, body) = await SendAsync(method, $"/console/api{path}", body: "[]");

        Assert.Equal((HttpStatusCode.OK, _other.Answer), (status, body));
        Assert.Equal([$"{method} {path}"], _other.Requests);
    }

    [Theory]
    [InlineData("GET", "/v1/interactions")]
    [InlineData("POST", "/v1/items")]
    [InlineData("DELETE", "/v1/users/ada")]
    [InlineData("POST", "/v1/graphs/erasures")]
    [InlineData("GET", "/metrics")]
    [InlineData("GET", "/v1/graphs/status/../../../metrics")]
    [InlineData("GET", "/v1/graphs/status%2F..%2Fmetrics")]
    [InlineData("GET", "/http://169.254.169.254/")]
    public async Task Call_OfAnythingElse_GoesNowhere(string method, string path)
    {
        await StartAsync();

        var (status, _) = await SendAsync(method, $"/console/api{path}", body: "[]");

        Assert.True(status is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed, $"{status}");
        Assert.Empty(_other.Requests);
    }

    [Fact]
    public void Routes_BelowTheConsole_AreThoseOfTheDecision()
    {
        var app = ServerHost.Build([]);

        Assert.Equal(
            [
                "/console/api/settings", "/console/api/v1/graphs/snapshots", "/console/api/v1/graphs/status", "/console/api/v1/interactions", "/console/api/v1/training/runs",
                "/console/api/v1/training/status", "/console/{file?}",
            ],
            Routes(app).Where(route => route.StartsWith("/console", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(Routes(ServerHost.Build(["--Server:Console:Enabled=false"])), route => route.StartsWith("/console", StringComparison.Ordinal) || route == "/");
    }

    [Fact]
    public async Task Headers_OfTheCaller_OnlyTheKeyGoesOn()
    {
        await StartAsync();

        await SendAsync("POST", "/console/api/v1/interactions", """[{"user_id": "ä"}]""", ("authorization", "Bearer abc"), ("x-api-key", "def"), ("cookie", "a=b"), ("x-forwarded-for", "1.2.3.4"));

        Assert.Equal("Bearer abc", _other.Headers.Authorization);
        Assert.Equal("def", _other.Headers["x-api-key"]);
        Assert.Equal("application/json", _other.Headers.ContentType);
        Assert.Equal("""[{"user_id": "ä"}]""", _other.Body);
        Assert.Equal(["Authorization", "Content-Length", "Content-Type", "Host", "x-api-key"], _other.Headers.Keys.Except(["traceparent"], StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Refusal_OfTheService_IsTheAnswer()
    {
        await StartAsync();
        (_other.Status, _other.Answer) = (429, """{"error": {"code": "RESOURCE_EXHAUSTED", "message": "too many"}}""");
        using var request = Request("GET", "/console/api/v1/training/status", "");

        using var answer = await _http!.SendAsync(request);

        Assert.Equal((429, _other.Answer), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal("7", answer.Headers.RetryAfter?.ToString());
        Assert.False(answer.Headers.Contains("set-cookie"));
    }

    [Fact]
    public async Task Post_WithoutTheConsolesHeader_IsRefused()
    {
        await StartAsync();
        using var request = Request("POST", "/console/api/v1/training/runs", "");
        request.Headers.Remove("x-rearm-console");

        using var answer = await _http!.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("x-rearm-console", await answer.Content.ReadAsStringAsync());
        Assert.Empty(_other.Requests);
    }

    [Theory]
    [InlineData("/v1/training/status?force=true", "force: is not known here")]
    [InlineData("/v1/graphs/status?x=1", "x: is not known here")]
    public async Task Query_OfUnknownParameters_IsRefused(string path, string message)
    {
        await StartAsync();

        var (status, body) = await SendAsync("GET", $"/console/api{path}");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(message, body);
        Assert.Empty(_other.Requests);
    }

    [Fact]
    public async Task Body_ThatIsNoJson_IsRefused()
    {
        await StartAsync();
        using var request = Request("POST", "/console/api/v1/interactions", "a=b");
        request.Content = new StringContent("a=b", Encoding.UTF8, "text/plain");

        using var answer = await _http!.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(_other.Requests);
    }

    [Fact]
    public async Task Body_ThatIsTooLarge_IsRefused()
    {
        await StartAsync();

        var (status, _) = await SendAsync("POST", "/console/api/v1/interactions", new string(' ', 70_000));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Empty(_other.Requests);
    }

    [Fact]
    public async Task Service_NotConfigured_IsNamedWithItsOption()
    {
        await StartAsync("--Server:Console:Trainer=");

        var (status, body) = await SendAsync("GET", "/console/api/v1/training/status");
        var settings = JsonDocument.Parse((await SendAsync("GET", "/console/api/settings")).Body).RootElement;

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("set Server:Console:Trainer", body);
        Assert.False(settings.GetProperty("trainer").GetBoolean());
        Assert.True(settings.GetProperty("graph_builder").GetBoolean());
    }

    [Fact]
    public async Task Service_ThatIsDown_IsSaidToBe()
    {
        var port = FreePort.Next();
        await StartAsync($"--Server:Console:Trainer=http://127.0.0.1:{port}");

        var (status, body) = await SendAsync("GET", "/console/api/v1/training/status");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("The Trainer can't be reached (ConnectionError)", body);
        Assert.DoesNotContain($"{port}", body);
    }

    [Fact]
    public async Task Keys_AskedFor_ThePageIsOpenAndItsCallsAreNot()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));
        await StartAsync($"--Access:Keys:shop:Hash={hash}");

        Assert.Equal(HttpStatusCode.OK, (await SendAsync("GET", "/console/")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("GET", "/console/api/v1/training/status")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("POST", "/console/api/v1/training/runs")).Status);
        Assert.Empty(_other.Requests);
        // Whether it is an operator's is for the service to say.
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("POST", "/console/api/v1/training/runs", "", ("authorization", $"Bearer {Key}"))).Status);
        Assert.Equal($"Bearer {Key}", _other.Headers.Authorization);
    }

    [Theory]
    [InlineData("", "https: http:")]
    [InlineData("https://pictures.shop.example", "https://pictures.shop.example")]
    [InlineData("http://127.0.0.1:8080/", "http://127.0.0.1:8080")]
    public async Task Page_Asked_ComesWithAStrictPolicyAndAllItNames(string origin, string pictures)
    {
        await StartAsync($"--Server:Console:PictureOrigin={origin}");
        using var page = await _http!.GetAsync("/");

        Assert.Equal("/console/", page.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith($"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' {pictures}; ", policy);
        Assert.DoesNotContain("unsafe", policy);
        foreach (var name in ConsoleFiles.Names)
        {
            using var file = await _http.GetAsync($"/console/{name}");
            Assert.Equal(HttpStatusCode.OK, file.StatusCode);
            using var again = new HttpRequestMessage(HttpMethod.Get, $"/console/{name}") { Headers = { IfNoneMatch = { file.Headers.ETag! } } };
            Assert.Equal(HttpStatusCode.NotModified, (await _http.SendAsync(again)).StatusCode);
        }
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("GET", "/console/none.js")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("GET", "/console/..%2Fappsettings.json")).Status);
    }

    [Theory]
    [InlineData("Trainer", "trainer:7022")]
    [InlineData("Trainer", "ftp://trainer")]
    [InlineData("Ingestor", "http://ingestor:7002/v1")]
    [InlineData("GraphBuilder", "http://user:password@graphs:7012")]
    [InlineData("PictureOrigin", "https://shop.example/pictures/")]
    [InlineData("PictureOrigin", "https://shop.example; script-src *")]
    [InlineData("PictureOrigin", "data:")]
    public void Address_ThatIsNone_IsRefusedByName(string option, string value)
    {
        var app = ServerHost.Build([$"--Server:Console:{option}={value}"]);

        var refusal = Assert.Throws<OptionsValidationException>(() => app.Services.GetRequiredService<IOptions<ServerOptions>>().Value);

        Assert.Contains($"Server:Console:{option} is \"{value}\"", refusal.Message);
    }

    private async Task StartAsync(params string[] flags)
    {
        var services = new[] { "Ingestor", "GraphBuilder", "Trainer" }.Select(service => $"--Server:Console:{service}={_other.Address}");
        // Nobody is at that Redis; the console does without.
        _server = ServerHost.Build(["--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", "--Redis:Configuration=127.0.0.1:1", "--Logging:LogLevel:Default=None", .. services, .. flags]);
        await _server.StartAsync();
        _http = new() { BaseAddress = ServiceEndpoints.Of(_server).Http };
    }

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(string method, string path, string body = "", params (string Name, string Value)[] headers)
    {
        using var request = Request(method, path, body);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _http!.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static HttpRequestMessage Request(string method, string path, string body) => new(new(method), path)
    {
        Content = method == "GET" ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        Headers = { { "x-rearm-console", "1" } },
    };

    private static IEnumerable<string> Routes(IEndpointRouteBuilder app) =>
        app.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Select(endpoint => $"/{endpoint.RoutePattern.RawText!.TrimStart('/')}");
}
