using System.Text.Json;
using OrderSaga.Platform.Common;

namespace OrderSaga.Payments;

/// <summary>Serializes this participant's answers.</summary>
static class AnswerJson
{
    /// <summary><c>{"message":"PaymentDeclined","content":{...}}</c></summary>
    public static string Json(object answer) =>
        JsonSerializer.Serialize(new { message = answer.GetType().Name, content = answer }, WebJson.Options);
}
