using System.Net;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.Ingestor.Http;
using Rearm.Streaming.Ingestor.UnitTests.Running;
using Rearm.Streaming.Testing.Kafka;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.Ingestor.UnitTests.Http;

public sealed class EventEndpointsTests(MockBroker broker) : IClassFixture<MockBroker>
{
    private const string Json = "application/json";
    private const string Ndjson = "application/x-ndjson";
    private const string Click = """{"event_id":"e1","user_id":"ann","item_id":"x","type":"click","time":"2026-01-02T03:04:05Z"}""";
    private static readonly FakeTimeProvider Clock = new(TestEvents.Time);

    [Fact]
    public async Task PostInteractions_OneObject_IsAccepted()
    {
        await using var ingestor = await StartAsync();

        var (status, answer) = await PostAsync(ingestor, "/v1/interactions", Json, Click);

        Assert.Equal(HttpStatusCode.OK, status);
        var result = Assert.Single(answer.GetProperty("results").EnumerateArray());
        Assert.Equal(("e1", "ACCEPTED"), (result.GetProperty("event_id").GetString(), result.GetProperty("status").GetString()));
        var (key, written) = Assert.Single(broker.Interactions(ingestor.Prefix));
        Assert.Equal("ann", key);
        Assert.Equal(TestEvents.Interaction().Interaction, written.Interaction);
    }

    [Fact]
    public async Task PostInteractions_CamelCaseAndMissingFields_AreAccepted()
    {
        await using var ingestor = await StartAsync();

        var (status, answer) = await PostAsync(ingestor, "/v1/interactions", "application/json; charset=utf-8", """{"userId":"ann","itemId":"x","type":"view","weight":2.5,"attributes":null}""");

        Assert.Equal(HttpStatusCode.OK, status);
        var written = Assert.Single(broker.Interactions(ingestor.Prefix)).Event.Interaction;
        Assert.Equal((2.5f, Timestamp.FromDateTimeOffset(TestEvents.Time)), (written.Weight, written.Time));
        Assert.Equal(written.EventId, answer.GetProperty("results")[0].GetProperty("event_id").GetString());
        Assert.NotEmpty(written.EventId);
    }

