using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.Ingestor.UnitTests.Running;
using Rearm.Streaming.Testing.Kafka;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.Ingestor.UnitTests.Http;

/// <summary>One Ingestor for all that leaves nothing behind.</summary>
public sealed class RefusedRequestsTests(RefusedRequestsTests.OneIngestor shared) : IClassFixture<RefusedRequestsTests.OneIngestor>
{
    private const string Json = "application/json";
    private const string Ndjson = "application/x-ndjson";
    private const string Click = """{"event_id":"e1","user_id":"ann","item_id":"x","type":"click","time":"2026-01-02T03:04:05Z"}""";
    private static readonly FakeTimeProvider Clock = new(TestEvents.Time);

    [Theory]
    [InlineData(Json, """{"user_id":"","item_id":"x","type":"click"}""", "user_id")]
    [InlineData(Json, """{"user_id":"ann","item_id":"x","type":"click","weight":"heavy"}""", "weight")]
    [InlineData(Json, """{"user_id":"ann","item_id":"x","type":"click","time":5}""", "time")]
    [InlineData(Json, "[7]", "event")]
    [InlineData(Json, "[null]", "event")]
    [InlineData(Json, "\"text\"", "event")]
    [InlineData(Ndjson, "not json", "line 1")]
    public async Task PostInteractions_AllRejected_IsABadRequestWithTheField(string type, string body, string field)
    {
        var ingestor = shared.Ingestor;

        var (status, answer) = await ingestor.PostAsync("/v1/interactions", type, body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(field, answer.GetProperty("results")[0].GetProperty("field").GetString());
        Assert.NotEmpty(answer.GetProperty("results")[0].GetProperty("reason").GetString()!);
    }

    [Theory]
    [InlineData("/v1/interactions", """{"event_id":"e7","user_id":"amz","item_id":"b","type":"purchase","timestamp":"2020-01-01T10:00:00Z"}""", "timestamp")]
    [InlineData("/v1/interactions", """{"event_id":"e7","user_id":"amz","item_id":"b","type":"purchase","time":1577836800}""", "time")]
    [InlineData("/v1/items", """{"event_id":"e7","item_id":"hid1","is_hidden":true,"categories":["x"]}""", "is_hidden")]
    public async Task PostAny_FieldThatWouldBeIgnored_IsRejectedUnderItsEventId(string path, string body, string field)
    {
        var ingestor = shared.Ingestor;

        var (_, answer) = await ingestor.PostAsync(path, Ndjson, $"{{\"event_id\":\"e6\"}}\n{body}");

        var result = answer.GetProperty("results")[1];
        Assert.Equal(("e7", "REJECTED", field), (result.GetProperty("event_id").GetString(), result.GetProperty("status").GetString(), result.GetProperty("field").GetString()));
        Assert.EndsWith(" (line 2)", result.GetProperty("reason").GetString());
        Assert.Empty(shared.Broker.Interactions(ingestor.Prefix));
        Assert.Empty(shared.Broker.Items(ingestor.Prefix));
    }

    [Theory]
    [InlineData("POST", "/v1/interactions?time=now")]
    [InlineData("DELETE", "/v1/users/ann?eventid=d1")]
    [InlineData("DELETE", "/v1/items/x?time=now")]
    public async Task Any_UnknownQueryParameter_IsRefused(string method, string path)
    {
        var ingestor = shared.Ingestor;
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "POST" ? new StringContent(Click, Encoding.UTF8, Json) : null };

        using var response = await ingestor.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("is not known here", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(Json, "{\"user_id\":", HttpStatusCode.BadRequest, "not JSON")]
    [InlineData(Json, "", HttpStatusCode.BadRequest, "not JSON")]
    [InlineData(Json, "[]", HttpStatusCode.BadRequest, "no events")]
    [InlineData(Ndjson, "\n\n", HttpStatusCode.BadRequest, "no events")]
    [InlineData("text/plain", Click, HttpStatusCode.UnsupportedMediaType, "text/plain")]
    [InlineData("application/json; charset=iso-8859-1", Click, HttpStatusCode.UnsupportedMediaType, "iso-8859-1")]
    [InlineData("application/x-www-form-urlencoded", Click, HttpStatusCode.UnsupportedMediaType, Json)]
    [InlineData(Json, "[{},{},{},{}]", HttpStatusCode.RequestEntityTooLarge, "at most 3")]
    public async Task PostInteractions_UnusableBody_SaysWhy(string type, string body, HttpStatusCode expected, string reason)
    {
        var ingestor = shared.Ingestor;

        var (status, answer) = await ingestor.PostAsync("/v1/interactions", type, body);

        Assert.Equal(expected, status);
        Assert.Contains(reason, answer.GetProperty("error").GetProperty("message").GetString());
    }

    [Theory]
    [InlineData(Json)]
    [InlineData(Ndjson)]
    public async Task PostInteractions_BodyTooLarge_IsRefused(string type)
    {
        await using var ingestor = await StartAsync("--Ingestor:MaxRequestBytes=2000");

        var (status, answer) = await ingestor.PostAsync("/v1/interactions", type, new string(' ', 4000));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Contains("2000", answer.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task PostInteractions_AnyBody_IsAnsweredWithoutAServerError()
    {
        await using var ingestor = await StartAsync();
        var pieces = Gen.Elements(
            "{", "}", "[", "]", ",", ":", "null", "\"user_id\"", "\"time\"", "\"weight\"", "\"attributes\"", "1e999", "-1", "\"\\ud800\"", "\u0000", "é", "\n",
            "true", "NaN", "\"2026-13-01T00:00:00Z\"", "{\"time\":\"2026-01-01T00:00:00.٥Z\"}", "{\"time\":\"2026-01-01T00:00:00+0１:3０\"}");

        Prop.ForAll(Arb.From(Gen.ListOf(pieces)), parts =>
        {
            foreach (var type in new[] { Json, Ndjson })
            {
                var (status, _) = ingestor.PostAsync("/v1/interactions", type, string.Concat(parts)).GetAwaiter().GetResult();
                Assert.Contains(status, new[] { HttpStatusCode.OK, HttpStatusCode.BadRequest });
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Metrics_EventsAreRejected_NameTheFieldButNothingThatSendersMakeUp()
    {
        await using var ingestor = await StartAsync();

        await ingestor.PostAsync("/v1/interactions", Json, """[{"user_id":"","item_id":"x","type":"click"},{"user_id":"ann","item_id":"x","type":"click","weight":"heavy"}]""");
        await ingestor.PostAsync("/v1/items", Json, """[{"item_id":"x","features":{"image":{"values":[]}}},{"item_id":"x","is_hidden":true}]""");
        await ingestor.PostAsync("/v1/interactions", Ndjson, "not json\n" + Click);
        var metrics = await ingestor.MetricsAsync();

        // The other Ingestors of this process count along.
        foreach (var field in (string[])["user_id", "weight", "features", "other"])
            Assert.Matches($"(?m)^rearm_ingestor_rejections_total\\{{[^}}]*field=\"{field}\"[^}}]*\\}} [1-9]", metrics);
        Assert.Matches("(?m)^rearm_ingestor_events_total\\{[^}]*status=\"rejected\"[^}]*\\} [1-9]", metrics);
        Assert.Matches("(?m)^rearm_ingestor_produce_duration_seconds_count\\{[^}]*\\} [1-9]", metrics);
        Assert.DoesNotContain("hidden", metrics);
    }

    private Task<RunningIngestor> StartAsync(params string[] flags) => RunningIngestor.StartAsync(shared.Broker, Clock, flags);

    /// <summary>A broker, and an Ingestor that takes three events in a body.</summary>
    public sealed class OneIngestor : IAsyncLifetime
    {
        private RunningIngestor? _ingestor;

        public MockBroker Broker { get; } = new();

        internal RunningIngestor Ingestor => _ingestor!;

        public async Task InitializeAsync() => _ingestor = await RunningIngestor.StartAsync(Broker, Clock, "--Ingestor:MaxBatch=3");

        public async Task DisposeAsync()
        {
            await Ingestor.DisposeAsync();
            Broker.Dispose();
        }
    }
}
