namespace EndToEnd.Tests;

/// <summary>The broker is unavailable to one installation: its connections are cut and its user is refused.</summary>
public sealed class BrokerTests(Fleet fleet) : Scenario(fleet)
{
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Orders_are_accepted_while_the_broker_is_down(Mode mode)
    {
        Assert.SkipUnless(mode.Transport == "RabbitMq", "In one process there is no broker to lose.");
        using var shop = await On(mode);
        var sku = await shop.NewSku(100);
        var broker = new Broker(shop.System.Vhost);
        List<Order> placed = [];

        await broker.RefuseConnections();
        try
        {
            await Eventually.Becomes("the services say that they are degraded", () => AfterACut(shop.System, broker),
                texts => texts.Contains("degraded", StringComparison.Ordinal), TimeSpan.FromSeconds(60));
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

    /// <summary>The broker lists connections some seconds late: cut again until the services notice.</summary>
    static async Task<string> AfterACut(Running system, Broker broker)
    {
        await broker.CutAll();
        var texts = await Task.WhenAll(system.Services.Select(service => system.Of(service).Health()));
        return string.Join(", ", texts.Distinct());
    }

    static async Task<Order> Taken(Shop shop, Draft draft)
    {
        using var answer = await shop.Post(draft);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        return (await answer.Content.ReadFromJsonAsync<Order>())!;
    }
}

/// <summary>RabbitMQ's management API for one virtual host only: others use the same broker.</summary>
sealed class Broker(string vhost)
{
    readonly string user = new Uri(Mode.RabbitMq!).UserInfo.Split(':')[0];

    /// <summary>Refuses new connections; existing ones stay until they are cut.</summary>
    public async Task RefuseConnections()
    {
        using var http = Installation.Management();
        (await http.DeleteAsync($"api/permissions/{vhost}/{user}")).EnsureSuccessStatusCode();
    }

    public async Task LetIn()
    {
        using var http = Installation.Management();
        var all = new { configure = ".*", write = ".*", read = ".*" };
        (await http.PutAsJsonAsync($"api/permissions/{vhost}/{user}", all)).EnsureSuccessStatusCode();
    }

    public async Task CutAll()
    {
        using var http = Installation.Management();
        foreach (var connection in (await http.GetFromJsonAsync<List<Connection>>($"api/vhosts/{vhost}/connections"))!)
        {
            using var cut = await http.DeleteAsync("api/connections/" + Uri.EscapeDataString(connection.Name));
            cut.StatusCode.ShouldBeOneOf(HttpStatusCode.NoContent, HttpStatusCode.NotFound);
        }
    }

    sealed record Connection(string Name);
}
