using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Testing;

/// <summary>
/// Ports that nothing listens on. They are below those that the kernel gives to outgoing connections: while a process is down, no outgoing
/// connection can take the port that it will need again.
/// </summary>
public static class Ports
{
    /// <summary>The first port for outgoing connections in Linux's default configuration.</summary>
    public const int OfCallers = 32_768;

    public static IReadOnlyList<int> Free(int count)
    {
        HashSet<int> free = [];
        while (free.Count < count)
        {
            var port = RandomNumberGenerator.GetInt32(21_000, 32_000);
            if (IsFree(port))
                free.Add(port);
        }

        return [.. free];
    }

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
