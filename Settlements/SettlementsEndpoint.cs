using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using OrderSaga.Platform.Http;

namespace OrderSaga.Settlements;

/// <summary>Result of an upload.</summary>
/// <param name="Day">The UTC day of the file.</param>
/// <param name="Outcome">Taken; Replaced: it replaced another file; or Known: the same file was imported before.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Skipped">Rows already imported with another day's file.</param>
/// <param name="Kinds">Its rows by kind and currency.</param>
/// <param name="Difference">Difference to the replaced file.</param>
public sealed record IntakeView(DateOnly Day, string Outcome, long Rows, long Skipped, IReadOnlyList<KindSum> Kinds, FileDifference? Difference);

/// <summary>/settlements: upload and correction of files that cannot be fetched from the gateway.</summary>
public static class SettlementsEndpoint
{
    const string Csv = "text/csv";

    static readonly IntakeView Example = new(
        new DateOnly(2026, 1, 30), nameof(IntakeOutcome.Taken), 18_211, 0, [new KindSum("capture", "EUR", 18_211, 45_527_500, 1_092_660)], null);

    static readonly FileView File = new(
        new DateOnly(2026, 1, 30), new string('a', 64), 18_211, new DateTime(2026, 1, 31, 1, 0, 0, DateTimeKind.Utc), Example.Kinds, []);

    public static void MapSettlements<TDb>(this IEndpointRouteBuilder app) where TDb : SettlementDb
    {
        var files = app.MapGroup("/settlements").WithTags("Reconciliation").RequireRole(Roles.Operator);
        files.MapPost("", Import<TDb>)
            .WithName("HandInSettlement").WithSummary("Uploads the gateway's settlement file of a day as CSV, or replaces the imported one").WithoutDeadline()
            .Accepts<string>(Csv).RequestExample(SettlementCsv.Header + "\r\n...")
            .Produces<IntakeView>().ResponseExample(200, Example)
            .ProducesProblem(
                ProblemTypes.SettlementDate, ProblemTypes.SettlementReplacement, ProblemTypes.InvalidReason,
                ProblemTypes.SettlementChanged, ProblemTypes.SettlementRefused);
        files.MapGet("/{date}", Get<TDb>)
            .WithName("GetSettlement").WithSummary("The settlement file of a day: its rows by kind, and earlier files")
            .Produces<FileView>().ResponseExample(200, File)
            .ProducesProblem(ProblemTypes.SettlementDate, ProblemTypes.SettlementNotFound);
        files.MapPost("/{date}/void", Void<TDb>)
            .WithName("VoidSettlement").WithSummary("Voids a settlement file: it no longer counts, and its day is due again")
            .RequestExample(new OperatorReason("it was the file of another account")).Produces<FileView>().ResponseExample(200, File)
            .ProducesProblem(ProblemTypes.SettlementDate, ProblemTypes.InvalidReason, ProblemTypes.SettlementNotFound);
    }

    static async Task<IntakeView> Import<TDb>(
        [FromQuery(Name = "date"), Description("The UTC day of the file, yyyy-MM-dd.")] string? date,
        [FromQuery(Name = "replaces"), Description("SHA-256 of the file to replace, hex; see GET /settlements/{date}.")] string? replaces,
        [FromQuery(Name = "reason"), Description("Reason of the replacement, 1 to 300 characters; required with replaces.")] string? reason,
        HttpContext http, SettlementIntake<TDb> intake, SettlementFiles<TDb> files, SettlementSettings settings)
        where TDb : SettlementDb
    {
        var day = Day(date, "Send the UTC day of the file: ?date=yyyy-MM-dd, e.g. ?date=2026-01-30.");
        var delivery = Replacement(OperatorReason.By(http), replaces, reason);
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = settings.MaxFileMegabytes * 1024L * 1024;
        await using var file = await OnDisk(http);
        var taken = await intake.Import(day, file, delivery, http.RequestAborted);
        return taken.Outcome == IntakeOutcome.Refused ? throw Explain(taken.Refusal!)
            : new IntakeView(taken.Day, taken.Outcome.ToString(), taken.Rows, taken.Skipped, await files.Kinds(day), taken.Difference);
    }

    static async Task<FileView> Get<TDb>([Description("The UTC day, yyyy-MM-dd.")] string date, SettlementFiles<TDb> files)
        where TDb : SettlementDb =>
        await files.Find(Day(date, InvalidDay)) ?? throw Missing(date);

    static async Task<FileView> Void<TDb>(
        [Description("The UTC day, yyyy-MM-dd.")] string date, OperatorReason? request, HttpContext http, SettlementFiles<TDb> files)
        where TDb : SettlementDb =>
        await files.Void(Day(date, InvalidDay), OperatorReason.By(http), OperatorReason.Check(request?.Reason)) ?? throw Missing(date);

    const string InvalidDay = "Use a UTC day as yyyy-MM-dd, e.g. 2026-01-30.";

    static DateOnly Day(string? text, string say) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
            : throw new Problem(ProblemTypes.SettlementDate, say);

    static FileDelivery Replacement(string by, string? replaces, string? reason)
    {
        if (replaces is null && reason is null)
            return new FileDelivery(by);
        if (replaces is not { Length: 64 } || !replaces.All(char.IsAsciiHexDigit))
            throw new Problem(ProblemTypes.SettlementReplacement,
                "Set ?replaces= to the SHA-256 of the imported file, 64 hex digits; see GET /settlements/{date}.");
        return new FileDelivery(by, replaces.ToLowerInvariant(), OperatorReason.Check(reason));
    }

    /// <summary>On disk, because it is read twice and may not fit in memory.</summary>
    static async Task<FileStream> OnDisk(HttpContext http)
    {
        var file = new FileStream(
            Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 81920, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        await http.Request.Body.CopyToAsync(file, http.RequestAborted);
        file.Position = 0;
        return file;
    }

    static Problem Missing(string date) => new(
        ProblemTypes.SettlementNotFound, $"{date} has no imported settlement file. Upload one with POST /settlements.");

    static Problem Explain(Refusal refusal) => new(
        refusal.DiffersFromImported ? ProblemTypes.SettlementChanged : ProblemTypes.SettlementRefused,
        $"{(refusal.Line > 0 ? $"Line {refusal.Line}: " : "")}{refusal.Reason}. Nothing was imported. " + (refusal.DiffersFromImported
            ? "If the new file is correct, upload it with ?replaces=SHA256&reason=..."
            : "Get the complete file again."));
}
