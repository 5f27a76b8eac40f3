using System.Net;
using System.Net.Sockets;

namespace Orders.Api.Webhooks;

/// <summary>
/// Which addresses are on the public internet: what a merchant names must not reach into our own network, nor the cloud's metadata service.
/// From the IANA special-purpose registries (RFC 6890 and what updates it). Pure.
/// </summary>
static class PublicAddress
{
    static readonly IPNetwork[] NotPublic4 = Networks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4");

    /// <summary>IPv6: global unicast alone, so that loopback, link-local, unique local, multicast and NAT64 are out by themselves ...</summary>
    static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");

    /// <summary>... without what tunnels (Teredo, 6to4, ORCHID) or documents.</summary>
    static readonly IPNetwork[] NotPublic6 = Networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

    public static bool Is(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetwork
            ? !Array.Exists(NotPublic4, network => network.Contains(plain))
            : Global6.Contains(plain) && !Array.Exists(NotPublic6, network => network.Contains(plain));
    }

    static IPNetwork[] Networks(params string[] networks) => Array.ConvertAll(networks, network => IPNetwork.Parse(network));
}
