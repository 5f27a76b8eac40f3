using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Http;

namespace Reconciler.Job;

static class CaseEndpoints
{
    const int NameLength = 64;

    public static void Map(RouteGroupBuilder cases)
    {
        cases.MapGet("", List)
            .WithName("ListCases").WithSummary("Cases for an operator, newest first").LimitRate(QueryCost.Page)
            .Produces<Page<CaseView>>().ResponseExample(200, new Page<CaseView>([Examples.Case], "MjAyNi0wMS0zMQ"));
        ProducesCaseNotFound(cases.MapGet("/{id}", Get), "GetCase", "One case with its evidence and its history")
            .Produces<CaseDetails>().ResponseExample(200, Examples.CaseDetails);
        ProducesCaseNotFound(cases.MapGet("/{id}/preview", CheckCase), "PreviewCase", "The ledgers now, and what each action would do")
            .Produces<CasePreview>().ResponseExample(200, Examples.CasePreview);
        ProducesCase(cases.MapPost(Path(CaseRule.Assign), Assign), "AssignCase", "Assigns the case to an operator")
            .RequestExample(new CaseAssignment("kim", "she knows this gateway")).ProducesProblem(ProblemTypes.InvalidAssignee);
        Map(cases, CaseRule.Retry, "RetryCase", "Sends the repair again, if the ledgers still differ", "the participant was down",
            (actions, id, by, reason) => actions.Send(id, CaseRule.Retry, by, reason));
        Map(cases, CaseRule.Compensate, "CompensateCase", "Releases everything that a cancelled or unknown order still holds", "agreed with the customer",
            (actions, id, by, reason) => actions.Send(id, CaseRule.Compensate, by, reason));
        Map(cases, CaseRule.Accept, "AcceptCase", "Closes the case and accepts the difference: no new case for the same amounts",
            "goodwill, agreed with the customer", (actions, id, by, reason) => actions.Accept(id, by, reason));
        Map(cases, CaseRule.Resolve, "ResolveCase", "Closes the case as resolved", "refunded at the gateway by hand",
            (actions, id, by, reason) => actions.Resolve(id, by, reason));
    }

    /// <summary>Maps an action that needs a reason and nothing else.</summary>
    static void Map(
        RouteGroupBuilder cases, string action, string name, string summary, string example, Func<CaseActions, Guid, string, string, Task<CaseView>> act)
    {
        Task<CaseView> Act([Description("The case's id.")] string id, OperatorReason? request, HttpContext http, CaseActions actions) =>
            act(actions, Ids.Read(id), OperatorReason.By(http), OperatorReason.Check(request?.Reason));
        ProducesCase(cases.MapPost(Path(action), Act), name, summary).RequestExample(new OperatorReason(example));
    }

    static string Path(string action) => $"/{{id}}/actions/{action}";

    static RouteHandlerBuilder ProducesCaseNotFound(RouteHandlerBuilder endpoint, string name, string summary) => endpoint.WithName(name).WithSummary(summary)
        .ProducesProblem(ProblemTypes.InvalidId, ProblemTypes.CaseNotFound);

    static RouteHandlerBuilder ProducesCase(RouteHandlerBuilder endpoint, string name, string summary) => ProducesCaseNotFound(endpoint, name, summary)
        .Produces<CaseView>().ResponseExample(200, Examples.Case)
        .ProducesProblem(ProblemTypes.InvalidReason, ProblemTypes.ActionRefused);

    static Task<Page<CaseView>> List([AsParameters] Filter filter, HttpContext http, ReconcilerDb db)
    {
        var rows = db.Cases.AsNoTracking();
        if (Query.OneOf<CaseStatus>("status", filter.Status) is { } status)
            rows = rows.Where(row => row.Status == status);
        if (filter.After("cases", Position.Read) is var (at, id))
            rows = rows.Where(row => row.OpenedAt <= at && (row.OpenedAt < at || row.Id.CompareTo(id) < 0));
        var newest = rows.OrderByDescending(row => row.OpenedAt).ThenByDescending(row => row.Id);
        return filter.Read("cases", newest, CaseView.Of, row => new Position(row.OpenedAt, row.Id), http.RequestAborted);
    }

    static async Task<CaseDetails> Get([Description("The case's id.")] string id, ReconcilerDb db, CancellationToken cancel)
    {
        var key = Ids.Read(id);
        var row = await db.Cases.AsNoTracking().SingleOrDefaultAsync(row => row.Id == key, cancel) ?? throw CaseActions.Missing();
        var history = await db.Audit.AsNoTracking().Where(change => change.SubjectId == key.ToString() && change.Subject == CaseService.Subject)
            .OrderBy(change => change.Id).ToListAsync(cancel);
        return new CaseDetails(CaseView.Of(row), System.Text.Json.Nodes.JsonNode.Parse(row.Evidence), history.ConvertAll(CaseChange.Of));
    }

    static async Task<CasePreview> CheckCase([Description("The case's id.")] string id, CaseActions actions)
    {
        var found = await actions.CheckCase(Ids.Read(id));
        return new CasePreview(
            CaseView.Of(found.Row), found.Snapshot is null ? null : found.StillDiffers,
            found.Snapshot is null ? null : JsonSerializer.SerializeToNode(found.Snapshot, WebJson.Options),
            [.. CaseRule.Actions.Select(action => Preview(action, found))]);
    }

    static ActionPreview Preview(string action, CaseCheck found)
    {
        var (commands, refused) = CaseRule.Evaluate(action, found.Row, found.Snapshot, found.StillDiffers);
        return new ActionPreview(action, refused is null ? [.. commands.Select(command => command.ToString())] : [], refused);
    }

    static Task<CaseView> Assign([Description("The case's id.")] string id, CaseAssignment? request, HttpContext http, CaseActions actions)
    {
        var assignee = request?.Assignee is { Length: > 0 and <= NameLength } name && !name.Any(char.IsControl) ? name
            : throw Problem.At(ProblemTypes.InvalidAssignee, "/assignee", $"Name the operator who works on it: 1 to {NameLength} printable characters.");
        return actions.Assign(Ids.Read(id), assignee, OperatorReason.By(http), OperatorReason.Check(request.Reason));
    }

    internal sealed class Filter : Paging
    {
        [FromQuery(Name = "status"), Description("Only cases with this status: Open, Assigned, InProgress or Resolved.")]
        public string? Status { get; init; }
    }
}
