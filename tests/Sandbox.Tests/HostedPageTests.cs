using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Database;

namespace OrderSaga.Sandbox.Tests;

public sealed class HostedPageTests(OnSqlite sandbox) : IClassFixture<OnSqlite>
{
    readonly GatewayCaller gateway = sandbox.Host.Gateway;

    [Fact]
    public async Task A_hosted_authorization_returns_a_url_of_this_host()
    {
        var expiresAt = Some.InAnHour();
        var answer = (await gateway.AuthorizeHosted(expiresAt)).ShouldBe(HttpStatusCode.Created, "pending");
        answer.Field("url").ShouldBe($"{sandbox.Host.Root}sandbox/pay/{answer.Id}");
        answer.Field("expiresAt").ShouldBe(expiresAt.Replace("Z", ".000Z", StringComparison.Ordinal));
        (await gateway.Capture(answer.Id)).ShouldBeProblem(HttpStatusCode.Conflict, "authorization-pending");
    }

    [Fact]
    public async Task A_configured_public_url_is_used()
    {
        await using var host = await SandboxHost.Start("--Sandbox:PublicUrl=https://pay.example.test/");
        var answer = await host.Gateway.AuthorizeHosted();
        answer.Field("url").ShouldBe($"https://pay.example.test/sandbox/pay/{answer.Id}");
    }

    [Fact]
    public async Task The_payment_page_loads_nothing_external()
    {
        var answer = await gateway.AuthorizeHosted(reference: "<b>order</b> & co", amount: 123456, currency: "EUR");
        var page = (await gateway.Get(answer.Field("url")!)).ShouldBe(HttpStatusCode.OK);

        page.ContentType.ShouldBe("text/html; charset=utf-8");
        page.Body.ShouldContain("EUR 1,234.56");
        page.Body.ShouldContain("&lt;b&gt;order&lt;/b&gt; &amp; co");
        page.Body.ShouldContain($"action=\"{answer.Id}/pay\"");
        page.Body.ShouldContain($"action=\"{answer.Id}/decline\"");
        page.Body.ShouldContain("<html lang=\"en\">");
        page.Body.ShouldNotContain("http://");
        page.Body.ShouldNotContain("https://");
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'");
        page.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Theory]
    [InlineData("JPY", "JPY 1,250")]
    [InlineData("KWD", "KWD 1.250")]
    [InlineData("USD", "USD 12.50")]
    public async Task Amounts_show_the_decimals_of_their_currency(string currency, string shown) =>
        (await gateway.Get((await gateway.AuthorizeHosted(amount: 1250, currency: currency)).Field("url")!)).Body.ShouldContain(shown);

