using System.Net;
using Microsoft.Extensions.Configuration;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Http;

/// <summary>Proxies in front, and https. Bound from the section <c>Http</c>; checked at start.</summary>
public sealed class HttpSettings
{
    /// <summary>
    /// Addresses or networks of the proxies whose <c>X-Forwarded-</c> headers are trusted, e.g. 10.0.0.5 or 10.0.0.0/8. Others are ignored.
    /// </summary>
    public string[] TrustedProxies { get; set; } = [];

    /// <summary>
    /// True: http is redirected to https (308). Exempt are <c>/health</c> and callers on this machine. It needs a trusted proxy or an https
    /// address.
    /// </summary>
    public bool RequireHttps { get; set; }

    /// <summary>The port of the redirect.</summary>
    public int HttpsPort { get; set; } = 443;

    /// <summary>How long a browser that was here uses https only: the header <c>Strict-Transport-Security</c>; 0: no header.</summary>
    public int HstsDays { get; set; }

    /// <summary>
    /// Time of a request until its response begins; then its statements are cancelled and the answer is 504. A caller can set a shorter one with
    /// the header <c>Request-Deadline</c>. Event streams, files and reports have none.
    /// </summary>
    public int DeadlineSeconds { get; set; } = 10;

    /// <exception cref="InvalidOperationException">A setting is invalid.</exception>
    public static HttpSettings From(IConfiguration configuration)
    {
        var settings = configuration.GetSection("Http").GetStrict<HttpSettings>("ApiDocument");
        settings.Check();
        return settings;
    }

    internal IEnumerable<IPNetwork> Networks() => TrustedProxies.Select(Network);

    void Check()
    {
        Require(HttpsPort is >= 1 and <= 65_535, "Http:HttpsPort must be 1 to 65535.");
        Require(HstsDays is >= 0 and <= 730, "Http:HstsDays must be 0 to 730.");
        Require(DeadlineSeconds is >= 1 and <= 3600, "Http:DeadlineSeconds must be 1 to 3600.");
        _ = Networks().Count();
    }

    static IPNetwork Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : throw new InvalidOperationException($"Http:TrustedProxies '{text}' is invalid: use addresses or networks, e.g. 10.0.0.5 or 10.0.0.0/8.");

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule);
    }
}
