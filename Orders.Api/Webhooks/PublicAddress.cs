using System.Net;
using System.Net.Sockets;

namespace Orders.Api.Webhooks;

/// <summary>
/// Decides which addresses are on the public internet: a merchant's URL must not reach our own network or the cloud's metadata service.
/// From the IANA special-purpose registries (RFC 6890 and updates). Pure.
/// </summary>
static class PublicAddress
{
    static readonly IPNetwork[] NotPublic4 = Networks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4");

    /// <summary>IPv6: global unicast only, which excludes loopback, link-local, unique local, multicast and NAT64.</summary>
    static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");

    /// <summary>Global unicast used for tunnels (Teredo, 6to4, ORCHID) or documentation.</summary>
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
