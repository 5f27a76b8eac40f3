using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Platform.Switches;

/// <summary>/switches: read, set, approve, withdraw, kill.</summary>
static class SwitchEndpoints
{
    public static void Map<TDb>(IEndpointRouteBuilder switches, SwitchExamples examples) where TDb : ServiceDb
    {
        var (rules, reason) = (new SwitchRequest([examples.Rule], examples.Reason), new OperatorReason(examples.Reason));
        Query(switches.MapGet("", (SwitchCatalogue catalogue, HttpContext http) => List(catalogue, Db<TDb>(http), http)),
                "ListSwitches", "All switches with their rules in force")
            .Produces<List<SwitchView>>()
            .ResponseExample(200, new List<SwitchView> { examples.View });
        Query(switches.MapGet("/{name}", ([Description("The switch.")] string name, SwitchCatalogue catalogue, HttpContext http) =>
                Get(name, catalogue, Db<TDb>(http), http)), "GetSwitch", "One switch").AcceptsPreconditions().Produces<SwitchView>()
            .WithDescription("The ETag header is needed as If-Match of the calls that change the rules.")
            .Produces(StatusCodes.Status304NotModified).ResponseExample(200, examples.View).ProducesProblem(ProblemTypes.SwitchNotFound);
        Query(switches.MapGet("/{name}/versions", (
                [Description("The switch.")] string name, [AsParameters] Paging paging, SwitchCatalogue catalogue, HttpContext http) =>
                ListVersions(name, paging, catalogue, Db<TDb>(http), http)), "ListSwitchVersions", "All versions of a switch, newest first")
            .LimitRate(QueryCost.Page).Produces<Page<SwitchVersionView>>().ResponseExample(200, new Page<SwitchVersionView>([examples.View.InForce!], null))
            .ProducesProblem(ProblemTypes.SwitchNotFound);
        Change(switches.MapPut("/{name}", Put<TDb>), "PutSwitch", "Sets the rules, or proposes them if they need a second person", Roles.Release)
            .WithDescription("200: the rules are in force. Every decision after this answer follows them; earlier decisions stay. "
                + "202: the rules may reach more than before and wait for another key (setting Switches:TwoPersons). "
                + "The rules that are in force change nothing, except that they drop a proposal.")
            .RequestExample(rules).Produces<SwitchView>(StatusCodes.Status202Accepted).ResponseExample(202, examples.Proposed)
            .AcceptsPreconditions().ProducesProblem(ProblemTypes.InvalidSwitchRules, ProblemTypes.PreconditionRequired).ResponseExample(200, examples.View);
        Change(switches.MapPost("/{name}/approve", Approve<TDb>), "ApproveSwitch", "Puts the proposal of another key in force", Roles.Release)
            .RequestExample(reason).AcceptsPreconditions().ResponseExample(200, examples.View)
            .ProducesProblem(ProblemTypes.InvalidSwitchRules, ProblemTypes.ActionRefused, ProblemTypes.PreconditionRequired);
        Change(switches.MapPost("/{name}/withdraw", Withdraw<TDb>), "WithdrawSwitch", "Withdraws the proposal", Roles.Release, Roles.Operator)
            .RequestExample(reason).ResponseExample(200, examples.View).ProducesProblem(ProblemTypes.ActionRefused);
        Change(switches.MapPost("/{name}/kill", Kill<TDb>), "KillSwitch", "Decides for the default from now on", Roles.Release, Roles.Operator)
            .WithDescription("Every decision after this answer is the default; earlier decisions stay. PUT puts rules in force again. "
                + "A second kill only drops a proposal, if there is one.")
            .RequestExample(reason).ResponseExample(200, examples.Killed);
    }

    /// <summary>Not a parameter of the handlers: the framework's analyzer fails on a generic type there.</summary>
    static TDb Db<TDb>(HttpContext http) where TDb : ServiceDb => http.RequestServices.GetRequiredService<TDb>();

    static RouteHandlerBuilder Query(RouteHandlerBuilder endpoint, string name, string summary) =>
        endpoint.WithName(name).WithSummary(summary).RequireRole(Roles.Release, Roles.Operator);

    static RouteHandlerBuilder Change(RouteHandlerBuilder endpoint, string name, string summary, params string[] roles) =>
        endpoint.WithName(name).WithSummary(summary).RequireRole(roles).Produces<SwitchView>()
            .ProducesProblem(ProblemTypes.SwitchNotFound, ProblemTypes.InvalidReason);

    static async Task<List<SwitchView>> List(SwitchCatalogue catalogue, ServiceDb db, HttpContext http)
    {
        var rows = await db.Set<Switch>().AsNoTracking().ToDictionaryAsync(row => row.Name, http.RequestAborted);
        var views = new List<SwitchView>();
        foreach (var definition in catalogue.Definitions)
            views.Add(await View(db, definition, rows.GetValueOrDefault(definition.Name)));
        return views;
    }

    static async Task<IResult> Get(string name, SwitchCatalogue catalogue, ServiceDb db, HttpContext http)
    {
        var definition = SwitchCalls.Find(catalogue, name);
        var row = await db.Set<Switch>().AsNoTracking().SingleOrDefaultAsync(row => row.Name == name, http.RequestAborted);
        return Preconditions.IsKnown(http, SwitchView.TagOf(name, row))
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Ok(await View(db, definition, row));
    }

