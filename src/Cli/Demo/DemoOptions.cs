using Rearm.Streaming.Models;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>The options of <c>rearm demo</c>.</summary>
internal sealed record DemoOptions
{
    /// <summary>Exit at the end instead of staying up.</summary>
    public bool Once { get; init; }

    /// <summary>A data set's folder; null for the synthetic shop.</summary>
    public string? Dataset { get; init; }

    /// <summary>Where to write the figures; null for nowhere.</summary>
    public string? Json { get; init; }

    /// <summary>The Server's gRPC port; null for its default, or a free one if that is taken.</summary>
    public int? GrpcPort { get; init; }

    /// <summary>The Server's HTTP port; null for its default, or a free one if that is taken.</summary>
    public int? HttpPort { get; init; }

    /// <summary>Bootstrap servers of a Kafka; null for the embedded one.</summary>
    public string? Kafka { get; init; }

    /// <summary>Configuration of a Redis; null for the embedded one.</summary>
    public string? Redis { get; init; }

    /// <summary>What to train, by its name in the catalogue.</summary>
    public string Model { get; init; } = ModelCatalogue.Default;

    /// <summary>Maximum number of epochs; null for what suits the data.</summary>
    public int? Epochs { get; init; }

    /// <summary>The learning rate; null for what suits the data.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Random seed of the shop and of training.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Show the services' logs.</summary>
    public bool Verbose { get; init; }
}
