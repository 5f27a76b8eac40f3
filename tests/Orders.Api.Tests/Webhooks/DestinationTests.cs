using Microsoft.Extensions.DependencyInjection;
using Orders.Api.Webhooks;
using OrderSaga.Platform.Http;

namespace Orders.Api.Tests.Webhooks;

/// <summary>A merchant's URL cannot reach our own network.</summary>
public sealed class DestinationTests
{
    [Theory]
    [InlineData("http://shop.example/hooks")]
    [InlineData("ftp://shop.example/hooks")]
    [InlineData("/hooks")]
    [InlineData("")]
    [InlineData("https://user:secret@shop.example/")]
    [InlineData("https://shop.example/#part")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://10.0.0.1:8443/")]
    public void A_forbidden_webhook_url_is_refused(string url) =>
        Should.Throw<Problem>(() => new WebhookUrlPolicy(new WebhookSettings(), Nowhere).Check(url)).Type.ShouldBe(ProblemTypes.InvalidUrl);

    [Theory]
    [InlineData("https://shop.example/hooks?x=1", "https://shop.example/hooks?x=1")]
    [InlineData("https://shop.example:8443", "https://shop.example:8443/")]
    public void An_allowed_webhook_url_is_accepted(string url, string kept) => new WebhookUrlPolicy(new WebhookSettings(), Nowhere).Check(url).ShouldBe(kept);

    [Fact]
    public void A_webhook_url_that_is_too_long_is_refused() =>
        Should.Throw<Problem>(() => new WebhookUrlPolicy(new WebhookSettings(), Nowhere).Check("https://shop.example/" + new string('x', 500)));

    /// <summary>An attacker's name server: one answer at registration, another later.</summary>
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("169.254.169.254")]
    public async Task A_name_that_resolves_to_a_private_address_is_blocked(string address)
    {
        await using var receiver = await HookReceiver.Start();
        var port = new Uri(receiver.Url).Port;
        await using var installation = await Mode.Embedded.Fresh("orders");
        var key = ApiKeys.Create(installation.Directory, "m", "m", Roles.Orders, Roles.Catalogue);
        await using var host = await ApiHost.Start(installation, true, builder =>
            builder.Services.AddSingleton<Resolve>((name, _) => Task.FromResult(new[] { IPAddress.Parse(address) })),
            [.. HookShop.Quick, "--Webhooks:PrivateHosts:0=another.example"]);
        var merchant = new Caller(host, "m", key);
        await merchant.Price("tea-001", 1250);
        var endpoint = (await merchant.Post("/webhook-endpoints", $$"""{"url":"http://rebound.example:{{port}}/hook"}""")).ShouldBe(201).Json;
        await merchant.Placed();

        var log = await Eventually.Becomes("a delivery was attempted",
            async () => (await merchant.Get($"/webhook-endpoints/{endpoint["id"]}/deliveries")).Json["items"]!.AsArray(),
            items => items.Any(item => item!["lastError"] is not null));
        log[0]!["lastError"]!.GetValue<string>().ShouldContain("rebound.example has no public address");
        receiver.Taken.ShouldBeEmpty();
    }

    static Task<IPAddress[]> Nowhere(string host, CancellationToken cancel) => throw new InvalidOperationException("No address may be resolved here.");
}
