using System.Diagnostics;

namespace Rearm.Streaming.GraphBuilder;

/// <summary>Where the GraphBuilder's spans come from.</summary>
internal static class GraphBuilderTracing
{
    public static readonly ActivitySource Source = new("Rearm.Streaming.GraphBuilder");
}
