using Grpc.Net.Client;

namespace Rearm.Streaming.Client;

/// <summary>How every client here is connected to its service.</summary>
internal static class Connection
{
    /// <summary>To a service's gRPC address. Nothing is sent yet; whoever has it disposes of it.</summary>
    public static GrpcChannel To(Uri address) => GrpcChannel.ForAddress(address, new()
    {
        // A service answers what it was asked for, and its own limits say how much that may be: more than the 4 MiB that are usual.
        MaxReceiveMessageSize = null,
        HttpHandler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            // A machine that vanished closes no connection: only an unanswered ping reveals it.
            KeepAlivePingDelay = TimeSpan.FromSeconds(15),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
        },
        DisposeHttpClient = true,
    });
}
