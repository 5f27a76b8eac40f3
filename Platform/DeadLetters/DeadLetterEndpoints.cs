using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Inbox;

namespace OrderSaga.Platform.DeadLetters;

/// <summary>Operator endpoints for failed messages and parked outbox rows, over all databases of the process.</summary>
static class DeadLetterEndpoints
{
    static readonly Guid ExampleId = Guid.Parse("01980c5e-6a1b-7000-8000-0000000000a1");
    static readonly DateTime ExampleTime = new(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);
    static readonly FailedMessageItem Failed =
        new(ExampleId, "main", "main", "urn:message:Example:DoIt", "InvalidOperationException: it cannot be done", ExampleTime, null);

    static readonly FailedMessageView FailedDetails = new(Failed, ExampleId, ExampleId, "application/vnd.masstransit+json",
        new Dictionary<string, string?>(), "System.InvalidOperationException: it cannot be done", "{\"message\":{}}", null);

    static readonly ParkedRowItem ParkedRow = new(ExampleId, "main", "queue:elsewhere", "DoIt", 8, "There is no such queue.", ExampleTime);

    public static void Map(IEndpointRouteBuilder app)
    {
        Operator(app.MapGet("/failed-messages", ListFailed), "ListFailedMessages", "Messages that could not be handled, newest first").LimitRate(QueryCost.Page)
            .Produces<Page<FailedMessageItem>>().ResponseExample(200, new Page<FailedMessageItem>([Failed], null));
        Operator(app.MapGet("/failed-messages/{id:guid}", GetFailed), "GetFailedMessage", "One failed message with its body and its cause")
            .Produces<FailedMessageView>().ResponseExample(200, FailedDetails).ProducesProblem(ProblemTypes.FailedMessageNotFound);
        Operator(app.MapPost("/failed-messages/{id:guid}/replay", ReplayFailed), "ReplayFailedMessage", "Sends a failed message to its queue again")
            .Produces<FailedMessageItem>().ResponseExample(200, Failed with { ReplayedAt = ExampleTime })
            .ProducesProblem(ProblemTypes.FailedMessageNotFound, ProblemTypes.NotReplayed);
        Operator(app.MapDelete("/failed-messages/{id:guid}", Discard), "DiscardFailedMessage", "Deletes a failed message that is not needed")
            .Produces(204).ProducesProblem(ProblemTypes.FailedMessageNotFound);
        Operator(app.MapGet("/outbox/parked", ListParked), "ListParkedRows", "Outbox rows that could not be sent, newest first").LimitRate(QueryCost.Page)
            .Produces<Page<ParkedRowItem>>().ResponseExample(200, new Page<ParkedRowItem>([ParkedRow], null));
        Operator(app.MapPost("/outbox/parked/{id:guid}/replay", ReplayParked), "ReplayParkedRow", "Sends a parked outbox row again")
            .Produces(202).ProducesProblem(ProblemTypes.ParkedRowNotFound);
    }

    static RouteHandlerBuilder Operator(RouteHandlerBuilder endpoint, string name, string summary) =>
        endpoint.WithName(name).WithTags("Operations").WithSummary(summary).RequireRole(Roles.Operator);

    static Task<Page<FailedMessageItem>> ListFailed([AsParameters] Paging paging, IEnumerable<IDeadLetters> databases) =>
        DeadLetterPosition.Page("failed-messages", paging, databases, (database, after, count) => database.ListFailed(after, count));

    static Task<Page<ParkedRowItem>> ListParked([AsParameters] Paging paging, IEnumerable<IDeadLetters> databases) =>
        DeadLetterPosition.Page("parked", paging, databases, (database, after, count) => database.ListParked(after, count));

    static async Task<FailedMessageView> GetFailed(Guid id, IEnumerable<IDeadLetters> databases)
    {
        var (database, row) = await Find(id, databases);
        return FailedMessageView.Of(database.Database, row);
    }

    static async Task<FailedMessageItem> ReplayFailed(Guid id, IEnumerable<IDeadLetters> databases, DeadLetterReplay replay, HttpContext http)
    {
        var (database, row) = await Find(id, databases);
        row.ReplayedAt = await replay.Send(database, row, CallerOf(http));
        return FailedMessageView.Of(database.Database, row).Message;
    }

    static async Task<IResult> Discard(Guid id, IEnumerable<IDeadLetters> databases, HttpContext http)
    {
        var (database, _) = await Find(id, databases);
        await database.Discard(id, CallerOf(http));
        return Results.NoContent();
    }

    static async Task<IResult> ReplayParked(Guid id, IEnumerable<IDeadLetters> databases, HttpContext http)
    {
        foreach (var database in databases)
        {
            if (await database.Unpark(id, CallerOf(http)))
                return Results.Accepted();
        }

        throw new Problem(ProblemTypes.ParkedRowNotFound, "It may have been sent already. GET /outbox/parked lists the parked rows.");
    }

    static string CallerOf(HttpContext http) => http.User.Identity?.Name ?? "unknown";

    static async Task<(IDeadLetters Database, FailedMessage Row)> Find(Guid id, IEnumerable<IDeadLetters> databases)
    {
        foreach (var database in databases)
        {
            if (await database.Find(id) is { } row)
                return (database, row);
        }

        throw new Problem(ProblemTypes.FailedMessageNotFound, "Take the id from GET /failed-messages of the process that owns the queue.");
    }
}
