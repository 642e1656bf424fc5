using System.Net;
using System.Text.Json;
using Grpc.Core;
using Grpc.Reflection.V1Alpha;
using Microsoft.Extensions.Options;
using Rearm.Streaming.ServiceDefaults.Access;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.ServiceDefaults.UnitTests.Access;

public sealed class AccessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Calls_NoKeysConfigured_AreOpen()
    {
        await using var service = await GuardedService.StartAsync();

        Assert.Equal(5, (await service.Client.PublishSnapshotAsync(new())).Number);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(service));
    }

    [Theory]
    [InlineData("authorization", "Bearer shop")]
    [InlineData("authorization", "bearer shop")]
    [InlineData("x-api-key", "shop")]
    public async Task Calls_WithAKey_AreLetIn(string header, string value)
    {
        await using var service = await GuardedService.StartAsync(GuardedService.Keys("other", "shop"));

        await service.Client.GetStatusAsync(new(), new Metadata { { header, value } });
        Assert.Equal(HttpStatusCode.OK, await GetAsync(service, header, value));
    }

    [Theory]
    [InlineData(null, null, "An API key is needed")]
    [InlineData("authorization", "Bearer shopp", "not known")]
    [InlineData("authorization", "Basic shop", "\"Bearer KEY\" is needed")]
    [InlineData("authorization", "Bearer ", "\"Bearer KEY\" is needed")]
    [InlineData("x-api-key", "Shop", "not known")]
    public async Task Calls_WithoutAKnownKey_AreUnauthenticatedWithAReason(string? header, string? value, string reason)
    {
        await using var service = await GuardedService.StartAsync(GuardedService.Keys("shop"));

        var error = await Assert.ThrowsAsync<RpcException>(async () => await service.Client.GetStatusAsync(new(), header is null ? [] : new Metadata { { header, value! } }));
        using var request = Request(header, value);
        using var response = await service.Http.SendAsync(request);
        var answer = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync()).GetProperty("error");

        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
        Assert.Contains(reason, error.Status.Detail);
        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (response.StatusCode, response.Headers.WwwAuthenticate.ToString()));
        Assert.Equal("UNAUTHENTICATED", answer.GetProperty("code").GetString());
        Assert.Contains(reason, answer.GetProperty("message").GetString());
    }

    [Fact]
    public async Task OperatorCalls_NeedAnOperatorsKey()
    {
        await using var service = await GuardedService.StartAsync([.. GuardedService.Keys("shop", "ops"), "--Access:Keys:ops:Operator=true"]);

        var error = await Assert.ThrowsAsync<RpcException>(async () => await service.Client.PublishSnapshotAsync(new(), Key("shop")));
        using var refused = await PostAsync(service, "shop");
        using var allowed = await PostAsync(service, "ops");

        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
        Assert.Contains("Access:Keys:shop:Operator", error.Status.Detail);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (refused.StatusCode, allowed.StatusCode));
        Assert.Equal(5, (await service.Client.PublishSnapshotAsync(new(), Key("ops"))).Number);
        await service.Client.GetStatusAsync(new(), Key("shop"));
    }

    [Fact]
    public async Task HealthReflectionAndMetrics_WithKeysOn_StayOpen()
    {
        await using var service = await GuardedService.StartAsync(GuardedService.Keys("shop"));

        foreach (var path in new[] { "/healthz", "/readyz", "/metrics" })
        {
            using var response = await service.Http.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        Assert.NotNull(await new Grpc.Health.V1.Health.HealthClient(service.Channel).CheckAsync(new()));
        using var reflection = new ServerReflection.ServerReflectionClient(service.Channel).ServerReflectionInfo();
        await reflection.RequestStream.WriteAsync(new() { ListServices = "" });
        Assert.True(await reflection.ResponseStream.MoveNext(default).WaitAsync(Wait.Patience));
    }

    [Fact]
    public async Task KeyFile_Changed_ActsWithoutARestart()
    {
        var file = WriteKeys("old");
        await using var service = await GuardedService.StartAsync($"--Access:KeyFile={file}");
        Assert.Equal(HttpStatusCode.OK, await GetAsync(service, "x-api-key", "old"));

        WriteKeys("new");
        await Wait.UntilAsync("the new key is known", () =>
        {
            service.Clock.Advance(KeyFileWatch.Interval);
            return IsLetInAsync(service, "new");
        });
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(service, "x-api-key", "old"));
    }

    [Theory]
    [InlineData("{\"Access\": {\"Keys\":")]
    [InlineData("{}")]
    [InlineData("{\"Access\": {\"Keys\": {\"old\": {\"Hash\": \"abc\"}}}}")]
    [InlineData("{\"Access\": {\"Kyes\": {}}}")]
    [InlineData("null")]
    [InlineData("{\"Access\": null}")]
    [InlineData("{\"Access\": {\"KeyFile\": null}}")]
    [InlineData("{\"Access\": {\"Keys\": null}}")]
    [InlineData("{\"Access\": {\"Keys\": {\"old\": null}}}")]
    [InlineData("{\"Access\": {\"Keys\": {\"old\": {\"Hash\": null}}}}")]
    [InlineData("{\"Access\": {\"Keys\": {\"old\": {\"Hash\": \"HASH\", \"Burst\": null}, \"new\": null}}}")]
    [InlineData("{\"Access\": {\"Keys\": {\"old\": {\"Hash\": \"HASH\\n\"}}}}")]
    public async Task KeyFile_ChangedToSomethingUnusable_ChangesNothing(string text)
    {
        var file = WriteKeys("old");
        await using var service = await GuardedService.StartAsync($"--Access:KeyFile={file}");

        _folder.Write("keys.json", text.Replace("HASH", GuardedService.HashOf("old"), StringComparison.Ordinal));
        await Wait.UntilAsync("the change is reported", () =>
        {
            service.Clock.Advance(KeyFileWatch.Interval);
            return Task.FromResult(service.Log.Entries.Any(e => e.Contains("stay as they are", StringComparison.Ordinal)));
        });
        Assert.Equal(HttpStatusCode.OK, await GetAsync(service, "x-api-key", "old"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(service));
        WriteKeys("new");
        await Wait.UntilAsync("the new key is known", () =>
        {
            service.Clock.Advance(KeyFileWatch.Interval);
            return IsLetInAsync(service, "new");
        });
    }

    [Theory]
    [InlineData("Access:Keys:shop:Hash", "--Access:Keys:shop:Hash=shop")]
    [InlineData("Access:Keys:shop:Hash", "--Access:Keys:shop:Operator=true")]
    [InlineData("Access:KeyFile is \"nowhere/keys.json\"", "--Access:KeyFile=nowhere/keys.json")]
    [InlineData("Burst is 10", "--Access:Keys:shop:Burst=10")]
    [InlineData("EventsPerSecond is -1", "--Access:Keys:shop:EventsPerSecond=-1")]
    [InlineData("CallsPerSecond is -1", "--Access:Keys:shop:CallsPerSecond=-1")]
    [InlineData("CallBurst is 99", "--Access:Keys:shop:CallBurst=99")]
    [InlineData("CallBurst is 400", "--Access:Keys:shop:CallsPerSecond=500", "--Access:Keys:shop:CallBurst=400")]
    [InlineData("Operatr", "--Access:Keys:shop:Operatr=true")]
    [InlineData("a b", "--Access:Keys:a b:Hash=x")]
    public async Task Start_UnusableKeys_AreRefusedByName(string reason, params string[] flags)
    {
        await using var app = GuardedService.Build(flags);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => app.StartAsync());

        Assert.True(ServiceHost.IsRefusal(error));
        Assert.Contains(reason, $"{error.Message} {error.InnerException?.Message}");
    }

    [Fact]
    public async Task Start_SameKeyTwiceOrAFileWithoutKeys_IsRefused()
    {
        await using var twice = GuardedService.Build([.. GuardedService.Keys("shop"), $"--Access:Keys:other:Hash={GuardedService.HashOf("shop")}"]);
        await using var without = GuardedService.Build($"--Access:KeyFile={_folder.Write("keys.json", "not json")}");

        Assert.Contains("the same key", (await Assert.ThrowsAsync<OptionsValidationException>(() => twice.StartAsync())).Message);
        Assert.Contains("no keys in it", (await Assert.ThrowsAsync<OptionsValidationException>(() => without.StartAsync())).Message);
    }

    [Theory]
    [InlineData("{\"Access\": {\"Keys\":", "keys.json\", which can't be read: ")]
    [InlineData("", "keys.json\", which can't be read: ")]
    [InlineData("{\"Access\": {\"Keys\": {\"more\": null}}}", "Access:Keys:more:Hash is not")]
    public async Task Start_UnusableKeyFileBesideOtherKeys_IsRefusedByNameAndReason(string text, string reason)
    {
        var file = _folder.Write("keys.json", text);
        await using var app = GuardedService.Build([.. GuardedService.Keys("shop"), $"--Access:KeyFile={file}"]);

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());

        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void KeyFile_UnreadableForAWhile_HasNoProblemAfterwards()
    {
        var path = WriteKeys("shop");
        var file = new KeyFile(path);
        file.Load();

        File.Move(path, path + ".away");
        file.ReadIfChanged();
        Assert.NotNull(file.Problem);
        File.Move(path + ".away", path);
        file.ReadIfChanged();

        Assert.Null(file.Problem);
    }

    private string WriteKeys(params string[] names) => _folder.Write("keys.json",
        $"{{\"Access\": {{\"Keys\": {{{string.Join(", ", names.Select(n => $"\"{n}\": {{\"Hash\": \"{GuardedService.HashOf(n)}\"}}"))}}}}}}}");

    private static async Task<bool> IsLetInAsync(GuardedService service, string key) => await GetAsync(service, "x-api-key", key) == HttpStatusCode.OK;

    private static Metadata Key(string key) => new() { { "authorization", $"Bearer {key}" } };

    private static HttpRequestMessage Request(string? header, string? value, HttpMethod? method = null, string path = "/v1/graphs/status")
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        if (header is not null)
            request.Headers.TryAddWithoutValidation(header, value);
        return request;
    }

    private static async Task<HttpStatusCode> GetAsync(GuardedService service, string? header = null, string? value = null)
    {
        using var request = Request(header, value);
        using var response = await service.Http.SendAsync(request);
        return response.StatusCode;
    }

    private static async Task<HttpResponseMessage> PostAsync(GuardedService service, string key)
    {
        using var request = Request("x-api-key", key, HttpMethod.Post, "/v1/graphs/snapshots");
        return await service.Http.SendAsync(request);
    }
}
