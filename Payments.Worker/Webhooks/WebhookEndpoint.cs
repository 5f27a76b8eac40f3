using System.Text;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Rates;

namespace OrderSaga.Payments;

/// <summary>Receives the gateway's webhooks. Anonymous: only the signature counts.</summary>
static class WebhookEndpoint
{
    const string SignatureForm = "v1,BASE64 of HMAC-SHA256 over id.timestamp.body; several separated by spaces";

    public static void Map(IEndpointRouteBuilder app)
    {
        Describe(app.MapPost("/webhooks/gateway", (HttpContext http, WebhookParts parts) => Receive(GatewaySettings.Main, http, parts)))
            .WithName("ReceiveGatewayWebhook").WithSummary("Receives the payment gateway's webhooks (Standard Webhooks)");
        Describe(app.MapPost("/webhooks/gateway/{gateway}", (string gateway, HttpContext http, WebhookParts parts) => Receive(gateway, http, parts)))
            .WithName("ReceiveNamedGatewayWebhook").WithSummary("Receives the webhooks of a gateway by its name in the settings");
    }

    static RouteHandlerBuilder Describe(RouteHandlerBuilder endpoint) =>
        endpoint.WithTags("Webhooks").AllowAnonymous()
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

    /// <summary>Each gateway signs with secrets of its own: the path says whose they are.</summary>
    static async Task<IResult> Receive(string gateway, HttpContext http, WebhookParts parts)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var given = http.Request.Headers;
        var headers = new WebhookHeaders(given["webhook-id"], given["webhook-timestamp"], given["webhook-signature"]);
        var window = TimeSpan.FromSeconds(parts.Settings.WebhookToleranceSeconds);
        var secrets = parts.Gateways.Settings(gateway)?.WebhookSecrets ?? [];
        if (WebhookSignature.Refuse(headers, body.ToArray(), secrets, parts.Clock.GetUtcNow(), window) is { } reason)
            throw Refused(reason, gateway, http, parts);

        http.Response.OnCompleted(() =>
        {
            FailPoint.Hit("payments.webhook-answered");
            return Task.CompletedTask;
        });
        FailPoint.Hit("payments.webhook-signed");
        // PostgreSQL cannot store U+0000.
        await parts.Receiver.Receive(gateway, headers.Id!, Encoding.UTF8.GetString(body.ToArray()).Replace('\0', '\ufffd'));
        FailPoint.Hit("payments.webhook-stored");
        return Results.Ok();
    }

    /// <summary>Anybody can send a webhook that is refused, also with the name of a gateway that does not exist.</summary>
    static Problem Refused(string reason, string gateway, HttpContext http, WebhookParts parts)
    {
        PaymentsMetrics.Webhook("refused", parts.Gateways.Settings(gateway) is null ? "unknown" : gateway);
        if (parts.Sampler.Takes("refused", out var skipped))
            parts.Log.LogWarning(
                "Refused a webhook from {Address}: {Reason}; {Skipped} more were not logged", http.Connection.RemoteIpAddress, reason, skipped);
        return new Problem(
            ProblemTypes.WebhookSignature, $"{reason}. Nothing was changed. Sign it with the current secret and the time of this delivery.");
    }
}

/// <summary>What receives webhooks.</summary>
sealed record WebhookParts(
    WebhookReceiver Receiver, GatewayBook Gateways, PaymentsSettings Settings, TimeProvider Clock, LogSampler<WebhookReceiver> Sampler,
    ILogger<WebhookReceiver> Log);
