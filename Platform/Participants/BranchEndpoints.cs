using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.History;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Platform.Participants;

/// <param name="Items">Sorted by order id; orders without a branch are left out.</param>
public sealed record BranchList<TView>(IReadOnlyList<TView> Items);

/// <summary>A participant's branches and their history over HTTP, for callers whose messages were lost.</summary>
public static class BranchEndpoints
{
    const int MaxOrders = 100;
    const string ExampleId = "0199f0a0-7c1e-7000-8000-000000000000";

    /// <summary>Maps the queries of a participant; each view is made from the branch row alone.</summary>
    public static void MapBranches<TDb, TBranch, TView>(
        this IEndpointRouteBuilder app, Participant participant, TView example, Func<TBranch, TView> view)
        where TDb : ServiceDb where TBranch : BranchRow where TView : class =>
        app.MapBranches<TDb, TBranch, TView>(participant, example, (_, branches, _) => Task.FromResult(branches.Select(view)));

    /// <summary>As above; <paramref name="views"/> may read further rows.</summary>
    public static void MapBranches<TDb, TBranch, TView>(this IEndpointRouteBuilder app, Participant participant, TView example,
        Func<TDb, List<TBranch>, CancellationToken, Task<IEnumerable<TView>>> views)
        where TDb : ServiceDb where TBranch : BranchRow where TView : class
    {
        async Task<List<TView>> Find(TDb db, List<Guid> ids, CancellationToken cancel)
        {
            var branches = await db.Set<TBranch>().AsNoTracking().Where(row => ids.Contains(row.OrderId)).ToListAsync(cancel);
            return [.. await views(db, [.. branches.OrderBy(row => row.OrderId)], cancel)];
        }

        app.MapGet(Path(participant) + "/{orderId}", async (string orderId, TDb db, HttpContext http, CancellationToken cancel) =>
            {
                var id = OrderId(orderId, http);
                return (await Find(db, [id], cancel)).SingleOrDefault() ?? throw new Problem(ProblemTypes.BranchNotFound,
                    $"Nothing is held for order {id}, and its Try may still be in transit. It is safe to send the command again.");
            })
            .WithName($"Get{Title(participant)}Branch").WithTags("Branches").WithSummary($"State of one order's {participant.Subject}")
            .RequireRole(Roles.Operator, Roles.Query).LimitRate()
            .Produces<TView>().ResponseExample(200, example)
            .ProducesProblem(ProblemTypes.InvalidId, ProblemTypes.BranchNotFound);
        app.MapGet(Path(participant), async (string? orderIds, TDb db, CancellationToken cancel) =>
                new BranchList<TView>(await Find(db, Query.Ids(nameof(orderIds), orderIds, MaxOrders), cancel)))
            .WithName($"List{Title(participant)}Branches").WithTags("Branches")
            .WithSummary($"States of the {participant.Subject}es of up to {MaxOrders} orders")
            .RequireRole(Roles.Operator, Roles.Query).LimitRate(QueryCost.Ids("orderIds"))
            .Produces<BranchList<TView>>().ResponseExample(200, new BranchList<TView>([example]));
    }

    /// <summary>Maps the history: the audit rows of the order.</summary>
    public static void MapBranchHistory<TDb>(this IEndpointRouteBuilder app, Participant participant, params HistoryItem[] example)
        where TDb : ServiceDb => app.MapBranchHistory<TDb>(
            participant, (db, orderId, cancel) => AuditHistory.Read(db, orderId.ToString(), row => SourceOf(row, participant), cancel), example);

    /// <summary>As above; <paramref name="read"/> may add items of other sources.</summary>
    public static RouteHandlerBuilder MapBranchHistory<TDb>(this IEndpointRouteBuilder app, Participant participant,
        Func<TDb, Guid, CancellationToken, Task<AuditHistory>> read, params HistoryItem[] example) where TDb : ServiceDb =>
        app.MapGet(Path(participant) + "/{orderId}/history", (string orderId, TDb db, HttpContext http, CancellationToken cancel) =>
                read(db, OrderId(orderId, http), cancel))
            .WithName($"Get{Title(participant)}History").WithTags("Branches")
            .WithSummary($"All steps of one order's {participant.Subject}, with time and cause")
            .RequireRole(Roles.Operator, Roles.Query).LimitRate()
            .Produces<AuditHistory>().ResponseExample(200, new AuditHistory(ExampleId, example, Complete: true))
            .ProducesProblem(ProblemTypes.InvalidId);

    static string SourceOf(AuditRow row, Participant participant) => row.Subject == participant.Subject ? participant.Name : "operator";

    static string Path(Participant participant) => "/branches/" + participant.Name;

    static string Title(Participant participant) => char.ToUpperInvariant(participant.Name[0]) + participant.Name[1..];

    static Guid OrderId(string text, HttpContext http)
    {
        var id = Ids.Read(text);
        http.TagOrder(id);
        return id;
    }
}
