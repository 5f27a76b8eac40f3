using Discrepancies;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;
using Reconciler.Job;

namespace Reconciler.Tests;

/// <summary>Days whose settlement file does not arrive.</summary>
public sealed class LateSettlementTests
{
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_settlement_file_is_late_two_days_after_money_moved(Mode mode)
    {
        await using var rig = await IntakeRig.Start(mode);
        await new Generator(rig.App.Configuration.GetDatabaseMode(), rig.Installation.Connection).Write(
            new Plan { Seed = 22, Clean = 400, Now = GeneratedLedgers.Now });
        (await rig.Get<LateSettlements>().Find()).ShouldBeEmpty("every file has come");

        await rig.Read(async db => await db.SettlementRows.ExecuteDeleteAsync() + await db.SettlementFiles.ExecuteDeleteAsync());
        var late = await rig.Get<LateSettlements>().Find();
        late.Select(one => one.Day.Day).ShouldBe([10, 11, 12], "the ledgers begin on the tenth, and it is noon of the fifteenth");
        late.Select(FileFinding.Late).ShouldAllBe(finding => finding.Class == Classes.SettlementFileMissing && finding.Remedy == Remedy.Case
            && finding.Subject!.StartsWith("settlement 2030-05-1", StringComparison.Ordinal));

        await rig.Read(db =>
        {
            db.Add(new SettlementFile { Day = new DateOnly(2030, 5, 11), Hash = "by hand" });
            return db.SaveChangesAsync();
        });
        (await rig.Get<LateSettlements>().Find()).Select(one => one.Day.Day).ShouldBe([12], "no file is expected before the first one");

        rig.Get<SettlementSettings>().LateAfterHours = 0;
        (await rig.Get<LateSettlements>().Find()).ShouldBeEmpty("no file has to come");
    }
}
