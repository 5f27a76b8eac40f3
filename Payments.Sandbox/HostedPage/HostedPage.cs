using Microsoft.EntityFrameworkCore;

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
        var payment = await db.Operations.AsNoTracking().SingleOrDefaultAsync(x => x.Id == id && x.Url != null, cancel);
        context.Response.Headers.ContentSecurityPolicy = PageHtml.ContentSecurityPolicy;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return Results.Text(PageHtml.Of(payment, clock.GetUtcNow().UtcDateTime), "text/html; charset=utf-8", statusCode: payment is null ? 404 : 200);
    }

    /// <summary>Pressed twice, too late or after a void: the page shows the actual result.</summary>
    static Func<string, HttpContext, Ledger, Task<IResult>> Press(Verdict verdict) => async (id, context, ledger) =>
    {
        var outcome = await ledger.Do(new Conclude(id, verdict));
        context.Response.Headers.CacheControl = "no-store";
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = $"{Path}{Uri.EscapeDataString(outcome.Operation?.Id ?? id)}";
        return Results.Empty;
    };
}
