using Microsoft.Extensions.Configuration;
using OrderSaga.Platform.Database;
using OrderSaga.Verifier;

namespace Reconciler.Job.Tests;

/// <summary>Each database seals its audit, and verify names what was changed afterwards.</summary>
public sealed class SealedAuditTests
{
    const string SealKey = "a secret of more than thirty-two characters";

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_changed_and_a_removed_row_are_named(Mode mode)
    {
        await using var shop = await Sealed(mode);
        (await Violations(shop)).ShouldBeEmpty();
        List<string> expected = [];
        foreach (var owner in Sources(shop).Owners)
        {
            var ids = await Ids(owner, "SELECT id FROM audit ORDER BY id");
            var (changed, removed) = (ids[0], ids[^1]);
            await shop.Corruptor.Run(owner.Name, $"UPDATE audit SET actor = 'key somebody-else' WHERE id = {changed}");
            await shop.Corruptor.Run(owner.Name, $"DELETE FROM audit WHERE id = {removed}");
            expected.AddRange([$"{owner.Name} audit row {changed} was changed", $"{owner.Name} audit row {removed} was removed"]);
        }

        (await Violations(shop)).Select(violation => violation[..violation.IndexOf(" after", StringComparison.Ordinal)]).ShouldBe(expected);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task An_added_row_and_changed_seals_are_named(Mode mode)
    {
        await using var shop = await Sealed(mode);
        await shop.Http.Reconcile();
        await WaitUntilSealed(shop);
        var seals = (await Ids(Sources(shop).Reconciler, "SELECT number FROM audit_seals")).Count;
        seals.ShouldBeGreaterThan(1);
        await shop.Corruptor.Run("orders", "UPDATE audit SET id = -1 WHERE id = 1");
        await shop.Corruptor.Run("inventory", "UPDATE audit_seals SET sealed_at = '2026-01-01 00:00:00' WHERE number = 1");
        await shop.Corruptor.Run("reconciler", "DELETE FROM audit_seals WHERE number = 1");

        var found = await Violations(shop);

        found.ShouldContain(violation => violation.StartsWith("orders audit row -1 was added", StringComparison.Ordinal));
        found.ShouldContain(violation => violation.StartsWith("orders audit row 1 was removed", StringComparison.Ordinal));
        found.ShouldContain(violation => violation.StartsWith("inventory seal 1 does not match its rows", StringComparison.Ordinal));
        found.ShouldContain(violation => violation.StartsWith("reconciler seal 2 has no seals between it and seal 0", StringComparison.Ordinal));
        found.ShouldAllBe(violation => !violation.StartsWith("payments", StringComparison.Ordinal));
    }

    /// <summary>Someone who knows the program but not the key can change row and seal, but not so that they match.</summary>
    [Fact]
    public async Task A_seal_made_again_without_the_key_is_named()
    {
        await using var shop = await Sealed(Mode.Embedded, $"Audit:SealKeys={SealKey}");
        (await Violations(shop, SealKey)).ShouldBeEmpty();
        await using var db = Migrations.Schema.Context(DatabaseMode.Sqlite, "inventory", shop.Installation.Connection("inventory"));
        var rows = db.Audit.OrderBy(row => row.Id).ToList();
        var old = db.Set<AuditSeal>().OrderBy(seal => seal.Number).ToList();
        rows[0].Actor = "key somebody-else";
        db.RemoveRange(old);
        db.Add(AuditSeal.Of(null, rows.ConvertAll(row => (row.Id, AuditSeal.MarkOf(row))), old[0].SealedAt, null));
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);

        (await Violations(shop, SealKey)).ShouldHaveSingleItem()
            .ShouldBe("inventory seal 1 does not match its rows: it was changed, or Audit:SealKeys lacks its key");
        (await Violations(shop)).ShouldAllBe(violation => !violation.StartsWith("inventory", StringComparison.Ordinal), "without a key it is not seen");
    }

    [Fact]
    public async Task Seals_of_a_former_key_still_count()
    {
        await using var shop = await Sealed(Mode.Embedded);
        (await Violations(shop, $"{SealKey};none")).ShouldBeEmpty();
        (await Violations(shop, SealKey)).Count.ShouldBeGreaterThanOrEqualTo(4, "each database has seals without a key");
    }

    static async Task<Shop> Sealed(Mode mode, params string[] settings)
    {
        var shop = await Shop.Open(mode, ["Audit:SealIntervalSeconds=1", .. settings]);
        await shop.Order();
        await shop.Http.Reconcile();
        await WaitUntilSealed(shop);
        return shop;
    }

    static async Task WaitUntilSealed(Shop shop)
    {
        foreach (var owner in Sources(shop).Owners)
            await Eventually.Becomes($"the audit of {owner.Name} is sealed", () => Ids(owner, """
                SELECT id FROM audit WHERE id > (SELECT COALESCE(MAX(last_id), 0) FROM audit_seals)
                UNION ALL SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM audit_seals)
                """), open => open.Count == 0);
    }

    /// <summary>Violations of I19, without its name.</summary>
    static async Task<List<string>> Violations(Shop shop, string keys = "")
    {
        var result = await new Verification(Sources(shop, keys), new VerifyOptions(), (_, _) => { }, TimeProvider.System).Run(CancellationToken.None);
        return [.. result.Violations.Where(found => found.Invariant == "I19").Select(found => $"{found.Subject} {found.What}")];
    }

    static VerifySources Sources(Shop shop, string keys = "") => VerifySources.Of(
        new ConfigurationBuilder().AddInMemoryCollection([.. shop.Installation.Settings(), new("Audit:SealKeys", keys)]).Build(), (_, _) => null);

    static async Task<List<long>> Ids(ServiceDatabase owner, string sql) =>
        await owner.Rows(sql, row => row.GetInt64(0), TestContext.Current.CancellationToken).ToListAsync();
}
