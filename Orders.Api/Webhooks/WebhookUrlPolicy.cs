using System.Net;
using System.Net.Sockets;
using OrderSaga.Platform.Http;

namespace Orders.Api.Webhooks;

/// <summary>Resolves a host name to its addresses.</summary>
delegate Task<IPAddress[]> Resolve(string host, CancellationToken cancel);

/// <summary>
/// Allows merchant URLs on the public internet only: they must not reach our own network or the cloud's metadata service. Checks the
/// address of each connection, not the name.
/// </summary>
sealed class WebhookUrlPolicy(WebhookSettings settings, Resolve resolve)
{
    const int MaxUrlLength = 500;

    // From the IANA special-purpose registries (RFC 6890 and updates), and Azure's platform address, which looks public:
    // https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
    static readonly IPNetwork[] NotPublic4 = Networks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4");

    /// <summary>IPv6: global unicast only, which excludes loopback, link-local, unique local, multicast and NAT64.</summary>
    static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");

    /// <summary>Global unicast used for tunnels (Teredo, 6to4, ORCHID) or documentation.</summary>
    static readonly IPNetwork[] NotPublic6 = Networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

    /// <summary>Checks a URL without a DNS look-up; a name that resolves to a private address is refused on connecting.</summary>
    /// <exception cref="Problem">400: the URL is invalid.</exception>
    public string Check(string? url)
    {
        if (url is not { Length: > 0 and <= MaxUrlLength } || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
            throw Invalid($"Use an absolute https URL of at most {MaxUrlLength} characters.");
        if (uri.Scheme == "http" && !settings.AllowHttp)
            throw Invalid("Use an https URL: events contain data of your orders.");
        if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
            throw Invalid("Use a URL without user, password and fragment; deliveries are signed.");
        if (IPAddress.TryParse(uri.DnsSafeHost, out var address) && !IsAllowed(uri.DnsSafeHost, address))
            throw Invalid("Use a URL on the public internet.");
        return uri.AbsoluteUri.Length <= MaxUrlLength ? uri.AbsoluteUri : throw Invalid($"Use a URL of at most {MaxUrlLength} characters.");
    }

    /// <summary>
    /// Connect callback of SocketsHttpHandler: connects to a checked address, because the name could resolve differently the next time.
    /// </summary>
    public async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = (await Find(host, cancel)).Where(address => IsAllowed(host, address)).ToArray();
        if (addresses.Length == 0)
            throw new HttpRequestException($"{host} has no public address");

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>An unknown name and a private one get the same error, so that it does not reveal internal host names.</summary>
    async Task<IPAddress[]> Find(string host, CancellationToken cancel)
    {
        try
        {
            return await resolve(host, cancel);
        }
        catch (SocketException)
        {
            return [];
        }
    }

    bool IsAllowed(string host, IPAddress address) => IsPublic(address) || settings.PrivateHosts.Contains(host, StringComparer.OrdinalIgnoreCase);

    internal static bool IsPublic(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetwork
            ? !Array.Exists(NotPublic4, network => network.Contains(plain))
            : Global6.Contains(plain) && !Array.Exists(NotPublic6, network => network.Contains(plain));
    }

    static IPNetwork[] Networks(params string[] networks) => Array.ConvertAll(networks, network => IPNetwork.Parse(network));

    static Problem Invalid(string what) => new(ProblemTypes.InvalidUrl, what) { Errors = [new("/url", what)] };
}
