using System.Diagnostics;

namespace EndToEnd.Tests;

/// <summary>A merchant sees only its own orders.</summary>
public sealed class MerchantTests(Fleet fleet) : Scenario(fleet)
{
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Another_merchants_key_cannot_read_an_order(Mode mode)
    {
        using var shop = await On(mode);
        var order = await shop.Place(await shop.NewSku(5), 1, "tok_ok");
        using var other = new Shop(shop.System, await NewKey(shop.System, "other"));

        await Eventually.Holds("the running processes accept the new key", async () => (await Status(other, "orders")) == HttpStatusCode.OK);
        (await Status(other, $"orders/{order.Id}")).ShouldBe(HttpStatusCode.NotFound);
        (await Status(other, $"orders/{order.Id}/timeline")).ShouldBe(HttpStatusCode.NotFound);
        (await Status(other, $"orders/{order.Id}/trace")).ShouldBe(HttpStatusCode.NotFound);
        using var cancel = await other.Cancel(order.Id);
        cancel.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var list = await other.Ask("orders");
        (await list.Content.ReadAsStringAsync()).ShouldNotContain(order.Id.ToString());
        (await Status(shop, $"orders/{order.Id}")).ShouldBe(HttpStatusCode.OK);
    }

    static async Task<HttpStatusCode> Status(Shop shop, string path)
    {
        using var answer = await shop.Ask(path);
        return answer.StatusCode;
    }

    /// <summary>Uses the operator's command.</summary>
    static async Task<string> NewKey(Running system, string merchant)
    {
        var start = new ProcessStartInfo("dotnet",
        [
            system.Of("Orders.Api").Assembly, "create-api-key", "--name", merchant, "--merchant", merchant, "--roles", "orders", "--data", system.Directory,
        ]) { RedirectStandardOutput = true, UseShellExecute = false };
        using var command = Process.Start(start)!;
        var key = await command.StandardOutput.ReadToEndAsync();
        await command.WaitForExitAsync();
        command.ExitCode.ShouldBe(0);
        return key.Trim();
    }
}
