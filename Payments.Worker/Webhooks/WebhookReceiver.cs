using OrderSaga.Platform.Processing;
using Serilog.Context;

namespace OrderSaga.Payments;

/// <summary>Stores a webhook once by its id, and in the same transaction makes its payment attempt due.</summary>
sealed class WebhookReceiver(UnitOfWork<PaymentsDb> unitOfWork, TimeProvider clock, ILogger<WebhookReceiver> log)
{
    const string Cause = "webhook";

    /// <summary>Returns the outcome.</summary>
    public async Task<string> Receive(string gateway, string id, string body)
    {
        var received = GatewayEvent.Read(body);
        var orderId = Guid.TryParse(received?.Data?.Reference, out var reference) ? reference : Guid.Empty;
        using var order = LogContext.PushProperty("OrderId", orderId);
        var outcome = await unitOfWork.Run(work => Store(work, gateway, id, body, received, orderId));
        PaymentsMetrics.Webhook(outcome, gateway);
        if (outcome == WebhookRule.Mismatch)
            log.LogError("Webhook {WebhookId} has a valid signature but contradicts order {OrderId}; ignored: {Body}", id, orderId, body);
        else
            log.LogInformation("Webhook {WebhookId} about order {OrderId}: {Outcome}", id, orderId, outcome);
        return outcome;
    }

    async Task<string> Store(UnitOfWorkContext work, string gateway, string id, string body, GatewayEvent? received, Guid orderId)
    {
        var db = (PaymentsDb)work.Db;
        var storedId = Webhook.IdOf(gateway, id);
        if (await db.Webhooks.FindAsync(storedId) is not null)
            return "seen before";

        var rows = work.Services.GetRequiredService<PaymentRows>();
        await rows.Load(work, [orderId]);
        var (branch, authorization) = (rows.Branch(orderId), rows.Attempt(orderId, Operation.Authorize, gateway));
        var outcome = WebhookRule.Decide(received, branch, authorization);
        db.Webhooks.Add(new Webhook
        {
            Id = storedId,
            OrderId = orderId == Guid.Empty ? null : orderId,
            ReceivedAt = clock.GetUtcNow().UtcDateTime,
            Body = body,
            Outcome = outcome,
        });
        if (outcome == WebhookRule.Accepted)
            work.Services.GetRequiredService<AttemptSteps>().Reopen(branch!, authorization!, Cause, poll: !WebhookRule.ReportsPayment(received!));
        return outcome;
    }
}
