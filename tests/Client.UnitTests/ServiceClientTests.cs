using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Client.UnitTests;

/// <summary>What all clients have from their connection.</summary>
public sealed class ServiceClientTests
{
    [Fact]
    public async Task RecommendBatchAsync_AnswerAsLargeAsTheServersLimitsAllow_Arrives()
    {
        await using var server = await StartAsync();
        using var client = new RecommenderClient(AddressOf(server), Wait.Patience);

        var answer = await client.RecommendBatchAsync(new() { Requests = { Enumerable.Repeat(new RecommendRequest { UserId = "ada", K = 1000 }, 100) } });

        Assert.InRange(answer.CalculateSize(), 100_000_000, int.MaxValue);
    }

    // Takes half a minute: a ping goes out after 15 s of silence, and has 15 s to be answered.
    [Fact]
    public async Task WatchGenerationsAsync_MachineVanishes_EndsUnavailable()
    {
        await using var server = await StartAsync();
        using var way = new Relay(AddressOf(server));
        using var client = new RecommenderClient(way.Address);
        using var patience = new CancellationTokenSource(Wait.Patience);
        await using var generations = client.WatchGenerationsAsync(patience.Token).GetAsyncEnumerator(patience.Token);
        Assert.True(await generations.MoveNextAsync());

        await way.VanishAsync();

        var error = await Assert.ThrowsAsync<ServiceException>(() => generations.MoveNextAsync().AsTask());
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.StartsWith($"{way.Address} did not answer (Unavailable)", error.Message);
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.MapGrpcService<Generous>();
        await app.StartAsync();
        return app;
    }

    private static Uri AddressOf(WebApplication app) =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Answers k items with an attribute of 1 KiB each, and has one generation for ever.</summary>
    private sealed class Generous : Recommender.RecommenderBase
    {
        public override async Task WatchGenerations(WatchGenerationsRequest request, IServerStreamWriter<Generation> responseStream, ServerCallContext context)
        {
            await responseStream.WriteAsync(new() { Number = 1 });
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }

        public override Task<RecommendBatchResponse> RecommendBatch(RecommendBatchRequest request, ServerCallContext context)
        {
            var item = new ScoredItem { ItemId = "red-canoe", Attributes = { ["title"] = new string('x', 1024) } };
            return Task.FromResult(new RecommendBatchResponse
            {
                Answers = { request.Requests.Select(r => new BatchAnswer { Response = new() { Items = { Enumerable.Repeat(item, (int)r.K) } } }) },
            });
        }
    }

    /// <summary>The way to a service, until its machine vanishes: the connection stays, and nothing comes over it any more.</summary>
    private sealed class Relay : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly TcpClient _service = new();
        private readonly CancellationTokenSource _vanished = new();
        private readonly Task _carrying;
        private TcpClient? _client;

        public Relay(Uri service)
        {
            _listener.Start();
            Address = new($"http://{_listener.LocalEndpoint}");
            _carrying = CarryAsync(service);
        }

        public Uri Address { get; }

        public async Task VanishAsync()
        {
            await _vanished.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _carrying);
        }

        public void Dispose()
        {
            _client?.Dispose();
            _service.Dispose();
            _listener.Dispose();
            _vanished.Dispose();
        }

        private async Task CarryAsync(Uri service)
        {
            _client = await _listener.AcceptTcpClientAsync();
            await _service.ConnectAsync(service.Host, service.Port);
            var (client, there) = (_client.GetStream(), _service.GetStream());
            await Task.WhenAll(client.CopyToAsync(there, _vanished.Token), there.CopyToAsync(client, _vanished.Token));
        }
    }
}
