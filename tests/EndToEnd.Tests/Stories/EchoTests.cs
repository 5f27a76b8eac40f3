namespace EndToEnd.Tests;

/// <summary>Every message three times, over the real broker and all processes. That each copy is counted is the platform's own test.</summary>
public sealed class EchoTests(Fleet fleet) : Story(fleet)
{
    [Fact]
    public async Task Every_message_delivered_three_times_has_one_effect()
    {
        Assert.SkipWhen(Mode.Postgres is null || Mode.RabbitMq is null, "A broker of the servers' mode echoes; set ORDERSAGA_TEST_POSTGRES and ORDERSAGA_TEST_RABBITMQ.");
        using var shop = await On(Mode.Servers);
        var skus = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => shop.NewSku(60)));
        await using var echo = await Echo.On(shop.System.Vhost, copies: 2);

        var placed = await new Load(shop, Load.Mixed(200, skus, seed: 3)).Run(callers: 16);
        await shop.System.Checker.IsClean([.. placed.Select(one => one.OrderId)]);

        Say($"{echo.Heard} messages were delivered {3 * echo.Heard} times");
        echo.Heard.ShouldBeGreaterThan(placed.Count * 5, "commands and answers of every order went by");
    }
}
