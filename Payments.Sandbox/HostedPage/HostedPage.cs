using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Http;

namespace OrderSaga.Sandbox;

/// <summary>The page where a customer pays or declines. Without scripts: two forms and a redirect to the result.</summary>
static class HostedPage
{
    public const string Path = "/sandbox/pay/";

    public static void MapHostedPage(this IEndpointRouteBuilder sandbox)
    {
        var pages = sandbox.MapGroup("/pay").AllowAnonymous();
        pages.MapGet("/{id}", Show);
        pages.MapPost("/{id}/pay", Press(new Verdict(Statuses.Succeeded)));
        pages.MapPost("/{id}/decline", Press(new Verdict(Statuses.Declined, "declined by the customer")));
    }

    static async Task<IResult> Show(string id, HttpContext context, SandboxDb db, TimeProvider clock, CancellationToken cancel)
    {
        var payment = await Find(db, id, cancel);
        context.Response.Headers.ContentSecurityPolicy = PageHtml.ContentSecurityPolicy;
        // Not no-referrer: a browser would then send the page's own forms with the origin "null".
        context.Response.Headers["Referrer-Policy"] = "same-origin";
        return Results.Text(PageHtml.Of(payment, clock.GetUtcNow().UtcDateTime), "text/html; charset=utf-8", statusCode: payment is null ? 404 : 200);
    }

    /// <summary>Pressed twice, too late or after a void: the page shows the actual result.</summary>
    static Func<string, HttpContext, SandboxDb, Ledger, CancellationToken, Task<IResult>> Press(Verdict verdict) => async (id, context, db, ledger, cancel) =>
    {
        if (IsCrossSite(context.Request))
            throw new Problem(ProblemTypes.CrossSite, "Open the payment page, and press the button there.");
        // No key is needed here: an unknown id must not cost a write.
        if (await Find(db, id, cancel) is not null)
            await ledger.Do(new Conclude(id, verdict));
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = Path + Uri.EscapeDataString(id);
        return Results.Empty;
    };

    static Task<GatewayOperation?> Find(SandboxDb db, string id, CancellationToken cancel) =>
        db.Operations.AsNoTracking().SingleOrDefaultAsync(x => x.Id == id && x.Url != null, cancel);

    /// <summary>A browser says which site sent the form; older browsers say only its origin. Other programs say neither.</summary>
    static bool IsCrossSite(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString() switch
    {
        "same-origin" or "none" => false,
        "" => request.Headers.Origin.ToString() is { Length: > 0 } origin
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var site) && site.Authority == request.Host.Value),
        _ => true,
    };
}
