using System.Net;

namespace OrderSaga.Payments;

/// <summary>
/// A request body that knows whether it was begun. As long as it was not, the gateway cannot have executed the request, whatever the failure is:
/// no name, no connection, no TLS, no time.
/// </summary>
sealed class WatchedBody : HttpContent
{
    readonly HttpContent body;

    public WatchedBody(HttpContent body)
    {
        this.body = body;
        Headers.ContentType = body.Headers.ContentType;
        Headers.ContentLength = body.Headers.ContentLength;
    }

    public bool Begun { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Begun = true;
        return body.CopyToAsync(stream, context, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Headers.ContentLength ?? 0;
        return body.Headers.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            body.Dispose();
        base.Dispose(disposing);
    }
}