    [Fact]
    public async Task PostItems_Array_IsAcceptedWithFeatures()
    {
        await using var ingestor = await StartAsync();

        var (status, answer) = await PostAsync(ingestor, "/v1/items", Json, """[{"item_id":"x","features":{"image":{"values":[1,2.5]}},"categories":["shoes"],"available":false},{"item_id":"y"}]""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(2, answer.GetProperty("results").GetArrayLength());
        var items = broker.Items(ingestor.Prefix).ToDictionary(r => r.Key, r => r.Event.Item);
        Assert.Equal([1f, 2.5f], items["x"].Features["image"].Values);
        Assert.False(items["x"].Available);
        Assert.Contains("y", items.Keys);
    }

    [Fact]
    public async Task PostInteractions_Ndjson_HasAResultPerLineAndNamesTheBadOne()
    {
        await using var ingestor = await StartAsync();

        var (status, answer) = await PostAsync(ingestor, "/v1/interactions", Ndjson, $"{Click}\r\n\n{{\"user_id\":\n{Click.Replace("ann", "bob")}");

        Assert.Equal(HttpStatusCode.OK, status);
        var results = answer.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(["ACCEPTED", "REJECTED", "ACCEPTED"], results.Select(r => r.GetProperty("status").GetString()));
        Assert.Equal("line 3", results[1].GetProperty("field").GetString());
        Assert.Equal(2, broker.Interactions(ingestor.Prefix).Count);
    }

    [Fact]
    public async Task PostInteractions_LongNdjson_IsAcceptedWhole()
    {
        await using var ingestor = await StartAsync();
        var body = string.Concat(Enumerable.Range(0, 2500).Select(i => Click.Replace("\"e1\"", $"\"e{i}\"").Replace("ann", $"u{i % 50}") + "\n"));

        var (status, answer) = await PostAsync(ingestor, "/v1/interactions", Ndjson, body);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(Enumerable.Range(0, 2500).Select(i => $"e{i}"), answer.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("event_id").GetString()));
        Assert.Equal(2500, broker.Interactions(ingestor.Prefix).Count);
    }

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
        await using var ingestor = await StartAsync();

        var (status, answer) = await PostAsync(ingestor, "/v1/interactions", type, body);

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
        await using var ingestor = await StartAsync();

        var (_, answer) = await PostAsync(ingestor, path, Ndjson, $"{{\"event_id\":\"e6\"}}\n{body}");

        var result = answer.GetProperty("results")[1];
        Assert.Equal(("e7", "REJECTED", field), (result.GetProperty("event_id").GetString(), result.GetProperty("status").GetString(), result.GetProperty("field").GetString()));
        Assert.EndsWith(" (line 2)", result.GetProperty("reason").GetString());
        Assert.Empty(broker.Interactions(ingestor.Prefix));
        Assert.Empty(broker.Items(ingestor.Prefix));
    }

    [Theory]
    [InlineData("POST", "/v1/interactions?time=now")]
    [InlineData("DELETE", "/v1/users/ann?eventid=d1")]
    [InlineData("DELETE", "/v1/items/x?time=now")]
    public async Task Any_UnknownQueryParameter_IsRefused(string method, string path)
    {
        await using var ingestor = await StartAsync();
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
        await using var ingestor = await StartAsync("--Ingestor:MaxBatch=3");

        var (status, answer) = await PostAsync(ingestor, "/v1/interactions", type, body);

        Assert.Equal(expected, status);
        Assert.Contains(reason, answer.GetProperty("error").GetProperty("message").GetString());
    }

    [Theory]
    [InlineData(Json)]
    [InlineData(Ndjson)]
    public async Task PostInteractions_BodyTooLarge_IsRefused(string type)
    {
        await using var ingestor = await StartAsync("--Ingestor:MaxRequestBytes=2000");

        var (status, answer) = await PostAsync(ingestor, "/v1/interactions", type, new string(' ', 4000));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Contains("2000", answer.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task PostInteractions_AnyBody_IsAnsweredWithoutAServerError()
    {
        await using var ingestor = await StartAsync();
        var pieces = Gen.Elements("{", "}", "[", "]", ",", ":", "null", "\"user_id\"", "\"time\"", "\"weight\"", "\"attributes\"", "1e999", "-1", "\"\\ud800\"", "\u0000", "é", "\n", "true", "NaN", "\"2026-13-01T00:00:00Z\"");

        Prop.ForAll(Arb.From(Gen.ListOf(pieces)), parts =>
        {
            foreach (var type in new[] { Json, Ndjson })
            {
                var (status, _) = PostAsync(ingestor, "/v1/interactions", type, string.Concat(parts)).GetAwaiter().GetResult();
                Assert.Contains(status, new[] { HttpStatusCode.OK, HttpStatusCode.BadRequest });
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Delete_ItemAndUser_BecomeDeletionAndErasure()
    {
        await using var ingestor = await StartAsync();

        using var item = await ingestor.Http.DeleteAsync("/v1/items/a%20b?event_id=d1");
        using var user = await ingestor.Http.DeleteAsync("/v1/users/ann");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (item.StatusCode, user.StatusCode));
        var deletion = Assert.Single(broker.Items(ingestor.Prefix)).Event.ItemDeletion;
        Assert.Equal(("d1", "a b", Timestamp.FromDateTimeOffset(TestEvents.Time)), (deletion.EventId, deletion.ItemId, deletion.Time));
        Assert.Equal("ann", Assert.Single(broker.Interactions(ingestor.Prefix)).Event.UserErasure.UserId);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    [InlineData("a?b&c=d+e")]
    [InlineData("Ünïcode 🙂")]
    public async Task Delete_UnusualId_ActsOnThatOne(string id)
    {
        await using var ingestor = await StartAsync();

        using var item = await ingestor.Http.DeleteAsync($"/v1/items/{Uri.EscapeDataString(id)}");
        using var user = await ingestor.Http.DeleteAsync($"/v1/users/{Uri.EscapeDataString(id)}?event_id=d1");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (item.StatusCode, user.StatusCode));
        Assert.Equal(id, Assert.Single(broker.Items(ingestor.Prefix)).Event.ItemDeletion.ItemId);
        Assert.Equal(id, Assert.Single(broker.Interactions(ingestor.Prefix)).Event.UserErasure.UserId);
    }

    [Theory]
    [InlineData(EventBody.MaxLines, HttpStatusCode.OK)]
    [InlineData(EventBody.MaxLines + 1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task PostInteractions_ManyLines_AreAcceptedUpToTheLimit(int lines, HttpStatusCode expected)
    {
        await using var ingestor = await StartAsync();

        var (status, answer) = await PostAsync(ingestor, "/v1/interactions", Ndjson, Click + string.Concat(Enumerable.Repeat("\n{}", lines - 1)));

        Assert.Equal(expected, status);
        // The answer has what was accepted before the limit was reached, in either case.
        Assert.Equal("ACCEPTED", answer.GetProperty("results")[0].GetProperty("status").GetString());
        Assert.InRange(answer.GetProperty("results").GetArrayLength(), EventBody.MaxLines - 1000, EventBody.MaxLines);
        if (expected == HttpStatusCode.RequestEntityTooLarge)
        {
            Assert.Equal("RESOURCE_EXHAUSTED", answer.GetProperty("error").GetProperty("code").GetString());
            Assert.Contains($"{EventBody.MaxLines} lines", answer.GetProperty("error").GetProperty("message").GetString());
        }
    }

    [Fact]
    public async Task PostInteractions_LimitReachedLate_AnswersWhatWasAccepted()
    {
        await using var ingestor = await StartAsync("--Ingestor:MaxRequestBytes=3000000");
        var line = Encoding.UTF8.GetBytes(Click + new string(' ', 1000) + "\n");
        // Chunked, so that the length is not known in advance and the limit is reached late: at most 1 MiB is read ahead.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/interactions") { Content = new StreamContent(new MemoryStream([.. Enumerable.Repeat(line, 5000).SelectMany(l => l)])) };
        request.Headers.TransferEncodingChunked = true;
        request.Content.Headers.ContentType = new(Ndjson);

        using var response = await ingestor.Http.SendAsync(request);
        var answer = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("3000000", answer.GetProperty("error").GetProperty("message").GetString());
        Assert.All(answer.GetProperty("results").EnumerateArray(), r => Assert.Equal("ACCEPTED", r.GetProperty("status").GetString()));
        Assert.Equal(broker.Interactions(ingestor.Prefix).Count, answer.GetProperty("results").GetArrayLength());
    }

    [Fact]
    public async Task PostInteractions_BrokerDown_IsServiceUnavailable()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker: null, Clock, "--Ingestor:ProduceTimeout=00:00:01");

        var (status, answer) = await PostAsync(ingestor, "/v1/interactions", Json, Click);
        using var ready = await ingestor.Http.GetAsync("/readyz");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("FAILED", answer.GetProperty("results")[0].GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("kafka", await ready.Content.ReadAsStringAsync());
    }

    private Task<RunningIngestor> StartAsync(params string[] flags) => RunningIngestor.StartAsync(broker, Clock, flags);

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> PostAsync(RunningIngestor ingestor, string path, string type, string body)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("content-type", type);
        using var response = await ingestor.Http.PostAsync(path, content);
        return (response.StatusCode, JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync()));
    }
}
