using System.Text.Json.Nodes;

namespace EndToEnd.Tests;

/// <summary>A merchant receives every event of its orders, whichever process dies.</summary>
public sealed class WebhookTests
{
    const int Orders = 6;

    /// <summary>The process dies up to ten times, and a start takes ten seconds beside other suites.</summary>
    static readonly TimeSpan ArrivesWithin = TimeSpan.FromMinutes(4);

    /// <summary>The process dies each time after it has sent five webhooks and recorded four, until fewer than that are left.</summary>
    [Theory, MemberData(nameof(Mode.Widest), MemberType = typeof(Mode))]
    public async Task Webhooks_survive_kills_before_commit_in_order(Mode mode)
    {
        await using var receiver = await HookReceiver.Start();
        await using var system = await Running.Start(mode, new Setup
        {
            Settings = new Dictionary<string, string?>
            {
                ["Webhooks:AllowHttp"] = "true", ["Webhooks:PrivateHosts:0"] = "127.0.0.1", ["Webhooks:TimeoutSeconds"] = "2",
                ["Webhooks:LeaseSeconds"] = "4", ["Webhooks:TakeoverTimeoutSeconds"] = "2", ["FailPoint"] = "webhooks.after-send:5",
            },
        });
        using var shop = new Shop(system, system.ApiKey);
        var sku = await shop.NewSku(100);
        await Shop.Read<JsonNode>(shop.Tell(receiver.Url));
        var api = system.Of("Orders.Api");
        var placed = new List<Guid>();
        while (placed.Count < Orders)
            placed.Add(await PlaceInAnyCase(system, shop, sku));

        var kills = 0;
        await Eventually.Holds("every event of every order has arrived, and the unrecorded ones have arrived twice", async () =>
        {
            if (!api.IsUp)
            {
                kills++;
                await Restart(system);
            }

            return placed.TrueForAll(order => receiver.First(order) == "order.submitted order.completed") && receiver.Taken.Count > 2 * Orders;
        }, ArrivesWithin);

        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills, {receiver.Taken.Count} sendings of {2 * Orders} events");
        receiver.Taken.GroupBy(hook => hook.Id).Count().ShouldBe(2 * Orders, "the same event has the same id");
    }

    /// <summary>The process may die during the request: retry with the same key.</summary>
    static async Task<Guid> PlaceInAnyCase(Running system, Shop shop, string sku)
    {
        var draft = new Draft(Guid.CreateVersion7().ToString(), sku, 1, "tok_ok");
        while (true)
        {
            try
            {
                return (await Shop.Read<Order>(shop.Post(draft))).Id;
            }
            catch (HttpRequestException)
            {
                await Restart(system);
            }
        }
    }

    static async Task Restart(Running system)
    {
        try
        {
            await system.AllUp();
        }
        catch (InvalidOperationException)
        {
            // The process sent the rest and died before it was ready: start it again.
        }
    }
}
