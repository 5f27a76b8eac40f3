using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderSaga.Bench;

/// <summary>Every raw figure as JSON.</summary>
static class JsonReport
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static Task Write(string file, Options options, IReadOnlyList<Result> results) => File.WriteAllTextAsync(file, JsonSerializer.Serialize(new
    {
        at = TimeProvider.System.GetUtcNow(),
        machine = new
        {
            processors = Environment.ProcessorCount,
            memoryGigabytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30,
            os = RuntimeInformation.OSDescription,
            framework = RuntimeInformation.FrameworkDescription,
        },
        options,
        results = results.Select(result => new
        {
            result.Scenario,
            result.Contender,
            result.Mode,
            oursAgainstThis = Ratios(Table.Rival(results, result), result),
            result.Spreads,
            result.Runs,
            result.Findings,
            result.Notes,
        }),
    }, Json));

    /// <summary>Our median as a multiple of the other's.</summary>
    static Dictionary<string, double>? Ratios(Result? ours, Result other) => ours?.Spreads
        .Where(own => other.Spreads.TryGetValue(own.Key, out var theirs) && theirs.Median != 0)
        .ToDictionary(own => own.Key, own => own.Value.Median / other.Spreads[own.Key].Median);
}
