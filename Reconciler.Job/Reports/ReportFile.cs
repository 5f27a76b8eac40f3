using System.Text;
using System.Text.Json;
using OrderSaga.Platform;

namespace Reconciler.Job;

/// <summary>Writes the report to a file in the format of its ending.</summary>
static class ReportFile
{
    static readonly JsonSerializerOptions Json = WebJson.Indented;

    public static async Task Write(Stream output, string ending, ReconciliationRun run, ReportReader reader, CancellationToken cancel = default)
    {
        switch (ending)
        {
            case ".csv":
                await ReportCsv.Write(output, run, reader.All(run.Id), cancel);
                break;
            case ".json":
                await JsonSerializer.SerializeAsync(output, await reader.Read(run, cancel), Json, cancel);
                break;
            default:
                await output.WriteAsync(Encoding.UTF8.GetBytes(ReportPage.Of(await reader.Read(run, cancel)).Markup), cancel);
                break;
        }
    }
}
