using System.ComponentModel;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform;
using OrderSaga.Platform.Http;

namespace Reconciler.Job;

/// <summary>What to reconcile.</summary>
/// <param name="Kind"><c>full</c> (the default), <c>rolling</c> (what changed since the run before) or <c>order</c>.</param>
/// <param name="Date">The settlement day, yyyy-MM-dd; default: yesterday, UTC.</param>
/// <param name="OrderId">With kind <c>order</c>: which.</param>
/// <param name="DryRun">Find and report only. Default: as <c>Reconciliation:Repair</c> is set.</param>
sealed record StartRun(string? Kind = null, string? Date = null, Guid? OrderId = null, bool? DryRun = null);

static class RunEndpoints
{
    const string NoRun = "There is no such run.";
    const string BadRun = "The run that is asked for is not possible.";
    const string UnderWay = "Another run is under way.";

    public static void Map(RouteGroupBuilder runs)
    {
        runs.MapPost("", Start)
            .WithName("StartReconciliation").WithSummary("Start a reconciliation; it goes on in the background")
            .Produces<RunView>(202).RequestExample(new StartRun("full", "2026-01-30", DryRun: true)).ResponseExample(202, Examples.Running)
            .MayFail(400, "invalid-run", BadRun).MayFail(409, "run-under-way", UnderWay);
        runs.MapGet("", List)
            .WithName("ListReconciliations").WithSummary("Runs, the newest first")
            .Produces<Page<RunView>>().ResponseExample(200, new Page<RunView>([Examples.Completed], "MjAyNi0wMS0zMQ"))
            .MayFail(400, "invalid-cursor", "The cursor is not valid.");
        runs.MapGet("/{id}", Get)
            .WithName("GetReconciliation").WithSummary("One run: its state, counts and duration")
            .Produces<RunView>().ResponseExample(200, Examples.Completed)
            .MayFail(400, "invalid-id", Ids.Bad).MayFail(404, "run-not-found", NoRun);
        FindingsEndpoint.Map(runs);
        ReportEndpoint.Map(runs);
    }

    static async Task<IResult> Start(StartRun? ask, HttpContext http, BeginRun begin, RunWorker worker, ReconciliationSettings settings, TimeProvider clock)
    {
        try
        {
            var run = await begin.Begin(Request(ask ?? new StartRun(), http.User.Identity!.Name!, settings, clock));
            worker.Wake();
            return Results.Accepted($"/reconciliation/runs/{run!.Id}", RunView.Of(run, clock.GetUtcNow().UtcDateTime));
        }
        catch (RunUnderWay other)
        {
            throw new Problem(409, "run-under-way", UnderWay,
                $"Run {other.Run.Id} is {other.Run.State}. Follow it at /reconciliation/runs/{other.Run.Id}, and start yours when it has ended.")
            {
                RetryAfter = 10,
            };
        }
    }

    static RunRequest Request(StartRun ask, string by, ReconciliationSettings settings, TimeProvider clock)
    {
        var kind = ask.Kind is null ? RunKind.Full
            : EnumNames.Find<RunKind>(ask.Kind, kind => kind.ToString().ToLowerInvariant()) ?? throw Bad("/kind", "Give full, rolling or order.");
        if (kind == RunKind.Order != ask.OrderId is not null || ask.OrderId == Guid.Empty)
            throw Bad("/orderId", "Give the id of an order with the kind 'order', and only then.");
        return new RunRequest(kind, by, ask.DryRun ?? !settings.Repair, Day(ask.Date, clock), ask.OrderId);
    }

    static DateOnly? Day(string? date, TimeProvider clock)
    {
        if (date is null)
            return null;
        if (!DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            throw Bad("/date", "Give a UTC day as yyyy-MM-dd, e.g. 2026-01-30.");
        return day < DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime) ? day
            : throw Bad("/date", "Give a day that is over: the settlement of today is not complete.");
    }

    static Problem Bad(string pointer, string what) => new(400, "invalid-run", BadRun, $"At {pointer}: {what}") { Errors = [new ProblemError(pointer, what)] };

    static async Task<Page<RunView>> List([AsParameters] Paging paging, HttpContext http, ReconcilerDb db, TimeProvider clock)
    {
        var limit = Query.Limit(paging.Limit);
        var rows = db.Runs.AsNoTracking();
        if (Query.Cursor("runs", paging.Cursor, Place.Read) is var (at, id))
            rows = rows.Where(run => run.CreatedAt < at || (run.CreatedAt == at && run.Id.CompareTo(id) < 0));
        var read = await rows.OrderByDescending(run => run.CreatedAt).ThenByDescending(run => run.Id).Take(limit + 1).ToListAsync(http.RequestAborted);
        var now = clock.GetUtcNow().UtcDateTime;
        return Page<RunView>.Of(read, limit, run => RunView.Of(run, now), run => Query.Cursor("runs", new Place(run.CreatedAt, run.Id).ToString()));
    }

    static async Task<RunView> Get([Description("The run's id.")] string id, RunTable runs, TimeProvider clock) =>
        RunView.Of(await Find(id, runs), clock.GetUtcNow().UtcDateTime);

    public static async Task<ReconciliationRun> Find(string id, RunTable runs) => await runs.Find(Ids.Read(id)) ?? throw new Problem(
        404, "run-not-found", NoRun, "GET /reconciliation/runs lists the runs that there are.");
}
