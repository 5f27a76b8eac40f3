using System.Text.Json;
using OrderSaga.Platform;

namespace Reconciler.Job;

/// <summary>Finding about the settlement file of a day: always a case for an operator.</summary>
static class FileFinding
{
    public static Finding Of(string name, DateOnly day, string rule, object evidence) => new(
        name, Severity.High, null, Subject(day), rule, JsonSerializer.Serialize(evidence, WebJson.Options), Remedy.Case, 0, null);

    public static string Subject(DateOnly day) => $"settlement {day:yyyy-MM-dd}";
}
