using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults.Access;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.ServiceDefaults.UnitTests.Access;

/// <summary>A service with a call for anybody who has a key and one for operators, over gRPC and JSON.</summary>
internal sealed class GuardedService : IAsyncDisposable
{
    private readonly GrpcChannel _channel;

    private GuardedService(WebApplication app, KeptLog log, FakeTimeProvider clock)
    {
        (App, Log, Clock) = (app, log, clock);
        Endpoints = ServiceEndpoints.Of(app);
        _channel = GrpcChannel.ForAddress(Endpoints.Grpc);
        Http = new() { BaseAddress = Endpoints.Http };
    }

    public WebApplication App { get; }

    public KeptLog Log { get; }

    public FakeTimeProvider Clock { get; }

    public ServiceEndpoints Endpoints { get; }

    public GrpcChannel Channel => _channel;

    public HttpClient Http { get; }

    public GraphBuilding.GraphBuildingClient Client => new(_channel);

    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Flags for keys that are called like their owners.</summary>
    public static string[] Keys(params string[] names) => [.. names.Select(name => $"--Access:Keys:{name}:Hash={HashOf(name)}")];

    public static WebApplication Build(params string[] flags) => Build(new KeptLog(), null, flags);

    private static WebApplication Build(KeptLog log, FakeTimeProvider? clock, string[] flags)
    {
        var builder = ServiceHost.CreateBuilder([.. TestService.FreePorts, .. flags], "test", GraphBuilding.Descriptor, 0, 0);
        builder.Logging.ClearProviders().AddProvider(log);
        if (clock is not null)
            builder.Services.AddSingleton<TimeProvider>(clock);
        var app = builder.Build();
        app.MapCommon();
        app.MapGrpcService<Service>();
        return app;
    }

    public static async Task<GuardedService> StartAsync(params string[] flags)
    {
        var log = new KeptLog();
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var app = Build(log, clock, flags);
        await app.StartAsync();
        return new(app, log, clock);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _channel.Dispose();
        await App.DisposeAsync();
    }

    private sealed class Service : GraphBuilding.GraphBuildingBase
    {
        public override Task<GraphStatus> GetStatus(GetGraphStatusRequest request, ServerCallContext context) => Task.FromResult(new GraphStatus());

        [OperatorCall]
        public override Task<SnapshotInfo> PublishSnapshot(PublishSnapshotRequest request, ServerCallContext context) => Task.FromResult(new SnapshotInfo { Number = 5 });
    }
}
