using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace OrderSaga.Bench;

/// <summary>Reads pages as fast as possible over some connections, each with one request in progress. Plain sockets: the driver shares the machine.</summary>
sealed class ReadLoad(Uri url, IEnumerable<string> paths, string key)
{
    readonly byte[][] requests =
        [.. paths.Select(path => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {url.Authority}\r\nAuthorization: Bearer {key}\r\n\r\n"))];

    /// <summary>The milliseconds of each read, sorted.</summary>
    public async Task<IReadOnlyList<double>> Run(int connections, TimeSpan duration)
    {
        var until = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var times = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => Read(until))));
        return [.. times.SelectMany(one => one).Order()];
    }

    async Task<List<double>> Read(long until)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(url.Host, url.Port);
        var (buffer, times) = (new byte[16_384], new List<double>());
        for (var i = RandomNumberGenerator.GetInt32(requests.Length); Stopwatch.GetTimestamp() < until; i = (i + 1) % requests.Length)
        {
            var began = Stopwatch.GetTimestamp();
            await socket.SendAsync(requests[i]);
            await Receive(socket, buffer);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return times;
    }

    /// <summary>Receives one answer with a known length.</summary>
    static async Task Receive(Socket socket, byte[] buffer)
    {
        for (var length = 0; ;)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length));
            length += read;
            if (read == 0)
                throw new IOException("The connection was closed.");
            if (IsWhole(buffer.AsSpan(0, length)))
                return;
        }
    }

    static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        if (!answer.StartsWith("HTTP/1.1 200"u8))
            throw new IOException($"The answer is {Encoding.ASCII.GetString(answer[..end])}");
        if (answer.IndexOf("Transfer-Encoding: chunked"u8) >= 0)
            return answer.EndsWith("\r\n0\r\n\r\n"u8);
        var header = answer[answer.IndexOf("Content-Length: "u8)..];
        var value = header["Content-Length: ".Length..header.IndexOf("\r\n"u8)];
        return answer.Length == end + 4 + int.Parse(value, CultureInfo.InvariantCulture);
    }
}
