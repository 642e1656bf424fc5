namespace Rearm.Streaming.Cli.Demo;

/// <summary>What <c>rearm demo</c> was asked for.</summary>
internal sealed record DemoOptions
{
    /// <summary>End after the story instead of staying up.</summary>
    public bool Once { get; init; }

    /// <summary>A data set's folder; null: the synthetic shop.</summary>
    public string? Dataset { get; init; }

    /// <summary>Where to write the figures; null: nowhere.</summary>
    public string? Json { get; init; }

    /// <summary>The Server's gRPC port; null: its usual one if free.</summary>
    public int? GrpcPort { get; init; }

    /// <summary>The Server's HTTP port; null: its usual one if free.</summary>
    public int? HttpPort { get; init; }

    /// <summary>An outside Kafka; null: the embedded one.</summary>
    public string? Kafka { get; init; }

    /// <summary>An outside Redis; null: one of our own.</summary>
    public string? Redis { get; init; }

    /// <summary>Most epochs to train; null: what suits the data.</summary>
    public int? Epochs { get; init; }

    /// <summary>The learning rate; null: what suits the data.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Seed of the shop and of training.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Show the services' logs.</summary>
    public bool Verbose { get; init; }
}
