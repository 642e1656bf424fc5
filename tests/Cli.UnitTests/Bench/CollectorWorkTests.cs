using Rearm.Streaming.Cli.Bench;

namespace Rearm.Streaming.Cli.UnitTests.Bench;

public class CollectorWorkTests
{
    private const string Metrics = """
        # TYPE dotnet_gc_collections_total counter
        dotnet_gc_collections_total{otel_scope_name="System.Runtime",gc_heap_generation="gen0"} 12 1764466000000
        dotnet_gc_collections_total{otel_scope_name="System.Runtime",gc_heap_generation="gen1"} 3 1764466000000
        dotnet_gc_collections_total{otel_scope_name="System.Runtime",gc_heap_generation="gen2"} 2 1764466000000
        # TYPE dotnet_gc_pause_time_seconds_total counter
        dotnet_gc_pause_time_seconds_total{otel_scope_name="System.Runtime"} 0.125 1764466000000
        """;

    [Fact]
    public void Of_Metrics_HasPausesAndCollections() => Assert.Equal(new(125, 15, 2), CollectorWork.Of(Metrics));

    [Fact]
    public void Minus_Earlier_IsWhatCameInBetween() => Assert.Equal(new CollectorWork(5, 2, 1), new CollectorWork(10, 5, 2) - new CollectorWork(5, 3, 1));
}
