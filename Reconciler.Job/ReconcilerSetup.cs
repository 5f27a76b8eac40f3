using OrderSaga.Contracts;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Retention;
using Orders.Model;
using Orders.Model.Participants;

namespace Reconciler.Job;

public static class ReconcilerSetup
{
    static readonly TimeSpan AlertTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Adds recovery and reconciliation with their schedules.</summary>
    public static void AddReconciler(this WebApplicationBuilder builder)
    {
        var recovery = builder.Configuration.GetSection("Recovery").GetStrict<RecoverySettings>();
        recovery.Check(builder.AddParticipants());
        builder.Services.AddSingleton(recovery);
        builder.Services.AddSingleton<ParticipantQueries>();
        builder.Services.AddSingleton<ReviewCases>();
        builder.Services.AddScoped<RecoverySender>();
        builder.AddMessaging(bus => bus.Correlate<IOrderMessage>(message => message.OrderId));
        var reconciliation = builder.AddReconciliation();
        builder.Services.AddHostedService(services => services.GetRequiredService<RunWorker>());
        builder.Services.AddHostedService(services => services.GetRequiredService<CaseAlerts>());
        builder.AddReplicaMonitor();
        builder.Services.AddPeriodic<OverdueOrdersJob>(TimeSpan.FromSeconds(recovery.IntervalSeconds));
        builder.Services.AddPeriodic<ReviewMonitorJob>(TimeSpan.FromSeconds(recovery.ReviewIntervalSeconds));
        builder.Services.AddPeriodic<SwitchKillCases>(TimeSpan.FromSeconds(recovery.ReviewIntervalSeconds));
        ScheduledRun.Schedule(builder.Services, reconciliation);
    }

    /// <summary>Adds what a run needs, in the service and in the command.</summary>
    internal static ReconciliationSettings AddReconciliation(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("Reconciliation").GetStrict<ReconciliationSettings>();
        settings.Check();
        builder.Services.AddSingleton(settings);
        builder.AddDatabase<ReconcilerDb>("reconciler");
        builder.AddUnitOfWork<ReconcilerDb>();
        builder.AddRetention(new RetentionRule<ReconcilerDb>("findings", "found_at", settings.RunRetentionDays));
        builder.AddRetention(new RetentionRule<ReconcilerDb>("reconciliation_runs", "created_at", settings.RunRetentionDays, "active IS NULL"));
        builder.AddRetention(new RetentionRule<ReconcilerDb>("repairs", "checked_at", settings.CaseRetentionDays));
        builder.AddRetention(new RetentionRule<ReconcilerDb>("cases", "resolved_at", settings.CaseRetentionDays));
        builder.AddReadOnlyContext<OrdersDb>("orders");
        builder.AddLedgers(TimeSpan.FromSeconds(settings.WindowSeconds));
        builder.AddSettlements<ReconcilerDb>();
        builder.Services.AddSingleton<RunTable>();
        builder.Services.AddSingleton<RunStarter>();
        builder.Services.AddSingleton<RunWorker>();
        builder.Services.AddSingleton<Reconciliation>();
        builder.Services.AddSingleton<NonOrderChecks>();
        builder.Services.AddSingleton<Comparison>();
        builder.Services.AddSingleton<FindingQuota>();
        builder.Services.AddSingleton<RepairVerification>();
        builder.Services.AddSingleton<Compensator>();
        builder.Services.AddSingleton<Recheck>();
        builder.Services.AddSingleton<CaseService>();
        builder.Services.AddSingleton<CaseAlerts>();
        builder.Services.AddSingleton<CaseActions>();
        builder.Services.AddScoped<ReportReader>();
        builder.Services.AddHttpClient(CaseAlerts.Client, http => http.Timeout = AlertTimeout);
        return settings;
    }

    public static void MapReconciler(this IEndpointRouteBuilder app)
    {
        var reconciliation = app.MapGroup("/reconciliation").WithTags("Reconciliation").RequireRole(Roles.Operator);
        ConservationEndpoint.Map(reconciliation);
        RunEndpoints.Map(reconciliation.MapGroup("/runs"));
        app.MapSettlements<ReconcilerDb>();
        AcceptedEndpoints.Map(app);
        CaseHistoryEndpoint.Map(app);
        CaseEndpoints.Map(app.MapGroup("/cases").WithTags("Cases").RequireRole(Roles.Operator));
    }
}
