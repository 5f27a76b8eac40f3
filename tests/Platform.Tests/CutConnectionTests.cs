using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Tests;

/// <summary>The connection is lost while a process starts and declares its queues.</summary>
public sealed class CutConnectionTests
{
    [Theory, InlineData(1), InlineData(3), InlineData(5)]
    public async Task A_receiver_cut_off_while_it_starts_receives_later(int declare)
    {
        Assert.SkipUnless(Mode.Postgres is not null && Mode.RabbitMq is not null, "It takes a broker.");
        await using var installation = await Mode.Servers.Fresh("pack");
        await using var proxy = new CuttingProxy(new Uri(installation.Settings()["Transport:Url"]!), declare);
        await using var host = await PackHost.Make(installation, $"Transport:Url={proxy.Url}", "Limits:ReceiverStartSeconds=3");
        await host.App.StartAsync();
        await Eventually.Holds("the connection is cut", () => proxy.HasCut);

        var bus = host.App.Services.GetRequiredService<IBusControl>();
        (await bus.WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(60))).ShouldBe(BusHealthStatus.Healthy);
        await host.Bump("a", 20);
        await host.Counts("echo-a", 20);
    }
}
