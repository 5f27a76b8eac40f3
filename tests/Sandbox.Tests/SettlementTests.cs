using System.Globalization;

namespace OrderSaga.Sandbox.Tests;

public sealed class SettlementTests
{
    [Fact]
    public async Task A_days_file_lists_every_capture_refund_and_sum()
    {
        await using var host = await SandboxHost.Start();
        var gateway = host.Gateway;
        var day = Today();
        var first = await Captured(gateway, 1250, "EUR", "with, comma and \"quotes\"");
        await Captured(gateway, 2000, "EUR", "r-2");
        await Captured(gateway, 700, "USD", "r-3");
        (await gateway.Refund(first)).ShouldBe(HttpStatusCode.Created);
        await gateway.Capture((await gateway.Authorize("tok_capture_refused", reference: "r-4")).Id);
        await gateway.Void((await gateway.Authorize(reference: "r-5")).Id);

        var file = (await gateway.Get($"v1/settlements/{day}")).ShouldBe(HttpStatusCode.OK);
        Assert.SkipWhen(day != Today(), "Midnight came in between.");
        file.ContentType.ShouldNotBeNull().ShouldStartWith("text/csv");
        file.Body.ShouldEndWith("\r\n");
        var lines = file.Body.TrimEnd().Split("\r\n");
        lines[0].ShouldBe("record,id,operation,authorization_id,reference,amount,fee,currency,at");
        lines.Length.ShouldBe(1 + 4 + 2 + 1);
        lines[1].ShouldStartWith($"row,{first},capture,auth_");
        lines[1].ShouldContain(",\"with, comma and \"\"quotes\"\"\",1250,43,EUR,");
        lines[4].ShouldContain(",refund,");
        lines[4].ShouldContain(",-1250,0,EUR,");
        lines[5..].ShouldBe(["sum,,,,,2000,96,EUR,", "sum,,,,,700,35,USD,", "trailer,4,,,,,,,"]);
    }

    [Fact]
    public async Task A_day_without_money_has_an_empty_file_with_a_trailer()
    {
        await using var host = await SandboxHost.Start();
        var gateway = host.Gateway;
        await Captured(gateway, 1250, "EUR", "r-1");
        (await gateway.Get("v1/settlements/2020-02-29")).ShouldBe(HttpStatusCode.OK).Body
            .ShouldBe("record,id,operation,authorization_id,reference,amount,fee,currency,at\r\ntrailer,0,,,,,,,\r\n");
    }

    [Theory]
    [InlineData("2026-02-30")]
    [InlineData("26-02-01")]
    [InlineData("2026-2-1")]
    [InlineData("today")]
    [InlineData("9999-12-31")]
    public async Task An_invalid_day_is_400(string date)
    {
        await using var host = await SandboxHost.Start();
        (await host.Gateway.Get($"v1/settlements/{date}")).ShouldBeProblem(HttpStatusCode.BadRequest, "settlement-date");
    }

    static string Today() => TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    static async Task<string> Captured(GatewayCaller gateway, long amount, string currency, string reference)
    {
        var authorization = await gateway.Authorize(reference: reference, amount: amount, currency: currency);
        return (await gateway.Capture(authorization.Id)).ShouldBe(HttpStatusCode.Created).Id;
    }
}
