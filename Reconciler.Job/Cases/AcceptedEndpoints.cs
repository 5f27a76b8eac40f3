using System.ComponentModel;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Processing;

namespace Reconciler.Job;

/// <summary>A difference that is no longer a finding because an operator accepted it.</summary>
/// <param name="Id">Id of the acceptance.</param>
/// <param name="Class">Class of the difference.</param>
/// <param name="OrderId">Its order, if any.</param>
/// <param name="Subject">Its sku, file or settlement row, if any.</param>
/// <param name="Amount">Minor units at stake.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="CaseId">The case closed by the acceptance.</param>
/// <param name="AcceptedBy">Name of the operator's key.</param>
/// <param name="Reason">The operator's reason.</param>
/// <param name="AcceptedAt">UTC.</param>
sealed record AcceptedView(
    Guid Id, string Class, Guid? OrderId, string? Subject, long Amount, string? Currency, Guid CaseId, string AcceptedBy, string Reason, DateTime AcceptedAt)
{
    public static AcceptedView Of(AcceptedDifference row) => new(
        row.Id, row.Class, row.OrderId, row.Subject, row.Amount, row.Currency, row.CaseId, row.AcceptedBy, row.Reason, row.AcceptedAt);
}

/// <summary>/accepted-differences: list and revoke.</summary>
static class AcceptedEndpoints
{
    static readonly AcceptedView Example = new(
        Examples.Case.Id, Classes.AmountDiffers, Examples.Case.OrderId, null, 500, "EUR", Examples.Case.Id, "kim", "goodwill, agreed with the customer",
        Examples.Case.OpenedAt);

    public static void Map(IEndpointRouteBuilder app)
    {
        var accepted = app.MapGroup("/accepted-differences").WithTags("Cases").RequireRole(Roles.Operator);
        accepted.MapGet("", List)
            .WithName("ListAcceptedDifferences").WithSummary("Accepted differences, newest first").LimitRate(QueryCost.Page)
            .Produces<Page<AcceptedView>>().ResponseExample(200, new Page<AcceptedView>([Example], "MjAyNi0wMS0zMQ"));
        accepted.MapPost("/{id}/revoke", Revoke)
            .WithName("RevokeAcceptedDifference").WithSummary("Revokes an acceptance: the next run that finds the difference opens a case")
            .RequestExample(new OperatorReason("it was another order")).Produces<AcceptedView>().ResponseExample(200, Example)
            .ProducesProblem(ProblemTypes.InvalidId, ProblemTypes.InvalidReason, ProblemTypes.AcceptedNotFound);
    }

    static Task<Page<AcceptedView>> List([AsParameters] Paging paging, HttpContext http, ReconcilerDb db)
    {
        var rows = db.Accepted.AsNoTracking().Where(row => row.RevokedAt == null);
        if (paging.After("accepted-differences", Position.Read) is var (at, id))
            rows = rows.Where(row => row.AcceptedAt <= at && (row.AcceptedAt < at || row.Id.CompareTo(id) < 0));
        var newest = rows.OrderByDescending(row => row.AcceptedAt).ThenByDescending(row => row.Id);
        return paging.Read("accepted-differences", newest, AcceptedView.Of, row => new Position(row.AcceptedAt, row.Id), http.RequestAborted);
    }

    static async Task<AcceptedView> Revoke(
        [Description("The id of the acceptance.")] string id, OperatorReason? request, HttpContext http, UnitOfWork<ReconcilerDb> unitOfWork, CaseService cases)
    {
        var (key, reason) = (Ids.Read(id), OperatorReason.Check(request?.Reason));
        return await unitOfWork.Run(async work =>
        {
            var row = (await work.Lock<AcceptedDifference, Guid>([key])).SingleOrDefault(row => row.RevokedAt is null)
                ?? throw new Problem(ProblemTypes.AcceptedNotFound, "Check the id; GET /accepted-differences lists those in force.");
            cases.Revoke(work, row, OperatorReason.By(http), reason);
            return AcceptedView.Of(row);
        });
    }
}
