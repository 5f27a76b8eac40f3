using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform;
using OrderSaga.Platform.Http;

namespace Reconciler.Job;

static class FindingsEndpoint
{
    public static void Map(RouteGroupBuilder runs) => runs.MapGet("/{id}/findings", List)
        .WithName("ListFindings").WithSummary("The findings of a run, by class")
        .Produces<Page<FindingView>>().ResponseExample(200, new Page<FindingView>([Examples.Finding], "MDE5OWYwYTA"))
        .ProducesProblem(ProblemTypes.InvalidId, ProblemTypes.RunNotFound, ProblemTypes.InvalidCursor);

    static async Task<Page<FindingView>> List(
        [Description("The run's id.")] string id, [AsParameters] Filter filter, HttpContext http, RunTable runs, ReconcilerDb db)
    {
        var limit = Query.Limit(filter.Limit);
        var run = await RunEndpoints.Find(id, runs);
        var rows = db.Findings.AsNoTracking().Where(finding => finding.RunId == run.Id);
        if (filter.Class is { } @class)
            rows = Classes.All.Contains(@class)
                ? rows.Where(finding => finding.Class == @class)
                : throw Query.Invalid("class", $"Use one of {string.Join(", ", Classes.All)}.");
        if (filter.Outcome is { } outcome)
            rows = EnumNames.Find<FindingOutcome>(outcome) is { } wanted
                ? rows.Where(finding => finding.Outcome == wanted)
                : throw Query.Invalid("outcome", $"Use one of {EnumNames.List<FindingOutcome>()}.");
        var list = $"findings {run.Id}";
        if (Query.Cursor(list, filter.Cursor, text => text.Contains('\0', StringComparison.Ordinal) ? null : text) is { } after)
            rows = rows.Where(finding => string.Compare(finding.Key, after) > 0);
        var read = await rows.OrderBy(finding => finding.Key).Take(limit + 1).ToListAsync(http.RequestAborted);
        return Page<FindingView>.Of(read, limit, FindingView.Of, finding => Query.Cursor(list, finding.Key));
    }

    internal sealed class Filter
    {
        [FromQuery(Name = "class"), Description("Only findings of this class.")]
        public string? Class { get; init; }

        [FromQuery(Name = "outcome"), Description("Only findings with this outcome, e.g. Repaired.")]
        public string? Outcome { get; init; }

        [FromQuery(Name = "cursor"), Description("nextCursor of the previous page.")]
        public string? Cursor { get; init; }

        [FromQuery(Name = "limit"), Description("Findings per page: 1 to 100, default 50.")]
        public string? Limit { get; init; }
    }
}
