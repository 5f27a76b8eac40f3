using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Platform.Switches;

/// <summary>
/// Changes switches. Each change locks the rows of all switches of the database, so that version numbers rise in the order of the commits, and
/// writes the version and its audit row in one transaction.
/// </summary>
public sealed class SwitchChanges(SwitchCatalogue catalogue, SwitchSettings settings, TimeProvider clock, ILogger<SwitchChanges> log)
{
    public const string AuditSubject = "switch";

    /// <summary><see cref="SwitchVersion.By"/> of a kill by the guard of a service. No key has a space in its name.</summary>
    public const string Guard = "the guard";

    const int MaxDetailLength = 500;

    /// <summary>Sets the rules, or proposes them if they need a second person.</summary>
    /// <param name="work">The transaction.</param>
    /// <param name="definition">The switch.</param>
    /// <param name="rules">Checked rules.</param>
    /// <param name="change">Who and why.</param>
    /// <param name="require">Throws if the caller has not seen the current row.</param>
    public async Task<Switch> Set(
        UnitOfWorkContext work, SwitchDefinition definition, IReadOnlyList<SwitchRule> rules, SwitchChange change, Action<Switch?> require)
    {
        var rows = await Lock(work);
        var row = Find(rows, definition.Name);
        require(row);
        await SwitchRuleChecks.CheckNames(definition, rules, work.Db);
        row ??= Add(work, definition.Name);
        var before = await InForce(work.Db, row);
        if (before is { Killed: false } && before.Rules == SwitchRules.Write(rules))
            return row.ProposedRules is null ? row : Discard(work, row, change);
        if (settings.TwoPersons && !SwitchNarrowing.IsNarrower(definition, RulesOf(before), rules))
            return Propose(work, row, rules, change);
        Apply(work, rows, row, SwitchRules.Write(rules), change, killed: false);
        return row;
    }

    /// <summary>Puts the proposal in force.</summary>
    /// <exception cref="Problem">409: there is no proposal, or the same key made it.</exception>
    public async Task<Switch> Approve(UnitOfWorkContext work, SwitchDefinition definition, SwitchChange change, Action<Switch?> require)
    {
        var rows = await Lock(work);
        var row = Find(rows, definition.Name);
        require(row);
        if (row?.ProposedRules is not { } rules)
            throw new Problem(ProblemTypes.ActionRefused, "The switch has no proposal. PUT makes one if its rules reach more subjects than before.");
        if (row.ProposedBy == change.By)
            throw new Problem(ProblemTypes.ActionRefused, $"The key {change.By} made the proposal; another key must approve it.");
        // The names may be gone since, and the proposal may come from a newer build.
        await SwitchRuleChecks.CheckNames(definition, SwitchRuleChecks.Check(definition, SwitchRules.Read(rules), settings.MaxNames), work.Db);
        Apply(work, rows, row, rules, change with { By = row.ProposedBy!, ApprovedBy = change.By }, killed: false, row.ProposedReason!);
        return row;
    }

    /// <summary>Withdraws the proposal.</summary>
    /// <exception cref="Problem">409: there is no proposal.</exception>
    public async Task<Switch> Withdraw(UnitOfWorkContext work, SwitchDefinition definition, SwitchChange change)
    {
        var row = Find(await Lock(work), definition.Name);
        return row?.ProposedRules is not null ? Discard(work, row, change)
            : throw new Problem(ProblemTypes.ActionRefused, "The switch has no proposal. Nothing was changed.");
    }

    /// <summary>
    /// From the commit on, every new subject gets the default. Discards a proposal. Does nothing if the switch is killed already and has no
    /// proposal.
    /// </summary>
    /// <param name="work">The transaction.</param>
    /// <param name="definition">The switch.</param>
    /// <param name="change">Who and why.</param>
    /// <param name="judged">Kills only this version.</param>
    public async Task<Switch> Kill(UnitOfWorkContext work, SwitchDefinition definition, SwitchChange change, long? judged = null)
    {
        var rows = await Lock(work);
        var row = Find(rows, definition.Name) ?? Add(work, definition.Name);
        var before = await InForce(work.Db, row);
        if ((before is { Killed: true } && row.ProposedRules is null) || (judged is not null && judged != row.InForce))
            return row;
        Apply(work, rows, row, before?.Rules ?? SwitchRules.Write([]), change, killed: true);
        return row;
    }

