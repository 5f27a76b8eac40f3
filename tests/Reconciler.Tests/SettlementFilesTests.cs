using Microsoft.EntityFrameworkCore;
using Reconciler.Job;

namespace Reconciler.Tests;

/// <summary>Files with other kinds of rows, and files that are replaced or voided.</summary>
public sealed class SettlementFilesTests
{
    const string Order = "0199f0a0-7c1e-7000-8000-000000000001";
    const string Why = "the gateway has sent a corrected one";

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Settlement_rows_of_every_kind_are_stored_and_counted(Mode mode)
    {
        await using var rig = await IntakeRig.Start(mode);
        (await rig.Import(File(
            Row("cap_1", "capture", 2500, 60), Row("cb_1", "Chargeback", -2500, 1500), Row("rr_1", "refund", 700, 0), Row("cr_1", "capture", -300, 0),
            Row("fee_1", "capture", 0, 25), Row("pay_1", "payout", -9000, 0, ""),
            Row("ret_1", "Retencion IVA", -12, 0, "")))).Outcome.ShouldBe(IntakeOutcome.Taken);

        (await rig.Get<SettlementFiles<ReconcilerDb>>().Kinds(IntakeRig.Day)).ShouldBe(
        [
            new("capture", "EUR", 1, 2500, 60), new("capture-reversal", "EUR", 1, -300, 0), new("chargeback", "EUR", 1, -2500, 1500),
            new("fee", "EUR", 1, 0, 25), new("payout", "EUR", 1, -9000, 0), new("refund-reversal", "EUR", 1, 700, 0), new("retencion-iva", "EUR", 1, -12, 0),
        ]);
        (await rig.Get<LedgerSet>().Settlement.OtherKinds([.. SettlementKinds.OfOrders, .. SettlementKinds.OfAccount])).Select(sum => sum.Kind)
            .ShouldBe(["retencion-iva"]);
        (await rig.Get<LedgerSet>().Settlement.Unmatched(null).ToListAsync()).ShouldBeEmpty("what is about the account names no order");
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Replacing_a_file_reports_the_difference(Mode mode)
    {
        await using var rig = await IntakeRig.Start(mode);
        await rig.Import(File(Row("cap_1", "capture", 2500, 60), Row("cap_2", "capture", 100, 26)));
        var first = (await rig.Get<SettlementFiles<ReconcilerDb>>().Find(IntakeRig.Day)).ShouldNotBeNull();

        var replaced = await rig.Import(File(Row("cap_1", "capture", 2600, 61), Row("cap_3", "capture", 5, 25)), new FileDelivery("kim", first.Hash, Why));

        (replaced.Outcome, replaced.Difference).ShouldBe((IntakeOutcome.Replaced, new FileDifference(Added: 1, Removed: 1, Changed: 1)));
        var now = (await rig.Get<SettlementFiles<ReconcilerDb>>().Find(IntakeRig.Day)).ShouldNotBeNull();
        now.Hash.ShouldNotBe(first.Hash);
        now.Earlier.ShouldHaveSingleItem().ShouldBe(new EarlierFile(
            first.Hash!, 2, now.Earlier[0].ImportedAt, now.Earlier[0].EndedAt, "kim", Why));
        (await rig.Read(db => db.SettlementRows.Select(row => row.Id).Order().ToListAsync())).ShouldBe(["cap_1", "cap_3"]);
        (await rig.Read(db => db.SupersededRows.Select(row => row.Id).Order().ToListAsync())).ShouldBe(["cap_1", "cap_2"]);
        (await rig.Read(db => db.Audit.OrderBy(row => row.Id).Select(row => row.Cause + ": " + row.To).ToListAsync()))
            .ShouldBe(["settlement intake: Taken", "kim: Superseded", "kim: Replaced"]);
        var changed = await rig.Get<LedgerSet>().Settlement.ChangedSince(DateTime.UnixEpoch, default).ToListAsync();
        changed.ShouldBe([Guid.Parse(Order)], "its order is checked again, once");
    }

    [Fact]
    public async Task An_invalid_replacement_leaves_the_file_unchanged()
    {
        await using var rig = await IntakeRig.Start(Mode.Embedded);
        var other = new FileDelivery("kim", new string('a', 64), Why);
        (await rig.Import(File(Row("cap_1", "capture", 1, 0)), other)).Refusal!.Reason.ShouldContain("that day has no file to replace");
        await rig.Import(File(Row("cap_1", "capture", 2500, 60)));
        (await rig.Import(File(Row("cap_1", "capture", 1, 0)), other)).Refusal!.DiffersFromImported.ShouldBeTrue();
        var hash = (await rig.Get<SettlementFiles<ReconcilerDb>>().Find(IntakeRig.Day))!.Hash;
        (await rig.Import("broken", new FileDelivery("kim", hash, Why))).Refusal!.DiffersFromImported.ShouldBeFalse();
        (await rig.Get<SettlementFiles<ReconcilerDb>>().Find(IntakeRig.Day))!.ShouldSatisfyAllConditions(
            file => file.Hash.ShouldBe(hash), file => file.Earlier.ShouldBeEmpty());
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_voided_file_is_ignored_and_not_fetched_again(Mode mode)
    {
        await using var rig = await IntakeRig.Start(mode);
        var file = File(Row("cap_1", "capture", 2500, 60));
        await rig.Import(file);

        (await rig.Get<SettlementFiles<ReconcilerDb>>().Void(IntakeRig.Day, "kim", "it was another account's")).ShouldNotBeNull().Hash.ShouldBeNull();

        (await rig.Count()).ShouldBe((0, 0));
        (await rig.Get<SettlementFiles<ReconcilerDb>>().Void(IntakeRig.Day, "kim", "again")).ShouldBeNull();
        (await rig.Import(file)).Refusal!.Reason.ShouldContain("replaced or voided earlier");
        (await rig.Import(file, new FileDelivery("kim"))).Outcome.ShouldBe(IntakeOutcome.Taken, "an operator may still upload it");
    }

    static string Row(string id, string operation, long amount, long fee, string reference = Order) =>
        $"row,{id},{operation},auth_1,{reference},{amount},{fee},EUR,2030-05-14T08:00:00Z";

    static string File(params string[] rows)
    {
        var fields = rows.Select(row => row.Split(',')).ToList();
        return string.Join("\r\n",
        [
            SettlementCsv.Header, .. rows, $"sum,,,,,{fields.Sum(row => long.Parse(row[5]))},{fields.Sum(row => long.Parse(row[6]))},EUR,",
            $"trailer,{rows.Length},,,,,,,", "",
        ]);
    }
}
