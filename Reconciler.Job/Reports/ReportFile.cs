using System.Text;
using System.Text.Json;
using OrderSaga.Platform;

namespace Reconciler.Job;

/// <summary>The report as a file, by the file's ending.</summary>
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
