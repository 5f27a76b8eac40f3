using System.Text.Json;

namespace Reconciler.Job;

/// <summary>Findings about the settlement file of a day: always a case for an operator.</summary>
static class FileFinding
{
    const string FileIsComplete = "A settlement file is complete and consistent, and settles nothing twice.";
    const string FileDoesNotChange = "A settlement file does not change after its delivery.";
    const string FileArrivesInTime = "The settlement file of each day on which money moved arrives in time.";

    public static Finding Refused(DateOnly day, Refusal refusal) => refusal.DiffersFromImported
        ? Of(Classes.SettlementFileChanged, day, FileDoesNotChange, refusal.Evidence)
        : Of(Classes.SettlementFileRefused, day, FileIsComplete, refusal.Evidence);

    public static Finding Late(LateDay late) => Of(Classes.SettlementFileMissing, late.Day, FileArrivesInTime, late) with
    {
        FingerprintText = JsonSerializer.Serialize(late.Moved),
    };

    public static string Subject(DateOnly day) => $"settlement {day:yyyy-MM-dd}";

    static Finding Of(string name, DateOnly day, string rule, object evidence) => new(
        name, Severity.High, null, Subject(day), rule, JsonSerializer.Serialize(evidence, WebJson.Options), Remedy.Case, 0, null);
}
