using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace OrderSaga.Bench;

/// <summary>Setup of the usual outbox: pooled contexts, a quorum queue per service, awaited confirms.</summary>
static class UsualBus
{
    public const string Orders = "bench-orders";
    public const string Inventory = "bench-inventory";
    public const string Payments = "bench-payments";

    /// <summary>Concurrent messages of one queue. Fewer leave cores idle during commits and confirms; more were not faster.</summary>
    public const int Concurrency = 16;

    const int Prefetch = 2 * Concurrency;
    const int Retries = 10;

    public static ServiceProvider Build(BaselineSettings settings, BenchDatabases databases)
    {
        var services = new ServiceCollection();
        services.AddLogging(log => log.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<UsualPlacement>();
        services.AddSingleton<UsualRelay>();
        services.AddSingleton(new UsualGateway(new HttpClient { BaseAddress = new Uri(settings.GatewayUrl.TrimEnd('/') + "/") }));
        AddDatabase<UsualOrdersDb>(services, databases.Orders);
        AddDatabase<UsualInventoryDb>(services, databases.Inventory);
        AddDatabase<UsualPaymentsDb>(services, databases.Payments);
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddConsumers(typeof(UsualSubmitted), typeof(UsualReserved), typeof(UsualAuthorized), typeof(UsualPaid), typeof(UsualSold));
            bus.AddConsumers(typeof(UsualReserve), typeof(UsualSell), typeof(UsualAuthorize), typeof(UsualCapture));
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(new Uri(settings.BrokerUrl));
                Queue(rabbit, Orders, context, typeof(UsualSubmitted), typeof(UsualReserved), typeof(UsualAuthorized), typeof(UsualPaid), typeof(UsualSold));
                Queue(rabbit, Inventory, context, typeof(UsualReserve), typeof(UsualSell));
                Queue(rabbit, Payments, context, typeof(UsualAuthorize), typeof(UsualCapture));
            });
        });
        return services.BuildServiceProvider();
    }

    static void Queue(IRabbitMqBusFactoryConfigurator rabbit, string name, IRegistrationContext context, params Type[] consumers) =>
        rabbit.ReceiveEndpoint(name, endpoint =>
        {
            endpoint.SetQuorumQueue();
            endpoint.PrefetchCount = Prefetch;
            endpoint.ConcurrentMessageLimit = Concurrency;
            endpoint.UseMessageRetry(retry => retry.Immediate(Retries));
            foreach (var consumer in consumers)
                endpoint.ConfigureConsumer(context, consumer);
        });

    static void AddDatabase<TDb>(ServiceCollection services, NpgsqlDataSource source) where TDb : DbContext =>
        services.AddDbContextPool<TDb>(options => options.UseNpgsql(source).EnableThreadSafetyChecks(false));
}
