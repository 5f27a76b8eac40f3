using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Http;

namespace Reconciler.Job;

static class FindingsEndpoint
{
    public static void Map(RouteGroupBuilder runs) => runs.MapGet("/{id}/findings", List)
        .WithName("ListFindings").WithSummary("What a run found, class by class")
        .Produces<Page<FindingView>>().ResponseExample(200, new Page<FindingView>([Examples.Finding], "MDE5OWYwYTA"))
        .MayFail(400, "invalid-id", Ids.Bad).MayFail(404, "run-not-found", "There is no such run.")
        .MayFail(400, "invalid-parameter", "A query parameter is not valid.").MayFail(400, "unknown-parameter", "A query parameter is not known.")
        .MayFail(400, "invalid-cursor", "The cursor is not valid.");

    static async Task<Page<FindingView>> List(
        [Description("The run's id.")] string id, [AsParameters] Filter filter, HttpContext http, RunTable runs, ReconcilerDb db)
    {
        Query.Knows(http, "class", "outcome", "cursor", "limit");
        var limit = Query.Limit(filter.Limit);
        var run = await RunEndpoints.Find(id, runs);
        var rows = db.Findings.AsNoTracking().Where(finding => finding.RunId == run.Id);
        if (filter.Class is { } @class)
            rows = @class.Contains('\0', StringComparison.Ordinal)
                ? throw Query.Invalid("class", "Give a class as the report names it.")
                : rows.Where(finding => finding.Class == @class);
        if (filter.Outcome is { } outcome)
            rows = Enum.TryParse<FindingOutcome>(outcome, out var wanted) && Enum.IsDefined(wanted)
                ? rows.Where(finding => finding.Outcome == wanted)
                : throw Query.Invalid("outcome", $"Give one of {string.Join(", ", Enum.GetNames<FindingOutcome>())}.");
        if (Query.Cursor(filter.Cursor, text => text.Contains('\0', StringComparison.Ordinal) ? null : text) is { } after)
            rows = rows.Where(finding => string.Compare(finding.Key, after) > 0);
        var read = await rows.OrderBy(finding => finding.Key).Take(limit + 1).ToListAsync(http.RequestAborted);
        return Page<FindingView>.Of(read, limit, FindingView.Of, finding => Query.Cursor(finding.Key));
    }

    internal sealed class Filter
    {
        [FromQuery(Name = "class"), Description("Only this class.")]
        public string? Class { get; init; }

        [FromQuery(Name = "outcome"), Description("Only with this outcome, e.g. Repaired.")]
        public string? Outcome { get; init; }

        [FromQuery(Name = "cursor"), Description("nextCursor of the page before.")]
        public string? Cursor { get; init; }

        [FromQuery(Name = "limit"), Description("Findings on the page: 1 to 100, default 50.")]
        public string? Limit { get; init; }
    }
}