    /// <summary>The version in force; null if the switch was never set.</summary>
    public static async Task<SwitchVersion?> InForce(ServiceDb db, Switch? row) =>
        row is { InForce: > 0 and var number } ? await db.Set<SwitchVersion>().AsNoTracking().SingleAsync(version => version.Number == number) : null;

    Task<List<Switch>> Lock(UnitOfWorkContext work) => work.Lock<Switch, string>(catalogue.Definitions.Select(one => one.Name));

    static Switch? Find(List<Switch> rows, string name) => rows.Find(row => row.Name == name);

    Switch Add(UnitOfWorkContext work, string name)
    {
        var row = new Switch { Name = name, UpdatedAt = Now, Version = 1 };
        work.Db.Add(row);
        return row;
    }

    static IReadOnlyList<SwitchRule> RulesOf(SwitchVersion? version) => version is null or { Killed: true } ? [] : SwitchRules.Read(version.Rules);

    Switch Propose(UnitOfWorkContext work, Switch row, IReadOnlyList<SwitchRule> rules, SwitchChange change)
    {
        var (from, proposed) = (StateOf(row), SwitchRules.Write(rules));
        (row.ProposedRules, row.ProposedBy, row.ProposedReason, row.ProposedAt) = (proposed, change.By, change.Reason, Now);
        // A version keeps its rules; a proposal that is dropped has them only here.
        Audit(work, row, from, change with { Reason = $"{change.Reason}; rules {proposed}" });
        return row;
    }

    Switch Discard(UnitOfWorkContext work, Switch row, SwitchChange change)
    {
        var from = StateOf(row);
        ClearProposal(row);
        Audit(work, row, from, change);
        return row;
    }

    /// <summary>Two first changes at once have no row to lock; the second one conflicts at the number and is repeated.</summary>
    /// <param name="work">The transaction.</param>
    /// <param name="rows">The locked rows of all switches.</param>
    /// <param name="row">The row to change.</param>
    /// <param name="rules">The new rules.</param>
    /// <param name="change">Who and why, for the audit.</param>
    /// <param name="killed">Every subject gets the default.</param>
    /// <param name="reason">Why, for the version; null: as for the audit.</param>
    void Apply(UnitOfWorkContext work, List<Switch> rows, Switch row, string rules, SwitchChange change, bool killed, string? reason = null)
    {
        var from = StateOf(row);
        row.InForce = rows.Select(one => one.InForce).DefaultIfEmpty().Max() + 1;
        ClearProposal(row);
        work.Db.Add(new SwitchVersion
        {
            Number = row.InForce, Name = row.Name, Killed = killed, Rules = rules, By = change.By, ApprovedBy = change.ApprovedBy,
            Reason = reason ?? change.Reason, At = Now,
        });
        Audit(work, row, from, change, killed ? ", killed" : "");
    }

    static void ClearProposal(Switch row) =>
        (row.ProposedRules, row.ProposedBy, row.ProposedReason, row.ProposedAt) = (null, null, null, null);

    static string StateOf(Switch row) => $"version {row.InForce}{(row.ProposedBy is null ? "" : $" and a proposal of {row.ProposedBy}")}";

    void Audit(UnitOfWorkContext work, Switch row, string from, SwitchChange change, string more = "")
    {
        row.UpdatedAt = Now;
        var to = StateOf(row) + more;
        work.Audit(AuditSubject, row.Name, from, to, change.Cause, Text.Clean(change.Reason, MaxDetailLength), change.Actor);
        work.AfterCommit(() => log.LogInformation("Switch {Switch}: {Change} by {By}: {Reason}", row.Name, to, change.ApprovedBy ?? change.By, change.Reason));
    }

    /// <summary>Whole milliseconds, which every database stores, so that the entity tag is the same now and later.</summary>
    DateTime Now
    {
        get
        {
            var now = clock.GetUtcNow().UtcDateTime;
            return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
        }
    }
}

/// <summary>Who changes a switch, and why.</summary>
/// <param name="By">Name of the API key or the job.</param>
/// <param name="Reason">The reason for the audit.</param>
/// <param name="Cause">The call or job.</param>
/// <param name="ApprovedBy">Name of the key that approved it.</param>
/// <param name="Actor">For the audit if it is not the caller of the request.</param>
public sealed record SwitchChange(string By, string Reason, string Cause, string? ApprovedBy = null, string? Actor = null);
