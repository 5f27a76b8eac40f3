using Microsoft.EntityFrameworkCore;
using Orders.Api.Erasure;
using Orders.Api.Tests.Webhooks;

namespace Orders.Api.Tests;

/// <summary>Personal data of finished orders is erased by age or by command; the audit and the idempotency stay.</summary>
public sealed class ErasureTests
{
    const string Reason = "Mrs Smith is ill";

    static readonly string OfCustomer = Caller.Order.Replace("\"lines\"", "\"customer\":\"c-smith\",\"lines\"", StringComparison.Ordinal);

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Old_finished_orders_lose_their_personal_data(Mode mode)
    {
        await using var shop = await HookShop.Open(mode, "--Orders:PersonalDataRetentionDays=8", "--Retention:IntervalSeconds=1");
        var endpoint = await shop.Register();
        var (old, recent, open) = (await Finished(shop, "smith@example.com"), await Finished(shop, "jones@example.com"), await shop.Merchant.Placed());
        await shop.LogBecomes(endpoint, "Delivered", 5);
        var audit = await Audit(shop);
        await Age(shop, recent, 7);
        await Age(shop, open, 9);
        await Age(shop, old, 9);

        var erased = await Eventually.Becomes("the old order is erased", () => Order(shop, old), order => order.Reason is null);
        (erased.IdempotencyKey, erased.CancellationRequested, erased.PaymentUrl, erased.Customer).ShouldBe((PersonalData.ErasedKey(old), null, null, null));
        (erased.State, erased.Total, erased.Lines.Count).ShouldBe((OrderStates.Cancelled, 2500, 1));
        var young = await Order(shop, recent);
        (young.Reason, young.IdempotencyKey, young.Customer).ShouldBe((Reason, "jones@example.com", "c-smith"));
        (await Order(shop, open)).IdempotencyKey.ShouldNotStartWith(PersonalData.ErasedPrefix);
        (await shop.Rows()).Select(row => row.OrderId).Distinct().ShouldBe([recent, open], ignoreOrder: true);
        (await shop.Host.Read(db => db.IdempotencyRecords.SingleAsync(record => record.OrderId == old))).Key.ShouldBe(PersonalData.ErasedKey(old));
        (await Audit(shop)).ShouldBe(audit);
        var again = await shop.Merchant.Place("smith@example.com", OfCustomer);
        again.Json["id"]!.GetValue<Guid>().ShouldBe(old, "a repeated request finds its order");
        again.Text.ShouldNotContain("c-smith");
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task The_command_erases_one_finished_order(Mode mode)
    {
        await using var shop = await HookShop.Open(mode);
        var (order, other, open) = (await Finished(shop, "a"), await Finished(shop, "b"), await shop.Merchant.Placed());
        string[] settings = [.. shop.Installation.Settings().Select(pair => $"--{pair.Key}={pair.Value}")];
        (await EraseOrderCommand.TryRun(["erase-order", "--id", $"{order}", .. settings])).ShouldBeTrue();
        (await Order(shop, order)).Reason.ShouldBeNull();
        (await Order(shop, other)).Reason.ShouldBe(Reason);
        var id = order.ToString();
        (await shop.Host.Read(db => db.Audit.Where(row => row.SubjectId == id).OrderByDescending(row => row.Id).FirstAsync()))
            .ShouldSatisfyAllConditions(row => row.Cause.ShouldBe("erase-order"), row => row.Detail.ShouldBe($"by {Environment.UserName}"));

        Environment.ExitCode.ShouldBe(0);
        await EraseOrderCommand.TryRun(["erase-order", "--id", $"{open}", .. settings]);
        Environment.ExitCode.ShouldBe(2, "an order in progress needs its key and its payment page");
        Environment.ExitCode = 0;
        (await Order(shop, open)).IdempotencyKey.ShouldNotStartWith(PersonalData.ErasedPrefix);
    }

    /// <summary>A cancelled order with everything that may identify a customer.</summary>
    static async Task<Guid> Finished(HookShop shop, string key)
    {
        var id = (await shop.Merchant.Place(key, OfCustomer)).ShouldBe(202).Json["id"]!.GetValue<Guid>();
        await shop.Host.Drive(id, OrderStates.Cancelled, "test",
            order => (order.Reason, order.CancellationRequested, order.PaymentUrl) = (Reason, Reason, "https://pay.example/1"));
        return id;
    }

    static Task<int> Age(HookShop shop, Guid id, int days) => shop.Host.Read(db => db.Orders.Where(order => order.CorrelationId == id)
        .ExecuteUpdateAsync(order => order.SetProperty(row => row.UpdatedAt, row => row.UpdatedAt.AddDays(-days))));

    static Task<OrderState> Order(HookShop shop, Guid id) => shop.Host.Read(db => db.Orders.AsNoTracking().SingleAsync(order => order.CorrelationId == id));

    static async Task<string> Audit(HookShop shop)
    {
        var rows = await shop.Host.Read(db => db.Audit.AsNoTracking().OrderBy(row => row.Id).ToListAsync());
        return string.Join('\n', rows.Select(row => $"{row.Id} {row.SubjectId} {row.To} {row.Detail}"));
    }
}
