using System.Net;
using System.Net.Sockets;

namespace Rearm.Streaming.Testing.Processes;

/// <summary>Ports for programs that can't choose a free one themselves. Another process may still take one before the program does.</summary>
public static class FreePort
{
    /// <summary>A port on 127.0.0.1 that was free just now.</summary>
    public static int Next()
    {
        using var listener = Listen(0);
        return PortOf(listener);
    }

    /// <summary>The first of two neighbouring ports that were both free just now.</summary>
    public static int NextPair()
    {
        while (true)
        {
            using var first = Listen(0);
            try
            {
                using var second = Listen(PortOf(first) + 1);
                return PortOf(first);
            }
            catch (Exception e) when (e is SocketException or ArgumentOutOfRangeException)
            {
                // The neighbour is taken, or would be beyond 65535.
            }
        }
    }

    private static TcpListener Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        return listener;
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
}
