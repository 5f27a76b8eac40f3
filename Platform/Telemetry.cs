using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Http;
using Serilog;
using Serilog.Context;
using Serilog.Events;

namespace OrderSaga.Platform;

/// <summary>Logs to the console; traces and metrics over OTLP when <c>Otlp:Endpoint</c> is set.</summary>
public static class Telemetry
{
    /// <summary>The tag that names the order on a span.</summary>
    public const string OrderTag = "order.id";

    const string Line = "{Timestamp:HH:mm:ss.fff} {Level:u3} {SourceContext}: {Message:lj} {OrderId} {TraceId}{NewLine}{Exception}";

    public static void AddTelemetry(this WebApplicationBuilder builder, string service)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddSerilog(Logger(builder, service), dispose: true);
        builder.Services.AddHostedService(_ => new TelemetryExport(builder.Configuration, service));
    }

    /// <summary>Every log line inside names the order.</summary>
    public static IDisposable? OrderScope(Guid? orderId) => orderId is { } id ? LogContext.PushProperty("OrderId", id) : null;

    static Serilog.Core.Logger Logger(WebApplicationBuilder builder, string service)
    {
        var logger = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore", LogEventLevel.Warning)
            // What fails there is thrown, and is a conflict to run again as often as not: whoever catches it says so.
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Database", LogEventLevel.Fatal)
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Query", LogEventLevel.Fatal)
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Update", LogEventLevel.Fatal)
            .MinimumLevel.Override("Microsoft.Extensions.Diagnostics.HealthChecks", LogEventLevel.Fatal)
            .MinimumLevel.Override("System.Net.Http.HttpClient", LogEventLevel.Warning)
            .MinimumLevel.Override("MassTransit", LogEventLevel.Warning)
            .MinimumLevel.Override(typeof(ApiKeyScheme).FullName!, LogEventLevel.Warning)
            .MinimumLevel.Override("Quartz", LogEventLevel.Warning)
            // Start.Of writes it as one sentence.
            .Filter.ByExcluding(log => log.MessageTemplate.Text == "Hosting failed to start")
            .ReadFrom.Configuration(builder.Configuration)
            .Enrich.FromLogContext()
            .Enrich.With<LogTimes>()
            .Enrich.WithProperty("Service", service);
        // The embedded mode is read by people, whatever the environment is called.
        var json = builder.Environment.IsProduction() && builder.Configuration.GetDatabaseMode() != DatabaseMode.Sqlite;
        _ = builder.Configuration.GetValue("Logs:Json", json)
            ? logger.WriteTo.Console(new JsonLog())
            : logger.WriteTo.Console(outputTemplate: Line, formatProvider: System.Globalization.CultureInfo.InvariantCulture);
        return logger.CreateLogger();
    }
}
