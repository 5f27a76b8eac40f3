using System.Text.Json;
using OrderSaga.Contracts;
using OrderSaga.Platform.Batches;

namespace OrderSaga.Payments;

/// <summary>The events that this participant answers with.</summary>
static class Answers
{
    /// <summary>Into the outbox, by its own type.</summary>
    public static Task Publish(Work work, IOrderMessage answer) => answer switch
    {
        PaymentAuthorized authorized => work.Publish(authorized),
        PaymentPending pending => work.Publish(pending),
        PaymentDeclined declined => work.Publish(declined),
        PaymentConfirmed confirmed => work.Publish(confirmed),
        PaymentRefused refused => work.Publish(refused),
        PaymentCancelled cancelled => work.Publish(cancelled),
        _ => throw new ArgumentOutOfRangeException(nameof(answer), answer.GetType().Name, null),
    };

    /// <summary><c>{"message":"PaymentDeclined","content":{...}}</c></summary>
    public static string Json(IOrderMessage answer) =>
        JsonSerializer.Serialize(new { message = answer.GetType().Name, content = (object)answer }, JsonSerializerOptions.Web);
}