    static Task<Page<SwitchVersionView>> ListVersions(string name, Paging paging, SwitchCatalogue catalogue, ServiceDb db, HttpContext http)
    {
        _ = SwitchCalls.Find(catalogue, name);
        var list = $"switches/{name}";
        var rows = db.Set<SwitchVersion>().AsNoTracking().Where(row => row.Name == name);
        if (paging.After(list, text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? text : null) is { } after)
        {
            var last = long.Parse(after, CultureInfo.InvariantCulture);
            rows = rows.Where(row => row.Number < last);
        }

        return paging.Read(list, rows.OrderByDescending(row => row.Number), SwitchVersionView.Of, row => row.Number, http.RequestAborted);
    }

    static async Task<IResult> Put<TDb>(
        [Description("The switch.")] string name, SwitchRequest request, SwitchCatalogue catalogue, SwitchSettings settings, SwitchChanges changes,
        UnitOfWork<TDb> unitOfWork, HttpContext http) where TDb : ServiceDb
    {
        var definition = SwitchCalls.Find(catalogue, name);
        var change = ChangeOf(http, request.Reason, "PutSwitch");
        var rules = SwitchCalls.Check(definition, request.Rules, settings);
        var (row, view) = await Run(unitOfWork, definition,
            async work => await changes.Set(work, definition, rules, change, RequireMatch(name, http)));
        Preconditions.WriteHeaders(http.Response, SwitchView.TagOf(name, row));
        return row?.ProposedRules == SwitchRules.Write(rules) ? Results.Accepted(null, view) : Results.Ok(view);
    }

    static Task<SwitchView> Approve<TDb>(
        [Description("The switch.")] string name, OperatorReason? request, SwitchCatalogue catalogue, SwitchChanges changes, UnitOfWork<TDb> unitOfWork,
        HttpContext http) where TDb : ServiceDb =>
        Act(name, request, catalogue, unitOfWork, http, "ApproveSwitch",
            async (work, definition, change) => await changes.Approve(work, definition, change, RequireMatch(name, http)));

    static Task<SwitchView> Withdraw<TDb>(
        [Description("The switch.")] string name, OperatorReason? request, SwitchCatalogue catalogue, SwitchChanges changes, UnitOfWork<TDb> unitOfWork,
        HttpContext http) where TDb : ServiceDb =>
        Act(name, request, catalogue, unitOfWork, http, "WithdrawSwitch", async (work, definition, change) => await changes.Withdraw(work, definition, change));

    static Task<SwitchView> Kill<TDb>(
        [Description("The switch.")] string name, OperatorReason? request, SwitchCatalogue catalogue, SwitchChanges changes, UnitOfWork<TDb> unitOfWork,
        HttpContext http) where TDb : ServiceDb =>
        Act(name, request, catalogue, unitOfWork, http, "KillSwitch", async (work, definition, change) => await changes.Kill(work, definition, change));

    static async Task<SwitchView> Act<TDb>(
        string name, OperatorReason? request, SwitchCatalogue catalogue, UnitOfWork<TDb> unitOfWork, HttpContext http, string cause,
        Func<UnitOfWorkContext, SwitchDefinition, SwitchChange, Task<Switch?>> act) where TDb : ServiceDb
    {
        var definition = SwitchCalls.Find(catalogue, name);
        var change = ChangeOf(http, request?.Reason, cause);
        var (row, view) = await Run(unitOfWork, definition, work => act(work, definition, change));
        Preconditions.WriteHeaders(http.Response, SwitchView.TagOf(name, row));
        return view;
    }

    static Action<Switch?> RequireMatch(string name, HttpContext http) => row => Preconditions.RequireMatch(http.Request, SwitchView.TagOf(name, row));

    /// <summary>Reads the answer in the transaction: it shows this change and no later one.</summary>
    static Task<(Switch? Row, SwitchView View)> Run<TDb>(
        UnitOfWork<TDb> unitOfWork, SwitchDefinition definition, Func<UnitOfWorkContext, Task<Switch?>> change) where TDb : ServiceDb =>
        unitOfWork.Run(async work =>
    {
        var row = await change(work);
        var inForce = work.Db.ChangeTracker.Entries<SwitchVersion>().Select(entry => entry.Entity).FirstOrDefault()
            ?? await SwitchChanges.InForce(work.Db, row);
        return (row, SwitchView.Of(definition, row, inForce));
    });

    static async Task<SwitchView> View(ServiceDb db, SwitchDefinition definition, Switch? row) =>
        SwitchView.Of(definition, row, await SwitchChanges.InForce(db, row));

    static SwitchChange ChangeOf(HttpContext http, string? reason, string cause) => new(OperatorReason.By(http), OperatorReason.Check(reason), cause);
}

/// <summary>The checks of a call about a switch.</summary>
public static class SwitchCalls
{
    /// <exception cref="Problem">404: there is no such switch.</exception>
    public static SwitchDefinition Find(SwitchCatalogue catalogue, string name) => catalogue.Find(name)
        ?? throw new Problem(ProblemTypes.SwitchNotFound, $"The switches are {string.Join(", ", catalogue.Definitions.Select(one => one.Name))}.");

    /// <exception cref="Problem">400: a rule is invalid.</exception>
    public static IReadOnlyList<SwitchRule> Check(SwitchDefinition definition, IReadOnlyList<SwitchRule?>? rules, SwitchSettings settings) =>
        SwitchRuleChecks.Check(definition, rules, settings.MaxNames);

    /// <exception cref="Problem">400: a rule names something that does not exist.</exception>
    public static Task CheckNames(SwitchDefinition definition, IReadOnlyList<SwitchRule> rules, ServiceDb db) =>
        SwitchRuleChecks.CheckNames(definition, rules, db);
}
