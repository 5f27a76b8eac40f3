using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using OrderSaga.Platform.Http;

namespace OrderSaga.Platform.Hosting;

/// <summary>
/// Checks the listen addresses early: the web server starts last, and a port in use must be noticed before background work touches the
/// data.
/// </summary>
static class ListenAddresses
{
    const string Default = "http://localhost:5000";

    /// <exception cref="IOException">An address cannot be used.</exception>
    /// <exception cref="InvalidOperationException">https is required, but neither this process nor a proxy has it.</exception>
    public static void Check(IConfiguration settings, HttpSettings http)
    {
        var urls = Urls(settings).ToList();
        if (http is { RequireHttps: true, TrustedProxies: [] } && !urls.Exists(url => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)))
            throw new InvalidOperationException("Http:RequireHttps needs https: set Http:TrustedProxies to the proxy that has it, or an https address.");
        foreach (var url in urls)
        {
            var address = BindingAddress.Parse(url);
            if (address.IsUnixPipe || address.IsNamedPipe || address.Port == 0)
                continue;
            foreach (var ip in Ips(address.Host))
                Check(url, new IPEndPoint(ip, address.Port));
        }
    }

    static IEnumerable<string> Urls(IConfiguration settings)
    {
        var own = settings.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>().ToList();
        if (own.Count > 0)
            return own;
        if (Split(settings[WebHostDefaults.ServerUrlsKey]) is { Length: > 0 } urls)
            return urls;
        var ports = Split(settings[WebHostDefaults.HttpPortsKey]).Select(port => $"http://*:{port}")
            .Concat(Split(settings[WebHostDefaults.HttpsPortsKey]).Select(port => $"https://*:{port}")).ToList();
        return ports.Count > 0 ? ports : [Default];
    }

    static string[] Split(string? text) => (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    static IPAddress[] Ips(string host) => host == "localhost" ? [IPAddress.Loopback, IPAddress.IPv6Loopback]
        : IPAddress.TryParse(host.Trim('[', ']'), out var ip) ? [ip] : [IPAddress.Any];

    static void Check(string url, IPEndPoint at)
    {
        try
        {
            using var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(at);
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new IOException($"The address {url} is in use by another process; stop it, or choose another address with --urls.", refused);
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new IOException($"This user may not listen on {url}; choose a port of at least 1024 with --urls.", refused);
        }
        catch (SocketException refused) when (!IPAddress.IsLoopback(at.Address) && refused.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            throw new IOException($"This machine does not have the address in {url}; choose one of its own with --urls, or * for all.", refused);
        }
        catch (SocketException)
        {
            // The machine may have no IPv6: the server reports it.
        }
    }
}
