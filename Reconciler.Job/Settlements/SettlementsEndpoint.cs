using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using OrderSaga.Platform.Http;

namespace Reconciler.Job;

/// <summary>A settlement file that was handed in.</summary>
/// <param name="Day">The UTC day that it tells of.</param>
/// <param name="Outcome">Taken, or Known: the very same file was taken in before.</param>
/// <param name="Rows">Rows in it.</param>
sealed record IntakeView(DateOnly Day, string Outcome, long Rows);

/// <summary>POST /settlements?date=: for a gateway whose files come by mail, and for days that could not be fetched.</summary>
static class SettlementsEndpoint
{
    const string BadDate = "The settlement day is not valid.";
    const string Refused = "The settlement file is refused.";
    const string Csv = "text/csv";

    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/settlements", Take)
        .WithName("HandInSettlement").WithTags("Reconciliation").WithSummary("Hand in the gateway's settlement file of a day, as CSV")
        .RequireRole(Roles.Operator)
        .Accepts<string>(Csv).RequestExample(SettlementCsv.Header + "\r\n...")
        .Produces<IntakeView>().ResponseExample(200, new IntakeView(new DateOnly(2026, 1, 30), nameof(IntakeOutcome.Taken), 18_211))
        .MayFail(400, "settlement-date", BadDate)
        .MayFail(409, "settlement-changed", Refused).MayFail(422, "settlement-refused", Refused);

    static async Task<IntakeView> Take(
        [FromQuery(Name = "date"), Description("The UTC day that the file tells of, yyyy-MM-dd.")] string? date,
        HttpContext http, SettlementIntake intake, SettlementSettings settings)
    {
        if (!DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            throw new Problem(400, "settlement-date", BadDate, "Say which UTC day the file tells of: ?date=yyyy-MM-dd, e.g. ?date=2026-01-30.");

        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = settings.MostMegabytes * 1024L * 1024;
        await using var file = await OnDisk(http);
        var taken = await intake.Take(day, file, http.RequestAborted);
        return taken.Outcome == IntakeOutcome.Refused ? throw Why(taken) : new IntakeView(taken.Day, taken.Outcome.ToString(), taken.Rows);
    }

    /// <summary>It is read twice, and may be larger than the memory.</summary>
    static async Task<FileStream> OnDisk(HttpContext http)
    {
        var file = new FileStream(
            Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 81920, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        await http.Request.Body.CopyToAsync(file, http.RequestAborted);
        file.Position = 0;
        return file;
    }

    static Problem Why(Intake refused)
    {
        var evidence = System.Text.Json.Nodes.JsonNode.Parse(refused.Finding!.Evidence)!;
        var where = (long?)evidence["line"] is > 0 and var line ? $"Line {line}: " : "";
        var changed = refused.Finding.Class == Classes.SettlementFileChanged;
        return new Problem(
            changed ? 409 : 422, changed ? "settlement-changed" : "settlement-refused", Refused,
            $"{where}{evidence["reason"]}. Nothing of it was taken in. "
            + (changed ? "Ask the gateway which of the two is right." : "Fetch the file again, whole."));
    }
}
