using System.Diagnostics;

namespace Rearm.Streaming.Ingestor;

/// <summary>Where the Ingestor's spans come from.</summary>
internal static class IngestorTracing
{
    public static readonly ActivitySource Source = new("Rearm.Streaming.Ingestor");
}
