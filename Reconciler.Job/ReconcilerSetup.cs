using Orders.Model;
using OrderSaga.Platform.Database;
using Quartz;

namespace Reconciler.Job;

public static class ReconcilerSetup
{
    public static void AddReconciler(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("Assurance").Get<AssuranceSettings>() ?? new AssuranceSettings();
        settings.Check();
        builder.Services.AddSingleton(settings);
        builder.AddDatabase<ReconcilerDb>("reconciler");
        builder.AddReader<OrdersDb>("orders");
        builder.AddLedgers();
        builder.AddSettlements();
        builder.Services.AddQuartz(quartz => quartz.ScheduleJob<DriveOverdueOrders>(trigger => trigger
            .WithIdentity("drive-overdue-orders")
            .WithSimpleSchedule(every => every.WithInterval(TimeSpan.FromSeconds(settings.EverySeconds)).RepeatForever())));
        builder.Services.AddQuartzHostedService(host => host.WaitForJobsToComplete = true);
    }

    /// <summary>The books of all owners, to read: what reconciliation compares.</summary>
    static void AddLedgers(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("Ledgers").Get<LedgerSettings>() ?? new LedgerSettings();
        settings.Check();
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(Ledgers.Of(builder.Configuration, settings));
        builder.Services.AddSingleton<FourWayMerge>();
        builder.Services.AddSingleton<Conservation>();
    }

    static void AddSettlements(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("Settlements").Get<SettlementSettings>() ?? new SettlementSettings();
        settings.Check();
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<SettlementIntake>();
        builder.Services.AddTransient<SettlementFetch>();
        builder.Services.AddHttpClient<SettlementClient>(http => http.Timeout = TimeSpan.FromSeconds(settings.TimeoutSeconds))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
    }
}
