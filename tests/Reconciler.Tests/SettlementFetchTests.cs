using Discrepancies;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;
using Reconciler.Job;

namespace Reconciler.Tests;

public sealed class SettlementFetchTests
{
    const string Key = "0123456789abcdef";

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Every_past_day_is_fetched_from_the_gateway_once(Mode mode)
    {
        await using var rig = await IntakeRig.Start(mode, "Gateway:Key=" + Key);
        var plan = new Plan { Seed = 21, Clean = 400, Now = GeneratedLedgers.Now, Gateway = true };
        await new Generator(rig.App.Configuration.GetDatabaseMode(), rig.Installation.Connection).Write(plan);
        await rig.Read(async db => await db.SettlementRows.ExecuteDeleteAsync() + await db.SettlementFiles.ExecuteDeleteAsync());
        await using var gateway = await IntakeGateway.Start(rig, Key);

        var taken = await rig.Get<SettlementFetch<ReconcilerDb>>().ImportDue().ToListAsync();
        taken.Select(intake => intake.Outcome).ShouldAllBe(outcome => outcome == IntakeOutcome.Taken);
        taken.Select(intake => intake.Day).ShouldBe(Enumerable.Range(0, 14).Select(day => IntakeRig.Day.AddDays(day - 13)));
        taken.Sum(intake => intake.Rows).ShouldBeInRange(200, 400);
        (await rig.Read(db => db.SettlementFiles.SumAsync(file => file.Rows))).ShouldBe(taken.Sum(intake => intake.Rows));
        (await rig.Get<SettlementFetch<ReconcilerDb>>().ImportDue().ToListAsync()).ShouldBeEmpty();

        var terms = await rig.Get<SettlementTermsSource>().Read();
        (await rig.Get<Conservation>().Read(terms.Days)).Conserved.ShouldBeTrue();
        await foreach (var snapshot in rig.Get<FourWayMerge>().Read(GeneratedLedgers.All))
            snapshot.Found(terms).ShouldBe("", $"{snapshot.OrderId}");
    }

    [Fact]
    public async Task A_failed_settlement_fetch_stays_due_without_findings()
    {
        await using var rig = await IntakeRig.Start(Mode.Embedded, "Gateway:Key=" + Key, "--Gateway:Url=http://127.0.0.1:1");
        (await rig.Get<SettlementFetch<ReconcilerDb>>().ImportDue().ToListAsync()).ShouldBeEmpty();

        await using var gateway = await IntakeGateway.Start(rig, Key);
        rig.App.Configuration["Gateway:Key"] = "somebody else's key";
        (await rig.Get<SettlementFetch<ReconcilerDb>>().ImportDue().ToListAsync()).ShouldBeEmpty();
        rig.App.Configuration["Gateway:Key"] = Key;
        (await rig.Get<SettlementFetch<ReconcilerDb>>().ImportDue().ToListAsync()).Count.ShouldBe(14);
    }
}
