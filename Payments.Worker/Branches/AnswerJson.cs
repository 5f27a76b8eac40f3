using System.Text.Json;
using OrderSaga.Contracts;
using OrderSaga.Platform;

namespace OrderSaga.Payments;

/// <summary>Serializes this participant's answers.</summary>
static class AnswerJson
{
    /// <summary><c>{"message":"PaymentDeclined","content":{...}}</c></summary>
    public static string Json(IOrderMessage answer) =>
        JsonSerializer.Serialize(new { message = answer.GetType().Name, content = (object)answer }, WebJson.Options);
}
