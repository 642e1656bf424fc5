using System.Net;
using Grpc.Core;
using Grpc.Health.V1;
using Rearm.Streaming.Testing;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Rearm.Streaming.ServiceDefaults.UnitTests.Health;

public sealed class HealthTests
{
    private readonly Switch _switch = new();

    [Fact]
    public async Task Readyz_CheckFails_IsUnavailableAndSaysWhyWhileHealthzIsNot()
    {
        await using var service = await TestService.StartAsync(_switch.AddTo);

        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/readyz")).StatusCode);

        _switch.Trouble = "the store is closed";
        using var ready = await service.Http.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("switch: the store is closed", await ready.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/healthz")).StatusCode);
    }

    [Fact]
    public async Task Check_ServiceAndWhole_FollowTheChecks()
    {
        await using var service = await TestService.StartAsync(_switch.AddTo);
        var health = Client(service);

        Assert.Equal(ServingStatus.Serving, await CheckAsync(""));
        Assert.Equal(ServingStatus.Serving, await CheckAsync("rearm.v1.Ingestion"));
        _switch.Trouble = "away";
        Assert.Equal(ServingStatus.NotServing, await CheckAsync(""));
        Assert.Equal(ServingStatus.NotServing, await CheckAsync("rearm.v1.Ingestion"));

        async Task<ServingStatus> CheckAsync(string name) => (await health.CheckAsync(new HealthCheckRequest { Service = name })).Status;
    }

    [Fact]
    public async Task Check_UnknownService_IsNotFound()
    {
        await using var service = await TestService.StartAsync();

        var error = await Assert.ThrowsAsync<RpcException>(async () => await Client(service).CheckAsync(new HealthCheckRequest { Service = "rearm.v1.Recommender" }));

        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact]
    public async Task Watch_StatusChangesAndShutdown_AreReported()
    {
        await using var service = await TestService.StartAsync(_switch.AddTo);
        using var call = Client(service).Watch(new HealthCheckRequest());

        Assert.Equal(ServingStatus.Serving, await NextAsync());
        _switch.Trouble = "away";
        Assert.Equal(ServingStatus.NotServing, await NextAsync());
        _switch.Trouble = null;
        Assert.Equal(ServingStatus.Serving, await NextAsync());
        var stopping = service.App.StopAsync();
        Assert.Equal(ServingStatus.NotServing, await NextAsync());
        await stopping.WaitAsync(Wait.Patience);

        // A status may be sent again although it has not changed.
        async Task<ServingStatus> NextAsync()
        {
            ServingStatus? before = call.ResponseStream.Current is { } last ? last.Status : null;
            do
                Assert.True(await call.ResponseStream.MoveNext(default).WaitAsync(Wait.Patience));
            while (call.ResponseStream.Current.Status == before);
            return call.ResponseStream.Current.Status;
        }
    }

    [Fact]
    public async Task Watch_UnknownService_IsServiceUnknown()
    {
        await using var service = await TestService.StartAsync();
        using var call = Client(service).Watch(new HealthCheckRequest { Service = "nobody" });

        Assert.True(await call.ResponseStream.MoveNext(default).WaitAsync(Wait.Patience));

        Assert.Equal(ServingStatus.ServiceUnknown, call.ResponseStream.Current.Status);
    }

    private static global::Grpc.Health.V1.Health.HealthClient Client(TestService service) => new(service.Channel);
}
