using System.Text;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Rates;

namespace OrderSaga.Payments;

/// <summary>Receives the gateway's webhooks. Anonymous: only the signature counts.</summary>
static class WebhookEndpoint
{
    const string SignatureForm = "v1,BASE64 of HMAC-SHA256 over id.timestamp.body; several separated by spaces";

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/webhooks/gateway", Receive)
            .WithName("ReceiveGatewayWebhook").WithTags("Webhooks").WithSummary("Receives the payment gateway's webhooks (Standard Webhooks)")
            .AllowAnonymous()
            .Accepts<GatewayEvent>("application/json").Produces(StatusCodes.Status200OK)
            .RequestExample(new
            {
                type = "authorization.succeeded",
                timestamp = "2026-01-31T09:40:00Z",
                data = new { authorizationId = "auth_0199f0a07c1e7000", reference = "0199f0a0-7c1e-7000-8000-000000000001", amount = 2500, currency = "EUR" },
            })
            .AcceptsHeader("webhook-id", true, "The same for every delivery of one webhook", "msg_0199f0a07c1e7000")
            .AcceptsHeader("webhook-timestamp", true, "Seconds since 1970; at most Payments:WebhookToleranceSeconds (default 300) old or ahead", "1769860800")
            .AcceptsHeader("webhook-signature", true, SignatureForm, "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=")
            .ProducesProblem(ProblemTypes.WebhookSignature);

    static async Task<IResult> Receive(
        HttpContext http, WebhookReceiver receiver, GatewaySettings gateway, PaymentsSettings settings, TimeProvider clock,
        LogSampler<WebhookReceiver> sampler, ILogger<WebhookReceiver> log)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var given = http.Request.Headers;
        var headers = new WebhookHeaders(given["webhook-id"], given["webhook-timestamp"], given["webhook-signature"]);
        var window = TimeSpan.FromSeconds(settings.WebhookToleranceSeconds);
        if (WebhookSignature.Refuse(headers, body.ToArray(), gateway.WebhookSecrets, clock.GetUtcNow(), window) is { } reason)
            throw Refused(reason, http, sampler, log);

        http.Response.OnCompleted(() =>
        {
            FailPoint.Hit("payments.webhook-answered");
            return Task.CompletedTask;
        });
        FailPoint.Hit("payments.webhook-signed");
        // PostgreSQL cannot store U+0000.
        await receiver.Receive(headers.Id!, Encoding.UTF8.GetString(body.ToArray()).Replace('\0', '\ufffd'));
        FailPoint.Hit("payments.webhook-stored");
        return Results.Ok();
    }

    /// <summary>Anybody can send a webhook that is refused.</summary>
    static Problem Refused(string reason, HttpContext http, LogSampler<WebhookReceiver> sampler, ILogger log)
    {
        PaymentsMetrics.Webhook("refused");
        if (sampler.Takes("refused", out var skipped))
            log.LogWarning("Refused a webhook from {Address}: {Reason}; {Skipped} more were not logged", http.Connection.RemoteIpAddress, reason, skipped);
        return new Problem(
            ProblemTypes.WebhookSignature, $"{reason}. Nothing was changed. Sign it with the current secret and the time of this delivery.");
    }
}
