using System.Net;
using System.Net.Sockets;

namespace Rearm.Streaming.Testing.Processes;

/// <summary>
/// Ports for programs that can't choose a free one themselves. They are below those that systems give to outgoing connections, and no port is given twice:
/// any other could be taken before the program is up.
/// </summary>
public static class FreePort
{
    private const int First = 12_000;
    private const int Count = 20_000;

    // Other test runs on this machine begin elsewhere.
    private static int s_last = Random.Shared.Next(Count);

    /// <summary>A port on 127.0.0.1 that was free just now.</summary>
    public static int Next() => Next(1);

    /// <summary>The first of two neighbouring ports that were both free just now.</summary>
    public static int NextPair() => Next(2);

    private static int Next(int neighbors)
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Add(ref s_last, neighbors) % Count);
            if (Enumerable.Range(port, neighbors).All(IsFree))
                return port;
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
