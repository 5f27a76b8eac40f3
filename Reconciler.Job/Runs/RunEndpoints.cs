using System.ComponentModel;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Http;

namespace Reconciler.Job;

/// <summary>The run to start.</summary>
/// <param name="Kind"><c>full</c> (default), <c>rolling</c> (orders changed since the previous run) or <c>order</c>.</param>
/// <param name="Date">The settlement day, yyyy-MM-dd; default: yesterday, UTC.</param>
/// <param name="OrderId">The order of kind <c>order</c>.</param>
/// <param name="DryRun">Report only. Default: the opposite of <c>Reconciliation:RepairEnabled</c>.</param>
sealed record StartRun(string? Kind = null, string? Date = null, Guid? OrderId = null, bool? DryRun = null);

static class RunEndpoints
{
    public static void Map(RouteGroupBuilder runs)
    {
        runs.MapPost("", Start)
            .WithName("StartReconciliation").WithSummary("Starts a reconciliation in the background")
            .Produces<RunView>(202).RequestExample(new StartRun("full", "2026-01-30", DryRun: true)).ResponseExample(202, Examples.Running)
            .ProducesProblem(ProblemTypes.InvalidRun, ProblemTypes.RunInProgress);
        runs.MapGet("", List)
            .WithName("ListReconciliations").WithSummary("Runs, newest first").LimitRate(QueryCost.Page)
            .Produces<Page<RunView>>().ResponseExample(200, new Page<RunView>([Examples.Completed], "MjAyNi0wMS0zMQ"));
        runs.MapGet("/{id}", Get)
            .WithName("GetReconciliation").WithSummary("One run: its state, counts and duration")
            .Produces<RunView>().ResponseExample(200, Examples.Completed)
            .ProducesProblem(ProblemTypes.InvalidId, ProblemTypes.RunNotFound);
        FindingsEndpoint.Map(runs);
        ReportEndpoint.Map(runs);
    }

    static async Task<IResult> Start(StartRun? request, HttpContext http, RunStarter begin, RunWorker worker, ReconciliationSettings settings,
        TimeProvider clock)
    {
        try
        {
            var run = await begin.Begin(Request(request ?? new StartRun(), http.User.Identity!.Name!, settings, clock));
            worker.Wake();
            return Results.Accepted($"/reconciliation/runs/{run!.Id}", RunView.Of(run, clock.GetUtcNow().UtcDateTime));
        }
        catch (RunInProgressException other)
        {
            throw new Problem(ProblemTypes.RunInProgress,
                $"Run {other.Run.Id} is {other.Run.State}. Follow it at /reconciliation/runs/{other.Run.Id}, and start this run when it has finished.")
            {
                RetryAfter = 10,
            };
        }
    }

    static RunRequest Request(StartRun request, string by, ReconciliationSettings settings, TimeProvider clock)
    {
        var kind = request.Kind is null ? RunKind.Full
            : EnumNames.Find<RunKind>(request.Kind, kind => kind.ToString().ToLowerInvariant()) ?? throw Invalid("/kind", "Use full, rolling or order.");
        if ((kind == RunKind.Order) != (request.OrderId is not null) || request.OrderId == Guid.Empty)
            throw Invalid("/orderId", "Use an order id with the kind 'order', and only then.");
        return new RunRequest(kind, by, request.DryRun ?? !settings.RepairEnabled, Day(request.Date, clock), request.OrderId);
    }

    static DateOnly? Day(string? date, TimeProvider clock)
    {
        if (date is null)
            return null;
        if (!DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            throw Invalid("/date", "Use a UTC day as yyyy-MM-dd, e.g. 2026-01-30.");
        return day < DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime) ? day
            : throw Invalid("/date", "Use a day before today: today's settlement is not complete.");
    }

    static Problem Invalid(string pointer, string what) => Problem.At(ProblemTypes.InvalidRun, pointer, what);

    static Task<Page<RunView>> List([AsParameters] Paging paging, HttpContext http, ReconcilerDb db, TimeProvider clock)
    {
        var rows = db.Runs.AsNoTracking();
        if (paging.After("runs", Position.Read) is var (at, id))
            rows = rows.Where(run => run.CreatedAt < at || (run.CreatedAt == at && run.Id.CompareTo(id) < 0));
        var newest = rows.OrderByDescending(run => run.CreatedAt).ThenByDescending(run => run.Id);
        var now = clock.GetUtcNow().UtcDateTime;
        return paging.Read("runs", newest, run => RunView.Of(run, now), run => new Position(run.CreatedAt, run.Id), http.RequestAborted);
    }

    static async Task<RunView> Get([Description("The run's id.")] string id, RunTable runs, TimeProvider clock) =>
        RunView.Of(await Find(id, runs), clock.GetUtcNow().UtcDateTime);

    public static async Task<ReconciliationRun> Find(string id, RunTable runs) => await runs.Find(Ids.Read(id)) ?? throw new Problem(
        ProblemTypes.RunNotFound, "Check the id; GET /reconciliation/runs lists the runs.");
}
