using System.Net;
using System.Net.Sockets;

namespace Platform.Tests;

/// <summary>Stands between a service and the broker, and cuts the connection on which a chosen call is made.</summary>
sealed class CuttingProxy : IAsyncDisposable
{
    /// <summary>exchange.declare: class 40, method 10 (AMQP 0-9-1, section 1.6.2).</summary>
    static readonly byte[] ExchangeDeclare = [0, 40, 0, 10];

    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource end = new();
    readonly Uri broker;
    int declaresLeft;

    /// <param name="broker">The broker's URL.</param>
    /// <param name="declare">The connection is cut when the exchange.declare with this number arrives, counted from 1.</param>
    public CuttingProxy(Uri broker, int declare)
    {
        (this.broker, declaresLeft) = (broker, declare);
        listener.Start();
        _ = Accept();
    }

    public bool HasCut => Volatile.Read(ref declaresLeft) <= 0;

    /// <summary>The broker's URL, through this proxy.</summary>
    public string Url => new UriBuilder(broker) { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port }.Uri.ToString();

    async Task Accept()
    {
        try
        {
            while (true)
                _ = Serve(await listener.AcceptTcpClientAsync(end.Token));
        }
        catch (OperationCanceledException)
        {
            // The test has ended.
        }
    }

    async Task Serve(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                await server.ConnectAsync(broker.Host, broker.Port, end.Token);
                await Task.WhenAny(Copy(client.GetStream(), server.GetStream(), IsCut), Copy(server.GetStream(), client.GetStream(), _ => false));
            }
            catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException)
            {
                // One of the two sides has gone.
            }
        }
    }

    bool IsCut(ReadOnlySpan<byte> sent)
    {
        for (var at = sent.IndexOf(ExchangeDeclare); at >= 0 && !HasCut; at = sent.IndexOf(ExchangeDeclare))
        {
            if (Interlocked.Decrement(ref declaresLeft) == 0)
                return true;
            sent = sent[(at + ExchangeDeclare.Length)..];
        }

        return false;
    }

    async Task Copy(NetworkStream from, NetworkStream to, Stops stops)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, end.Token) is var read and > 0 && !stops(buffer.AsSpan(0, read)))
            await to.WriteAsync(buffer.AsMemory(0, read), end.Token);
    }

    delegate bool Stops(ReadOnlySpan<byte> sent);

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Dispose();
        end.Dispose();
    }
}
