using System.Diagnostics;

namespace Rearm.Streaming.Server;

/// <summary>Where the Server's spans come from.</summary>
internal static class ServerTracing
{
    public static readonly ActivitySource Source = new("Rearm.Streaming.Server");
}
