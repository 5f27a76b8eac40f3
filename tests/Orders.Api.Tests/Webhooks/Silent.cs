using System.Net.Sockets;

namespace Orders.Api.Tests.Webhooks;

/// <summary>Accepts connections and never responds.</summary>
sealed class Silent : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public Silent() => listener.Start();

    public string Url => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/";

    public ValueTask DisposeAsync()
    {
        listener.Stop();
        return ValueTask.CompletedTask;
    }
}
