using System.Text.Json;

namespace FaultRuns.Client;

/// <summary>One successful response to the client.</summary>
/// <param name="At">When.</param>
/// <param name="Merchant">The merchant who called.</param>
/// <param name="Key">The key.</param>
/// <param name="OrderId">The order in the response.</param>
/// <param name="Status">The status of the response.</param>
/// <param name="Body">The body as received.</param>
/// <param name="Kind">What was ordered.</param>
/// <param name="Again">The key already had its response.</param>
public sealed record Answer(DateTime At, string Merchant, string Key, Guid OrderId, int Status, string Body, string Kind, bool Again);

/// <summary>The client's responses as JSON lines, written before they are used.</summary>
public sealed class ClientLog(string file) : IDisposable
{
    readonly StreamWriter lines = new(file, append: false) { AutoFlush = true };
    readonly Lock gate = new();

    public void Write(Answer answer)
    {
        lock (gate)
            lines.WriteLine(JsonSerializer.Serialize(answer, JsonSerializerOptions.Web));
    }

    public void Dispose() => lines.Dispose();
}
