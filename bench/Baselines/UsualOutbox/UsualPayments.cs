using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;

namespace OrderSaga.Bench;

/// <summary>HTTP client of the gateway; its idempotency key makes a retry after a failure harmless.</summary>
sealed class UsualGateway(HttpClient http)
{
    sealed record Operation(string Id, string Status);

    public Task<string> Authorize(TryAuthorizePayment message) => Post("v1/authorizations", $"{message.OrderId}:payment:authorize",
        new { reference = message.OrderId, message.Amount.Amount, message.Amount.Currency, message.Payment.Token });

    public Task<string> Capture(Guid order, string authorization) =>
        Post($"v1/authorizations/{authorization}/capture", $"{order}:payment:capture", new { });

    async Task<string> Post(string path, string key, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: JsonSerializerOptions.Web) };
        request.Headers.Add("Idempotency-Key", key);
        using var response = await http.SendAsync(request);
        var done = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Operation>(JsonSerializerOptions.Web);
        return done is { Status: "succeeded" } ? done.Id : throw new InvalidOperationException($"{key} is {done?.Status}.");
    }
}

/// <summary>Calls the gateway before the transaction; then saves branch, attempt and audit with the answer.</summary>
abstract class UsualPaymentStep<T>(UsualPaymentsDb db, UsualRelay relay, TimeProvider clock)
    : UsualConsumer<UsualPaymentsDb, T>(db, relay, UsualBus.Payments, clock) where T : class, IOrderMessage
{
    /// <summary>Writes in one transaction the rows that a system with a committed attempt before the call writes in two.</summary>
    protected void Record(Guid order, string operation, string gatewayId, string from, string during, string to, string cause)
    {
        Db.Attempts.Add(new UsualAttempt
        {
            IdempotencyKey = $"{order}:payment:{operation}", OrderId = order, Operation = operation, State = "Succeeded", GatewayId = gatewayId,
            Lease = order, Attempts = 1, CreatedAt = Now, UpdatedAt = Now,
        });
        Db.Audit("payment branch", order, from, during, cause, Now);
        Db.Audit("payment " + operation, order, "", "Sent", cause, Now);
        Db.Audit("payment " + operation, order, "Sent", "Succeeded", "gateway called", Now, gatewayId);
        Db.Audit("payment branch", order, during, to, $"gateway: {operation} succeeded", Now);
    }

    protected static string Answer(string message, Guid order) => $$$"""{"message":"{{{message}}}","content":{"orderId":"{{{order}}}"}}""";
}

sealed class UsualAuthorize(UsualPaymentsDb db, UsualRelay relay, TimeProvider clock, UsualGateway gateway)
    : UsualPaymentStep<TryAuthorizePayment>(db, relay, clock)
{
    protected override async Task Handle(TryAuthorizePayment message, UsualOutbox outbox)
    {
        var authorization = await gateway.Authorize(message);
        Db.Payments.Add(new UsualPayment
        {
            OrderId = message.OrderId, State = "Tried", Amount = message.Amount.Amount, AuthorizationId = authorization,
            Answer = Answer(nameof(PaymentAuthorized), message.OrderId), Version = 1, CreatedAt = Now, UpdatedAt = Now,
        });
        Record(message.OrderId, "authorize", authorization, "", "Trying", "Tried", nameof(TryAuthorizePayment));
        outbox.Publish(new PaymentAuthorized(message.OrderId));
    }
}

sealed class UsualCapture(UsualPaymentsDb db, UsualRelay relay, TimeProvider clock, UsualGateway gateway)
    : UsualPaymentStep<ConfirmPayment>(db, relay, clock)
{
    protected override async Task Handle(ConfirmPayment message, UsualOutbox outbox)
    {
        var payment = await Db.Payments.SingleAsync(row => row.OrderId == message.OrderId && row.State == "Tried");
        payment.CaptureId = await gateway.Capture(message.OrderId, payment.AuthorizationId!);
        (payment.State, payment.UpdatedAt, payment.Version) = ("Confirmed", Now, payment.Version + 1);
        payment.Answer = Answer(nameof(PaymentConfirmed), message.OrderId);
        Record(message.OrderId, "capture", payment.CaptureId, "Tried", "Confirming", "Confirmed", nameof(ConfirmPayment));
        outbox.Publish(new PaymentConfirmed(message.OrderId));
    }
}
