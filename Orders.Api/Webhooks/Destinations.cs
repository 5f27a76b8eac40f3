using System.Net;
using System.Net.Sockets;
using OrderSaga.Platform.Http;

namespace Orders.Api.Webhooks;

/// <summary>Looks a host's addresses up.</summary>
delegate Task<IPAddress[]> Resolve(string host, CancellationToken cancel);

/// <summary>A merchant's url may lead to the public internet only. What counts is the address that is connected to, each time.</summary>
sealed class Destinations(WebhookSettings settings, Resolve resolve)
{
    public const string Title = "The url is not valid.";
    const int MostCharacters = 500;

    /// <summary>What can be said of a url without looking anything up; a name that leads inside is refused when it is connected to.</summary>
    /// <exception cref="Problem">400: the url breaks a rule.</exception>
    public string Check(string? url)
    {
        if (url is not { Length: > 0 and <= MostCharacters } || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
            throw Invalid($"Give an absolute https url of at most {MostCharacters} characters.");
        if (uri.Scheme == "http" && !settings.AllowHttp)
            throw Invalid("Give an https url: events name your orders.");
        if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
            throw Invalid("Give a url without user, password and fragment; deliveries are signed.");
        if (IPAddress.TryParse(uri.DnsSafeHost, out var address) && !IsAllowed(uri.DnsSafeHost, address))
            throw Invalid("Give a url on the public internet.");
        return uri.AbsoluteUri.Length <= MostCharacters ? uri.AbsoluteUri : throw Invalid($"Give a url of at most {MostCharacters} characters.");
    }

    /// <summary>For SocketsHttpHandler: connects to an address that was checked, not to a name that could mean another by then.</summary>
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

    /// <summary>No such name and a name that leads inside are told in the same words: which names exist inside is nobody's business.</summary>
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

    bool IsAllowed(string host, IPAddress address) => PublicAddress.Is(address) || settings.PrivateHosts.Contains(host, StringComparer.OrdinalIgnoreCase);

    static Problem Invalid(string what) => new(400, "invalid-url", Title, what) { Errors = [new("/url", what)] };
}