    [Theory]
    [InlineData("pay", "succeeded", "Payment complete")]
    [InlineData("decline", "declined", "Payment declined")]
    public async Task A_button_decides_the_payment_and_the_page_shows_it(string button, string status, string shown)
    {
        var (key, reference) = (Some.Key(), Some.Reference());
        var answer = await gateway.AuthorizeHosted(key: key, reference: reference);
        var pressed = await gateway.Post($"pay/{answer.Id}/{button}", null);
        pressed.Status.ShouldBe(HttpStatusCode.SeeOther);
        pressed.Headers.Location!.ToString().ShouldBe($"/sandbox/pay/{answer.Id}");

        var page = await gateway.Get(answer.Field("url")!);
        page.Body.ShouldContain(shown);
        page.Body.ShouldNotContain("<button");
        (await gateway.Ledger($"idempotencyKey={key}")).ShouldBe([$"authorize:{status}"]);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", false)]
    [InlineData("Sec-Fetch-Site", "same-site", false)]
    [InlineData("Sec-Fetch-Site", "same-origin", true)]
    [InlineData("Sec-Fetch-Site", "none", true)]
    [InlineData("Origin", "https://evil.example", false)]
    [InlineData("Origin", "null", false)]
    [InlineData("Origin", "HOST", true)]
    public async Task A_form_of_another_site_pays_nothing(string header, string value, bool own)
    {
        var answer = await gateway.AuthorizeHosted();
        var sent = value == "HOST" ? sandbox.Host.Root.GetLeftPart(UriPartial.Authority) : value;
        var pressed = await gateway.Post($"pay/{answer.Id}/pay", null, headers: (header, sent));
        if (own)
            pressed.ShouldBe(HttpStatusCode.SeeOther);
        else
            pressed.ShouldBeProblem(HttpStatusCode.Forbidden, "cross-site");
        (await gateway.Ledger($"reference={answer.Field("reference")}")).ShouldBe([own ? "authorize:succeeded" : "authorize:pending"]);
    }

    [Fact]
    public async Task An_unknown_payment_costs_no_write()
    {
        await using var host = await SandboxHost.Start();
        var writer = host.Services.GetRequiredService<Database<SandboxDb>>().Writer;
        await writer.WaitAsync(TestContext.Current.CancellationToken);
        (await host.Gateway.Post("pay/auth_none/pay", null)).ShouldBe(HttpStatusCode.SeeOther);
        writer.Release();
    }

    [Fact]
    public async Task A_second_button_press_changes_nothing()
    {
        var answer = await gateway.AuthorizeHosted();
        await gateway.Post($"pay/{answer.Id}/pay", null);
        (await gateway.Post($"pay/{answer.Id}/decline", null)).Status.ShouldBe(HttpStatusCode.SeeOther);
        (await gateway.Ledger($"reference={answer.Field("reference")}")).ShouldBe(["authorize:succeeded"]);
    }

    [Fact]
    public async Task Paid_money_can_be_captured()
    {
        var answer = await gateway.AuthorizeHosted();
        await gateway.Post($"pay/{answer.Id}/pay", null);
        (await gateway.Capture(answer.Id)).ShouldBe(HttpStatusCode.Created, "succeeded");
    }

    [Fact]
    public async Task A_voided_payment_can_no_longer_be_paid()
    {
        var answer = await gateway.AuthorizeHosted();
        (await gateway.Void(answer.Id)).ShouldBe(HttpStatusCode.Created, "succeeded");
        await gateway.Post($"pay/{answer.Id}/pay", null);
        (await gateway.Get(answer.Field("url")!)).Body.ShouldContain("Payment expired");
        (await gateway.Ledger($"reference={answer.Field("reference")}")).ShouldBe(["authorize:expired", "void:succeeded"]);
        (await gateway.Capture(answer.Id)).ShouldBeProblem(HttpStatusCode.Conflict, "authorization-voided");
    }

    [Fact]
    public async Task An_expired_payment_sends_a_webhook()
    {
        await using var receiver = await HookReceiver.Start();
        await using var host = await SandboxHost.Start();
        host.SendWebhooksTo(receiver.Url);
        var answer = await host.Gateway.AuthorizeHosted(In(TimeSpan.FromSeconds(1)));

        var delivery = (await receiver.Await(1)).Single();
        delivery.Json["type"]!.ToString().ShouldBe("authorization.expired");
        delivery.Json["data"]!["authorizationId"]!.ToString().ShouldBe(answer.Id);
        await host.Gateway.Post($"pay/{answer.Id}/pay", null);
        (await host.Gateway.Get(answer.Field("url")!)).Body.ShouldContain("Payment expired");
        (await host.Gateway.Ledger($"reference={answer.Field("reference")}")).ShouldBe(["authorize:expired"]);
    }

    [Fact]
    public async Task Late_money_is_accepted_as_configured_and_voided_once()
    {
        await using var receiver = await HookReceiver.Start();
        await using var host = await SandboxHost.Start("--Sandbox:LatePaymentSeconds=60");
        host.SendWebhooksTo(receiver.Url);
        var answer = await host.Gateway.AuthorizeHosted(In(TimeSpan.FromSeconds(1)));
        await receiver.Await(1);
        (await host.Gateway.Void(answer.Id)).ShouldBeProblem(HttpStatusCode.Conflict, "authorization-expired");

        await host.Gateway.Post($"pay/{answer.Id}/decline", null);
        await host.Gateway.Post($"pay/{answer.Id}/pay", null);
        (await host.Gateway.Get(answer.Field("url")!)).Body.ShouldContain("Payment complete");
        (await receiver.Await(2)).Select(received => received.Json["type"]!.ToString()).ShouldBe(["authorization.expired", "authorization.succeeded"]);
        (await host.Gateway.Void(answer.Id)).ShouldBe(HttpStatusCode.Created, "succeeded");
        (await host.Gateway.Void(answer.Id)).ShouldBeProblem(HttpStatusCode.Conflict, "authorization-voided");
        (await host.Gateway.Ledger($"reference={answer.Field("reference")}")).ShouldBe(["authorize:succeeded", "void:succeeded"]);
    }

    [Fact]
    public async Task A_voided_payment_accepts_no_late_money()
    {
        await using var host = await SandboxHost.Start("--Sandbox:LatePaymentSeconds=60");
        var answer = await host.Gateway.AuthorizeHosted();
        await host.Gateway.Void(answer.Id);
        await host.Gateway.Post($"pay/{answer.Id}/pay", null);
        (await host.Gateway.Ledger($"reference={answer.Field("reference")}")).ShouldBe(["authorize:expired", "void:succeeded"]);
    }

    [Fact]
    public async Task A_payment_requested_after_its_deadline_is_declined()
    {
        var answer = (await gateway.AuthorizeHosted("2020-01-01T00:00:00Z")).ShouldBe(HttpStatusCode.PaymentRequired, "declined");
        answer.Field("reason").ShouldBe("expired before it was requested");
    }

    [Fact]
    public async Task An_unknown_payment_has_its_own_page()
    {
        var page = await gateway.Get("pay/auth_none");
        (page.Status, page.ContentType).ShouldBe((HttpStatusCode.NotFound, "text/html; charset=utf-8"));
        page.Body.ShouldContain("Payment not found");
        (await gateway.Post("pay/auth_none/pay", null)).Status.ShouldBe(HttpStatusCode.SeeOther);
        var card = await gateway.Authorize();
        (await gateway.Get($"pay/{card.Id}")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    static string In(TimeSpan time) => TimeProvider.System.GetUtcNow().Add(time).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
