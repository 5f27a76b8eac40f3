using System.Net.Sockets;
using System.Security.Cryptography;

namespace Installed;

/// <summary>
/// Ports that nobody listens at. They are below those that the kernel gives to callers: while a process is down, none of the others' connections must
/// take the port that it comes back to.
/// </summary>
public static class Ports
{
    /// <summary>From here on the kernel gives ports to callers, as Linux is delivered.</summary>
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
