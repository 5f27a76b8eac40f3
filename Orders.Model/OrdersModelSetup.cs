using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orders.Model.Placement;
using Orders.Model.Switches;
using OrderSaga.Contracts;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Retention;
using OrderSaga.Platform.Switches;

namespace Orders.Model;

public static class OrdersModelSetup
{
    /// <summary>Registers what every process on the orders database needs. Repeated calls have no effect.</summary>
    public static void AddOrdersModel(this WebApplicationBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(OrderSettings)))
            return;

        var settings = builder.Configuration.GetSection("Orders").GetStrict<OrderSettings>();
        var section = builder.Configuration.GetSection("Orders");
        CheckDictionaries<TimeToPaySettings>(section.GetSection(nameof(settings.TimeToPay)));
        CheckDictionaries<Dictionary<string, int>>(section.GetSection(nameof(settings.MaxOrdersInProgressByLane)));
        settings.Check();
        builder.Services.AddSingleton(settings);
        builder.AddDatabase<OrdersDb>("orders");
        builder.AddUnitOfWork<OrdersDb>();
        builder.AddRetention(new RetentionRule<OrdersDb>("idempotency_keys", "created_at", settings.IdempotencyKeyRetentionDays));
        builder.AddMessaging(bus => bus.Correlate<IOrderMessage>(message => message.OrderId));
        builder.Services.AddSingleton<UnpaidOrders>();
        builder.Services.AddHostedService(services => services.GetRequiredService<UnpaidOrders>());
        builder.AddSwitches(services => OrderSwitches.Checked(
            settings, services.GetRequiredService<KnownMerchants>, services.GetRequiredService<LaneSettings>()));
        if (LaneSettings.From(builder.Configuration).Used.FirstOrDefault(lane => !OrderLanes.All.Contains(lane)) is { } unknown)
            throw new InvalidOperationException($"Lanes:Use has '{unknown}'; the lanes are {string.Join(", ", OrderLanes.All)}.");
        builder.Services.AddScoped<Placements>();
        builder.Services.AddSingleton<ExpectedLane>();
        builder.Services.AddSingleton<OrderChanges>();
    }

    /// <summary>Of a dictionary the binder drops what it cannot read, unless it is strict.</summary>
    static void CheckDictionaries<T>(IConfigurationSection section)
    {
        try
        {
            _ = section.Get<T>(options => options.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException wrong)
        {
            throw new InvalidOperationException($"{section.Path} is invalid. {(wrong.InnerException ?? wrong).Message}", wrong);
        }
    }
}
