using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using OrderSaga.Platform.Http;

namespace Reconciler.Job;

/// <summary>GET /reconciliation/runs/{id}/report; format by ?format=, otherwise by the Accept header.</summary>
static class ReportEndpoint
{
    const string Html = "text/html";
    const string Csv = "text/csv";
    const string Json = "application/json";
    static readonly string[] Formats = ["html", "csv", "json"];

    public static void Map(RouteGroupBuilder runs) => runs.MapGet("/{id}/report", Get)
        .WithName("GetReconciliationReport").WithSummary("The report of a run: HTML to read and print, CSV for a spreadsheet, JSON for programs")
        .LimitRate().WithoutDeadline()
        .Produces<RunReport>(200, Json, Html, Csv).ResponseExample(200, Examples.Report)
        .AcceptsHeader("Accept", false, "text/html (the default), text/csv or application/json; the parameter format overrides it.", Html)
        .ProducesProblem(ProblemTypes.InvalidId, ProblemTypes.RunNotFound, ProblemTypes.FormatNotOffered);

    static async Task<IResult> Get(
        [Description("The run's id.")] string id,
        [FromQuery(Name = "format"), Description("html, csv or json.")] string? format,
        HttpContext http, RunTable runs, ReportReader reader)
    {
        var type = Type(format, http.Request.GetTypedHeaders().Accept);
        var run = await RunEndpoints.Find(id, runs);
        if (type == Csv)
        {
            http.Response.Headers.ContentDisposition = $"attachment; filename=reconciliation-{run.Day:yyyy-MM-dd}-{run.Id}.csv";
            return Results.Stream(body => ReportCsv.Write(body, run, reader.All(run.Id), http.RequestAborted), Csv + "; charset=utf-8");
        }

        var report = await reader.Read(run, http.RequestAborted);
        if (type == Json)
            return Results.Json(report);
        // The page loads nothing and runs no script, whatever the ledgers contain.
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";
        return Results.Text(ReportPage.Of(report).Markup, Html + "; charset=utf-8");
    }

    static string Type(string? format, IList<MediaTypeHeaderValue> accepted) => Query.OneOf(nameof(format), format, Formats) switch
    {
        "html" => Html,
        "csv" => Csv,
        not null => Json,
        null when accepted.Count == 0 => Html,
        null => accepted.OrderByDescending(requested => requested.Quality ?? 1).Select(Offered).FirstOrDefault(type => type is not null)
            ?? throw new Problem(
                ProblemTypes.FormatNotOffered, "Accept text/html, text/csv or application/json, or use ?format=html, csv or json."),
    };

    static string? Offered(MediaTypeHeaderValue requested) =>
        new[] { Html, Csv, Json }.FirstOrDefault(type => new MediaTypeHeaderValue(type).IsSubsetOf(requested));
}
