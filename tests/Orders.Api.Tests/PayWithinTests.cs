using System.Security.Cryptography;
using System.Text;
using OrderSaga.Platform.Http;

namespace Orders.Api.Tests;

/// <summary>How long a customer has to pay: by merchant and by class of order.</summary>
public sealed class PayWithinTests
{
    const string Flash = """{"currency":"EUR","lines":[{"sku":"tea-001","quantity":1}],"payment":{"method":"hosted"},"class":"flash"}""";

    static readonly string[] Settings =
    [
        "--Orders:TimeToPay:Seconds=1800", "--Orders:TimeToPay:Classes:flash=300", "--Orders:TimeToPay:Merchants:acme:Seconds=3600",
        "--Orders:TimeToPay:Merchants:acme:Classes:flash=180", "--Orders:TimeToPay:Merchants:acme:Classes:pre-order=172800",
    ];

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Payment_deadline_depends_on_merchant_and_class(Mode mode)
    {
        await using var installation = await mode.Fresh("orders");
        var (acme, zeta) = (Key(installation, "acme"), Key(installation, "zeta"));
        await using var host = await ApiHost.Start(installation, true, Settings);
        await host.Read(db => db.Database.EnsureCreatedAsync());
        var (one, other) = (new Caller(host, "acme", acme), new Caller(host, "zeta", zeta));
        await one.Price("tea-001", 1250);

        (await Minutes(host, one, Caller.Hosted)).ShouldBe(60);
        (await Minutes(host, one, Flash)).ShouldBe(3);
        (await Minutes(host, one, Flash.Replace("flash", "pre-order", StringComparison.Ordinal))).ShouldBe(2880);
        (await Minutes(host, other, Caller.Hosted)).ShouldBe(30);
        (await Minutes(host, other, Flash)).ShouldBe(5);

        (await other.Place("k", Flash.Replace("flash", "pre-order", StringComparison.Ordinal))).ShouldBeProblem(422, "unknown-class", "/class");
        (await one.Place("k", Flash.Replace("flash", "falsh", StringComparison.Ordinal))).ShouldBeProblem(422, "unknown-class", "/class");
        var placed = (await one.Place("same", Flash)).ShouldBe(202);
        ((string)placed.Json["class"]!).ShouldBe("flash");
        (await one.Place("same", Flash)).Body.ShouldBe(placed.Body);
        (await one.Place("same", Caller.Hosted)).ShouldBeProblem(422, "idempotency-key-reused");
        (await one.Place("plain", Caller.Hosted)).ShouldBe(202).Json.AsObject().ContainsKey("class").ShouldBeFalse();
    }

    [Fact]
    public async Task A_pending_payment_shows_its_deadline()
    {
        await using var installation = await Mode.Embedded.Fresh("orders");
        var acme = Key(installation, "acme");
        await using var host = await ApiHost.Start(installation, true, Settings);
        await host.Read(db => db.Database.EnsureCreatedAsync());
        var merchant = new Caller(host, "acme", acme);
        await merchant.Price("tea-001", 1250);
        var id = await merchant.Placed(Flash);
        await host.Drive(id, OrderStates.AwaitingPayment, "PaymentPending", order => order.PaymentUrl = "https://pay.example/1");
        var order = (await merchant.Get($"/orders/{id}")).ShouldBe(200).Json;
        (order["payment"]!["expiresAt"]!.GetValue<DateTime>() - order["createdAt"]!.GetValue<DateTime>())
            .ShouldBeInRange(TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(181));
    }

    [Fact]
    public async Task An_order_without_a_class_keeps_its_old_request_hash()
    {
        var api = await Api.Of(Mode.Embedded);
        var id = await api.Merchant().Placed();
        var record = await api.Host.Read(db => db.IdempotencyRecords.SingleAsync(row => row.OrderId == id));
        record.RequestHash.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Caller.Order))));
    }

    [Theory]
    [InlineData("--Orders:TimeToPay:Seconds=8", "Orders:TimeToPay:Seconds")]
    [InlineData("--Orders:TimeToPay:Classes:Flash=5", "Orders:TimeToPay:Classes:Flash")]
    [InlineData("--Orders:TimeToPay:Classes:flash=604801", "Orders:TimeToPay:Classes:flash")]
    [InlineData("--Orders:TimeToPay:Merchants:acme:Seconds=0", "Orders:TimeToPay:Merchants:acme:Seconds")]
    [InlineData("--Orders:TimeToPay:Merchants:acme:Classes:flash=0", "Orders:TimeToPay:Merchants:acme:Classes:flash")]
    public async Task An_invalid_deadline_setting_stops_startup(string setting, string named)
    {
        await using var installation = await Mode.Embedded.Fresh("orders");
        (await Should.ThrowAsync<InvalidOperationException>(() => ApiHost.Start(installation, false, setting))).Message.ShouldStartWith(named);
    }

    static string Key(Installation installation, string merchant) => ApiKeys.Create(installation.Directory, merchant, merchant, Roles.Orders, Roles.Catalogue);

    static async Task<double> Minutes(ApiHost host, Caller merchant, string body)
    {
        var id = await merchant.Placed(body);
        var row = await host.Read(db => db.Orders.SingleAsync(order => order.CorrelationId == id));
        return Math.Floor((row.PayBefore - row.CreatedAt).TotalMinutes);
    }
}
