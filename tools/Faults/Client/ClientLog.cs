using System.Text.Json;

namespace FaultRuns.Client;

/// <summary>One good answer that the client had.</summary>
/// <param name="At">When.</param>
/// <param name="Merchant">As whom it asked.</param>
/// <param name="Key">Under which key.</param>
/// <param name="OrderId">The order that it was told of.</param>
/// <param name="Status">The answer's status.</param>
/// <param name="Body">The answer as it came.</param>
/// <param name="Kind">What was ordered.</param>
/// <param name="Again">The key had its answer before.</param>
public sealed record Answer(DateTime At, string Merchant, string Key, Guid OrderId, int Status, string Body, string Kind, bool Again);

/// <summary>What the client was told, as JSON lines, written before anything is made of it.</summary>
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
