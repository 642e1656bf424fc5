using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.Testing;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Rearm.Streaming.ServiceDefaults.UnitTests;

public sealed class DrainTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_DuringTheDelay_IsNotReadyAndAnswers(bool bySignal)
    {
        await using var service = await StartAsync();
        var health = new global::Grpc.Health.V1.Health.HealthClient(service.Channel);
        using var watch = health.Watch(new());
        Assert.True(await watch.ResponseStream.MoveNext(default).WaitAsync(Wait.Patience));
        Assert.Equal(ServingStatus.Serving, watch.ResponseStream.Current.Status);
        using (var before = await service.Http.GetAsync("/healthz"))
            Assert.NotEqual(true, before.Headers.ConnectionClose);

        var stopped = Stop(service, bySignal);

        var reason = await Wait.UntilAsync("it is not ready", () => ReadyAsync(service), text => text != "Healthy\n");
        Assert.Equal("Unhealthy\ndrain: The service is stopping.\n", reason);
        Assert.Equal(ServingStatus.NotServing, (await health.CheckAsync(new())).Status);
        // A status may be sent again although it has not changed.
        do
            Assert.True(await watch.ResponseStream.MoveNext(default).WaitAsync(Wait.Patience));
        while (watch.ResponseStream.Current.Status == ServingStatus.Serving);
        Assert.Equal(ServingStatus.NotServing, watch.ResponseStream.Current.Status);
        await new Ingestion.IngestionClient(service.Channel).IngestAsync(new());
        using (var alive = await service.Http.GetAsync("/healthz"))
            Assert.Equal((HttpStatusCode.OK, true), (alive.StatusCode, alive.Headers.ConnectionClose));
        Assert.False(service.App.Services.GetRequiredService<Drain>().Over.IsCancellationRequested);
        Assert.False(stopped.IsCompleted);

        await EndDelayAsync(stopped);
        await Assert.ThrowsAsync<HttpRequestException>(() => service.Http.GetAsync("/healthz"));
    }

    [Fact]
    public async Task StreamAsync_DelayIsOver_EndsUnavailable()
    {
        await using var service = await StartAsync();
        var drain = service.App.Services.GetRequiredService<Drain>();
        var stream = drain.StreamAsync(stop => Task.Delay(Timeout.Infinite, stop), "ask another.", CancellationToken.None);

        var stopped = service.App.StopAsync();
        Assert.True(drain.HasBegun);
        Assert.False(stream.IsCompleted);
        await EndDelayAsync(stopped);

        Assert.Equal("The service is stopping; ask another.", (await Assert.ThrowsAsync<UnavailableException>(() => stream.WaitAsync(Wait.Patience))).Message);
    }

    [Fact]
    public async Task StreamAsync_CallerHasGone_IsCancelled()
    {
        await using var service = await StartAsync();
        using var caller = new CancellationTokenSource();
        var stream = service.App.Services.GetRequiredService<Drain>().StreamAsync(stop => Task.Delay(Timeout.Infinite, stop), "ask another.", caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.WaitAsync(Wait.Patience));
    }

    [Fact]
    public async Task ShutdownTimeout_WithADelay_LeavesCallsTheirTime()
    {
        await using var app = TestService.Build([.. TestService.FreePorts, "--Endpoints:DrainDelay=00:00:07"]);

        Assert.Equal(ServiceHost.StopPatience + TimeSpan.FromSeconds(7), app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    private Task<TestService> StartAsync() => TestService.StartAsync(builder =>
    {
        builder.Services.AddSingleton<TimeProvider>(_clock);
        builder.Services.Configure<EndpointOptions>(endpoints => endpoints.DrainDelay = Delay);
    });

    private static Task Stop(TestService service, bool bySignal)
    {
        if (!bySignal)
            return service.App.StopAsync();
        // What the handler of SIGTERM does.
        var stopped = service.App.WaitForShutdownAsync();
        service.App.Lifetime.StopApplication();
        return stopped;
    }

    private static async Task<string> ReadyAsync(TestService service)
    {
        using var response = await service.Http.GetAsync("/readyz");
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal(text == "Healthy\n" ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, response.StatusCode);
        return text;
    }

    private Task EndDelayAsync(Task stopped) => Wait.UntilAsync("it has stopped", () =>
    {
        _clock.Advance(Delay);
        return Task.FromResult(stopped.IsCompleted);
    });
}
