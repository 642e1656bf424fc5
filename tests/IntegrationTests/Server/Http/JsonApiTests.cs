using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Http;

public class JsonApiTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private readonly RedisServer redis = fixture.Server;

    [Fact]
    public async Task Recommendations_KnownUser_AreTheProtosJson()
    {
        var model = TestModel.Compass() with { Categories = [["x"], ["x"], ["y z"], []] };
        await using var server = await TestServer.StartAsync(redis, model);
        await server.Publisher.TouchBeforeTrainingAsync("east", "a");

        var json = await GetAsync(server, "/v1/users/east/recommendations?k=3&exclude_seen=false&category=x&category=y%20z&exclude=b");
        Assert.Equal(["a", "c"], json.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("item_id").GetString()));
        Assert.Equal("PERSONAL", json.GetProperty("source").GetString());
        Assert.Equal("1", json.GetProperty("generation").GetProperty("number").GetString());
        Assert.Equal("2026-03-01T12:00:00Z", json.GetProperty("generation").GetProperty("event_time").GetString());
        Assert.Equal("abc123", json.GetProperty("generation").GetProperty("snapshot_hash").GetString());
    }

    [Fact]
    public async Task History_OfAUser_IsWhatWasTouchedOfAllThereIs()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.TouchBeforeTrainingAsync("a/b", "a");
        await server.Publisher.TouchAsync("a/b", "b", TestModel.EventTime);

        var history = await GetAsync(server, "/v1/users/a%2Fb/history?k=1");
        var nobodys = await GetAsync(server, "/v1/users/nobody/history");

        var item = Assert.Single(history.GetProperty("items").EnumerateArray());
        Assert.Equal("b", item.GetProperty("item_id").GetString());
        Assert.Equal("2026-03-01T12:00:00Z", item.GetProperty("time").GetString());
        Assert.False(item.GetProperty("not_wanted").GetBoolean());
        Assert.Equal("2", history.GetProperty("total").GetString());
        Assert.Equal("0", nobodys.GetProperty("total").GetString());
    }

    [Fact]
    public async Task Recommendations_NoItems_IsAnEmptyList()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        Assert.Empty((await GetAsync(server, "/v1/users/east/recommendations?category=none")).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    [InlineData("a?b&c=d+e")]
    [InlineData("Ünïcode 🙂")]
    public async Task Recommendations_UnusualUserId_ArrivesUnchanged(string user)
    {
        var model = TestModel.Of([("a", [1])], (user, [1]));
        await using var server = await TestServer.StartAsync(redis, model);
        Assert.Equal("PERSONAL", (await GetAsync(server, $"/v1/users/{Uri.EscapeDataString(user)}/recommendations")).GetProperty("source").GetString());
    }

    [Fact]
    public async Task Recommendations_AbsoluteFormTarget_IsAnswered()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        using var client = new TcpClient();
        await client.ConnectAsync(server.Endpoints.Http.Host, server.Endpoints.Http.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {server.Endpoints.Http}v1/users/east/recommendations?k=1 HTTP/1.1\r\nHost: {server.Endpoints.Http.Authority}\r\nConnection: close\r\n\r\n"));

        var answer = await new StreamReader(client.GetStream()).ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 200", answer);
        Assert.Contains("PERSONAL", answer);
    }

    [Fact]
    public async Task Similar_KnownItem_IsAnswered()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        var json = await GetAsync(server, "/v1/items/a/similar?k=1");
        Assert.Equal("b", json.GetProperty("items")[0].GetProperty("item_id").GetString());
    }

    [Fact]
    public async Task Recommendations_AllThatCanBeAsked_IsTheSameAsOverGrpc()
    {
        var model = TestModel.Compass() with { Categories = [["x", "y"], ["x", "y"], ["x"], ["y"]], Graphs = TestModel.Graphs };
        await using var server = await TestServer.StartAsync(redis, model);

        var first = await GetAsync(server, "/v1/users/east/recommendations?k=1&all_category=x&all_category=y&no_category=z&only=a&only=b&only=c&context=d&diversity=0.1&explain=true");
        var next = await GetAsync(server, "/v1/users/east/recommendations?k=5&all_category=x&all_category=y&no_category=z&only=a&only=b&only=c&context=d&diversity=0.1&explain=true"
            + $"&page_token={first.GetProperty("next_page_token").GetString()}");
        var together = await GetAsync(server, "/v1/items/a/similar?by=co_occurrence");
        var alike = await GetAsync(server, "/v1/items/a/similar?by=features&modality=image");

        Assert.Equal(["a"], Ids(first));
        Assert.Equal(["b"], Ids(next));
        var evidence = first.GetProperty("items")[0].GetProperty("evidence")[0];
        Assert.Equal(("CO_OCCURRENCE", "d", 7), (evidence.GetProperty("kind").GetString(), evidence.GetProperty("item_id").GetString(), evidence.GetProperty("value").GetDouble()));
        Assert.Equal(["d", "b"], Ids(together));
        Assert.Equal(["c"], Ids(alike));
    }

    [Fact]
    public async Task Attributes_Asked_ComeWithEveryListOfItems()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.CatalogueAsync(TestModel.Titles("a", "b", "c", "d", "new"));
        await redis.Database.StringSetAsync(server.Publisher.Keys.Trending, new TrendingItems { Version = 1, ItemIds = { "new" }, Scores = { 1 } }.ToByteArray());
        await server.Publisher.TouchAsync("ada", "c", TestModel.EventTime);
        await Wait.UntilAsync("what is trending is known", async () => (await server.Http.GetAsync("/v1/trending")).IsSuccessStatusCode);

        string[] paths = ["/v1/users/east/recommendations", "/v1/users/ada/history", "/v1/items/a/similar", "/v1/popular", "/v1/trending"];
        foreach (var path in paths)
        {
            var answer = await GetAsync(server, $"{path}?attribute=title&attribute=size&attribute=title");
            Assert.False(answer.GetProperty("attributes_unknown").GetBoolean());
            Assert.NotEmpty(answer.GetProperty("items").EnumerateArray());
            foreach (var item in answer.GetProperty("items").EnumerateArray())
                Assert.Equal($$"""{ "title": "The {{item.GetProperty("item_id").GetString()}}" }""", item.GetProperty("attributes").GetRawText());
            foreach (var item in (await GetAsync(server, path)).GetProperty("items").EnumerateArray())
                Assert.Empty(item.GetProperty("attributes").EnumerateObject());
        }
        var batch = await PostAsync(server, "/v1/recommendations/batch", """{"requests":[{"user_id":"north","k":1,"attributes":["title"]}]}""");
        var session = await PostAsync(server, "/v1/recommendations/session", """{"item_ids":["c"],"k":1,"attributes":["title"]}""");
        Assert.Equal("The c", batch.GetProperty("answers")[0].GetProperty("response").GetProperty("items")[0].GetProperty("attributes").GetProperty("title").GetString());
        Assert.Equal("The b", session.GetProperty("items")[0].GetProperty("attributes").GetProperty("title").GetString());
    }

    [Fact]
    public async Task Lists_Popular_AreAnswered()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        Assert.Equal(["a", "c"], Ids(await GetAsync(server, "/v1/popular?k=2&exclude=b")));
        await FailsAsync(server, "/v1/trending", HttpStatusCode.BadRequest, "FAILED_PRECONDITION", "What is trending is not known yet: it takes a generation, and a GraphBuilder that has read events.");
    }

    [Fact]
    public async Task Batch_Posted_AnswersEach()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());

        var batch = await PostAsync(server, "/v1/recommendations/batch", """{"requests":[{"user_id":"north","k":1},{"user_id":""}]}""");
        var session = await PostAsync(server, "/v1/recommendations/session", """{"item_ids":["c"],"k":1}""");

        Assert.Equal(["c"], Ids(batch.GetProperty("answers")[0].GetProperty("response")));
        Assert.Equal("INVALID_ARGUMENT", batch.GetProperty("answers")[1].GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(["b"], Ids(session));
    }

    [Fact]
    public async Task Status_Generation_IsDescribed()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        var json = await GetAsync(server, "/v1/status");
        Assert.Equal(2, json.GetProperty("dimension").GetInt32());
        Assert.Equal("3", json.GetProperty("users").GetString());
        Assert.Equal(0.09, json.GetProperty("metrics").GetProperty("recall@20").GetDouble());
    }

    [Theory]
    [InlineData("/v1/users/u/recommendations?k=ten", "k: is \"ten\"; a whole number is needed")]
    [InlineData("/v1/users/u/recommendations?k=-1", "k: is \"-1\"; a whole number is needed")]
    [InlineData("/v1/users/u/recommendations?k=1001", "k: is 1001; at most 1000")]
    [InlineData("/v1/users/u/recommendations?k=1&k=2", "k: is given 2 times; once is enough")]
    [InlineData("/v1/users/u/recommendations?exclude_seen=maybe", "exclude_seen: is \"maybe\"; true or false is needed")]
    [InlineData("/v1/users/u/recommendations?count=5", "count: is not known here; there are k, exclude_seen, seen_type, page_token, context, diversity, explain, not_shown, attribute, category, all_category, no_category, exclude, only, include_unavailable")]
    [InlineData("/v1/users/u/recommendations?diversity=much", "diversity: is \"much\"; a number is needed")]
    [InlineData("/v1/users/u/recommendations?attribute=", "attributes[0]: is empty")]
    [InlineData("/v1/users/u/history?attribute=title&attribute=%0A", "attributes[1]: has a control character (U+000A) at position 0")]
    [InlineData("/v1/items/a/similar?attribute=x123456789x123456789x123456789x123456789x123456789x123456789x1234", "attributes[0]: has 65 bytes; at most 64")]
    [InlineData("/v1/popular?attribute=", "attributes[0]: is empty")]
    [InlineData("/v1/items/a/similar?by=colour", "by: is \"colour\"; model, co_occurrence or features is needed")]
    [InlineData("/v1/users/%01/recommendations", "user_id: has a control character (U+0001) at position 0")]
    public async Task Recommendations_BadInput_IsInvalidArgument(string path, string message)
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await FailsAsync(server, path, HttpStatusCode.BadRequest, "INVALID_ARGUMENT", message);
    }

    [Fact]
    public async Task Similar_UnknownItem_IsNotFound()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await FailsAsync(
            server, "/v1/items/zebra/similar", HttpStatusCode.NotFound, "NOT_FOUND",
            "Generation 1 has no item \"zebra\", and the live catalogue no features of it. Check the id; a new item needs features, and takes a second or two.");
    }

    [Fact]
    public async Task Recommendations_NothingYet_IsServiceUnavailable()
    {
        await using var server = await TestServer.StartAsync(redis);
        await FailsAsync(server, "/v1/users/u/recommendations", HttpStatusCode.ServiceUnavailable, "UNAVAILABLE", null);
        await FailsAsync(server, "/v1/items/a/similar", HttpStatusCode.BadRequest, "FAILED_PRECONDITION", null);
    }

    private static async Task<JsonElement> GetAsync(TestServer server, string path)
    {
        using var response = await server.Http.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(text).RootElement;
    }

    private static async Task FailsAsync(TestServer server, string path, HttpStatusCode status, string code, string? message)
    {
        using var response = await server.Http.GetAsync(path);
        Assert.Equal(status, response.StatusCode);
        var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("error");
        Assert.Equal(code, error.GetProperty("code").GetString());
        if (message is not null)
            Assert.Equal(message, error.GetProperty("message").GetString());
    }

    private static List<string?> Ids(JsonElement answer) => [.. answer.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("item_id").GetString())];

    private static async Task<JsonElement> PostAsync(TestServer server, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await server.Http.PostAsync(path, content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
    }
}
