using System.ComponentModel.DataAnnotations;

namespace Rearm.Streaming.Ingestor;

/// <summary>The Ingestor's limits (configuration section "Ingestor").</summary>
public sealed class IngestorOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Ingestor";

    /// <summary>The prefix of a gRPC message: a flag and a length.</summary>
    internal const int GrpcFrameBytes = 5;

    /// <summary>Events in one request.</summary>
    [Range(1, 10_000)]
    public int MaxBatch { get; set; } = 10_000;

    /// <summary>Bytes of one request: a gRPC message, or an HTTP body.</summary>
    [Range(1 << 10, 1 << 30)]
    public int MaxRequestBytes { get; set; } = 32 << 20;

    /// <summary>How long the broker may take to acknowledge an event; after that the event has failed and has to be sent again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ProduceTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Events in flight to the broker at once, over all calls; further ones wait.</summary>
    [Range(1, 1_000_000)]
    public int MaxInFlight { get; set; } = 50_000;

    /// <summary>Bytes in flight to the broker at once, in KiB, over all calls; further ones wait.</summary>
    [Range(1 << 10, 2_097_151)]
    public int MaxInFlightKiB { get; set; } = 256 << 10;
}
