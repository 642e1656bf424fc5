using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>The demo's figures, as <c>--json</c> writes them.</summary>
internal sealed record DemoReport
{
    /// <summary>From the start to the last measurement.</summary>
    [JsonPropertyName("seconds")]
    public required double Seconds { get; init; }

    /// <summary>Distinct user-item pairs in the snapshot trained on.</summary>
    [JsonPropertyName("interactions")]
    public required long Interactions { get; init; }

    /// <summary>Items in that snapshot.</summary>
    [JsonPropertyName("items")]
    public required long Items { get; init; }

    /// <summary>Number of the generation served.</summary>
    [JsonPropertyName("generation")]
    public required long Generation { get; init; }

    /// <summary>Hash of the snapshot, lower-case hex.</summary>
    [JsonPropertyName("snapshot_hash")]
    public required string SnapshotHash { get; init; }

    /// <summary>The story user's top 10 before the click.</summary>
    [JsonPropertyName("before")]
    public required IReadOnlyList<string> Before { get; init; }

    /// <summary>The story user's top 10 after it.</summary>
    [JsonPropertyName("after")]
    public required IReadOnlyList<string> After { get; init; }

    /// <summary>Recall@20 of the Server's answers, on held-out clicks.</summary>
    [JsonPropertyName("recall@20")]
    public required double Recall { get; init; }

    /// <summary>Recall@20 of recommending what is popular.</summary>
    [JsonPropertyName("popularity_recall@20")]
    public required double PopularityRecall { get; init; }

    /// <summary>Writes the file.</summary>
    public Task WriteAsync(string path, CancellationToken cancellation) =>
        File.WriteAllTextAsync(path, JsonSerializer.Serialize(this) + "\n", cancellation);
}
