namespace EndToEnd.Tests;

/// <summary>The broker is away for one installation: its connections are cut and its user is turned away.</summary>
public sealed class BrokerTests(Fleet fleet) : Story(fleet)
{
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Orders_are_still_taken_and_all_end_once_it_is_back(Mode mode)
    {
        Assert.SkipUnless(mode.Transport == "RabbitMq", "In one process there is no broker to lose.");
        using var shop = await On(mode);
        using var http = new HttpClient { BaseAddress = shop.System.Url("Orders.Api") };
        var sku = await shop.NewSku(100);
        var broker = new Broker(shop.System.Vhost);
        List<Order> placed = [];

        await broker.TurnAway();
        try
        {
            await Eventually.Becomes("the API says that it is degraded", () => ServiceProcess.Health(http), word => word == "degraded", TimeSpan.FromSeconds(60));
            for (var i = 0; i < 20; i++)
                placed.Add(await Taken(shop, new Draft($"away-{i}-{sku}", sku, 1, "tok_ok")));
        }
        finally
        {
            await broker.LetIn();
        }

        await shop.System.Checker.AtRest(TimeSpan.FromSeconds(60));
        (await shop.LevelOf(sku)).ShouldBe(new Level(sku, 100, 80, 0, 20));
        await shop.System.Checker.IsClean([.. placed.Select(order => order.Id)]);
        await shop.System.AllUp();
    }

    static async Task<Order> Taken(Shop shop, Draft draft)
    {
        using var answer = await shop.Post(draft);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        return (await answer.Content.ReadFromJsonAsync<Order>())!;
    }
}

/// <summary>RabbitMQ's management, about one vhost only: others use the same broker.</summary>
sealed class Broker(string vhost)
{
    readonly string user = new Uri(Mode.RabbitMq!).UserInfo.Split(':')[0];

    public async Task TurnAway()
    {
        using var http = Installation.Management();
        (await http.DeleteAsync($"api/permissions/{vhost}/{user}")).EnsureSuccessStatusCode();
        // The list lags behind by some seconds: what it still has may be gone, and what is new comes in.
        await Eventually.Holds("no connection to the vhost is left", async () => await CutAll(http) == 0, TimeSpan.FromSeconds(30));
    }

    public async Task LetIn()
    {
        using var http = Installation.Management();
        var all = new { configure = ".*", write = ".*", read = ".*" };
        (await http.PutAsJsonAsync($"api/permissions/{vhost}/{user}", all)).EnsureSuccessStatusCode();
    }

    async Task<int> CutAll(HttpClient http)
    {
        var open = (await http.GetFromJsonAsync<List<Connection>>($"api/vhosts/{vhost}/connections"))!;
        foreach (var connection in open)
        {
            using var cut = await http.DeleteAsync("api/connections/" + Uri.EscapeDataString(connection.Name));
            cut.StatusCode.ShouldBeOneOf(HttpStatusCode.NoContent, HttpStatusCode.NotFound);
        }

        return open.Count;
    }

    sealed record Connection(string Name);
}
