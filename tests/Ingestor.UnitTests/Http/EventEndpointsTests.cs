using System.Net;
using System.Text;
using System.Text.Json;
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

        var (status, answer) = await ingestor.PostAsync("/v1/interactions", Json, Click);

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

        var (status, answer) = await ingestor.PostAsync("/v1/interactions", "application/json; charset=utf-8", """{"userId":"ann","itemId":"x","type":"view","weight":2.5,"attributes":null}""");

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

        var (status, answer) = await ingestor.PostAsync("/v1/items", Json, """[{"item_id":"x","features":{"image":{"values":[1,2.5]}},"categories":["shoes"],"available":false},{"item_id":"y"}]""");

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

        var (status, answer) = await ingestor.PostAsync("/v1/interactions", Ndjson, $"{Click}\r\n\n{{\"user_id\":\n{Click.Replace("ann", "bob")}");

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

        var (status, answer) = await ingestor.PostAsync("/v1/interactions", Ndjson, body);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(Enumerable.Range(0, 2500).Select(i => $"e{i}"), answer.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("event_id").GetString()));
        Assert.Equal(2500, broker.Interactions(ingestor.Prefix).Count);
    }

    [Theory]
    [InlineData(EventBody.MaxLines, HttpStatusCode.OK)]
    [InlineData(EventBody.MaxLines + 1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task PostInteractions_ManyLines_AreAcceptedUpToTheLimit(int lines, HttpStatusCode expected)
    {
        await using var ingestor = await StartAsync();

        var (status, answer) = await ingestor.PostAsync("/v1/interactions", Ndjson, Click + string.Concat(Enumerable.Repeat("\n{}", lines - 1)));

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
        // Chunked, so that the length is not known in advance and the limit is reached late: at most 1 MiB is read ahead. Little comes after it, so that
        // the client has sent everything when the answer is there and the connection closes.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/interactions") { Content = new StreamContent(new MemoryStream([.. Enumerable.Repeat(line, 2800).SelectMany(l => l)])) };
        request.Headers.TransferEncodingChunked = true;
        request.Content.Headers.ContentType = new(Ndjson);

        using var response = await ingestor.Http.SendAsync(request);
        var answer = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("3000000", answer.GetProperty("error").GetProperty("message").GetString());
        Assert.All(answer.GetProperty("results").EnumerateArray(), r => Assert.Equal("ACCEPTED", r.GetProperty("status").GetString()));
        Assert.Equal(broker.Interactions(ingestor.Prefix).Count, answer.GetProperty("results").GetArrayLength());
    }

    private Task<RunningIngestor> StartAsync(params string[] flags) => RunningIngestor.StartAsync(broker, Clock, flags);
}
