using System.Net;
using System.Net.Sockets;

namespace Rearm.Streaming.Cli.Doctor;

/// <summary>Which ports of this machine are free to listen on.</summary>
internal static class FreePorts
{
    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
