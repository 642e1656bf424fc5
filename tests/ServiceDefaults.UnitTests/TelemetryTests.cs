using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Rearm.Streaming.ServiceDefaults.UnitTests;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Metrics_Scraped_HaveOursTheServersAndTheRuntimes()
    {
        await using var service = await TestService.StartAsync();
        var meter = service.App.Services.GetRequiredService<IMeterFactory>().Create("Rearm.Streaming.Test");
        meter.CreateCounter<long>("rearm.test.events").Add(3);
        await service.Http.GetAsync("/healthz");

        var scraped = await service.Http.GetStringAsync("/metrics");

        Assert.Matches(@"(?m)^rearm_test_events_total\S* 3\b", scraped);
        Assert.Contains("http_server_request_duration_seconds_bucket", scraped);
        Assert.Contains("dotnet_process_memory_working_set_bytes", scraped);
    }
}
