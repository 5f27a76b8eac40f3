using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Http;

namespace Reconciler.Job;

static class FindingsEndpoint
{
    public static void Map(RouteGroupBuilder runs) => runs.MapGet("/{id}/findings", List)
        .WithName("ListFindings").WithSummary("The findings of a run, by class").LimitRate(QueryCost.Page)
        .Produces<Page<FindingView>>().ResponseExample(200, new Page<FindingView>([Examples.Finding], "MDE5OWYwYTA"))
        .ProducesProblem(ProblemTypes.InvalidId, ProblemTypes.RunNotFound);

    static async Task<Page<FindingView>> List(
        [Description("The run's id.")] string id, [AsParameters] Filter filter, HttpContext http, RunTable runs, ReconcilerDb db)
    {
        var run = await RunEndpoints.Find(id, runs);
        var rows = db.Findings.AsNoTracking().Where(finding => finding.RunId == run.Id);
        if (Query.OneOf("class", filter.Class, Classes.All) is { } @class)
            rows = rows.Where(finding => finding.Class == @class);
        if (Query.OneOf<FindingOutcome>("outcome", filter.Outcome) is { } outcome)
            rows = rows.Where(finding => finding.Outcome == outcome);
        var list = $"findings {run.Id}";
        if (filter.After(list, text => text.Contains('\0', StringComparison.Ordinal) ? null : text) is { } after)
            rows = rows.Where(finding => string.Compare(finding.Key, after) > 0);
        return await filter.Read(list, rows.OrderBy(finding => finding.Key), FindingView.Of, finding => finding.Key, http.RequestAborted);
    }

    internal sealed class Filter : Paging
    {
        [FromQuery(Name = "class"), Description("Only findings of this class.")]
        public string? Class { get; init; }

        [FromQuery(Name = "outcome"), Description("Only findings with this outcome, e.g. Repaired.")]
        public string? Outcome { get; init; }
    }
}
