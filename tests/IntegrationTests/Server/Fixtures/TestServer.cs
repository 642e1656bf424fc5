using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Fixtures;

/// <summary>The real Server on free ports, with a Redis key prefix of its own, and clients for it.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private TestServer(WebApplication app, Publisher publisher)
    {
        _app = app;
        Publisher = publisher;
        Endpoints = ServiceEndpoints.Of(app);
        _channel = GrpcChannel.ForAddress(Endpoints.Grpc);
        Client = new(_channel);
        Http = new() { BaseAddress = Endpoints.Http };
    }

    public Publisher Publisher { get; }

    public ServiceEndpoints Endpoints { get; }

    public Recommender.RecommenderClient Client { get; }

    public Generations.GenerationsClient Generations => new(_channel);

    /// <summary>For requests that the client would not make.</summary>
    public CallInvoker Invoker => _channel.CreateCallInvoker();

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a Server; with a model, it is published as generation 1 and served on return.</summary>
    public static async Task<TestServer> StartAsync(RedisServer redis, Contracts.Generations.ModelGeneration? model = null, params string[] flags)
    {
        var prefix = $"test-{Guid.NewGuid():n}";
        var publisher = new Publisher(redis, new RedisKeys(prefix));
        if (model is not null)
            await publisher.PublishAsync(1, model);
        var app = ServerHost.Build([
            "--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", $"--Redis:Configuration={redis.Configuration}", $"--Redis:KeyPrefix={prefix}",
            // Redis may take its time on a busy machine; tests of what happens then say how long.
            "--Server:HistoryTimeout=00:01:00", "--Server:PollInterval=00:00:00.020", "--Logging:LogLevel:Default=None", .. flags]);
        await app.StartAsync();
        var server = new TestServer(app, publisher);
        if (model is not null)
            await server.ServesAsync(1);
        return server;
    }

    public async Task<RecommendResponse> RecommendAsync(string user, uint k = 10, bool? excludeSeen = null, string[]? categories = null, string[]? excluded = null)
    {
        var request = new RecommendRequest { UserId = user, K = k, Categories = { categories ?? [] }, ExcludedItemIds = { excluded ?? [] } };
        if (excludeSeen is { } value)
            request.ExcludeSeen = value;
        return await Client.RecommendAsync(request);
    }

    public async Task<GetStatusResponse> StatusAsync() => await Client.GetStatusAsync(new());

    public Task ServesAsync(long number) =>
        Wait.UntilAsync($"generation {number} is served", async () => (await StatusAsync()).Generation?.Number == number);

    /// <summary>Waits until there is something to answer from before the first generation: a poll without a problem need not have seen it yet.</summary>
    public Task KnowsWhatIsPopularAsync() =>
        Wait.UntilAsync("the Server knows what is popular", async () => (await Http.GetAsync("/readyz")).IsSuccessStatusCode);

    /// <summary>Waits until the status reports a problem, and returns all that it says of it.</summary>
    /// <param name="problem">Some of it.</param>
    public async Task<string> ProblemAsync(string problem) =>
        (await Wait.UntilAsync($"the status reports \"{problem}\"", StatusAsync, s => s.Problem.Contains(problem, StringComparison.Ordinal))).Problem;

    public static async Task<RpcException> FailsAsync<T>(Task<T> call) => await Assert.ThrowsAsync<RpcException>(() => call);

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _channel.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
