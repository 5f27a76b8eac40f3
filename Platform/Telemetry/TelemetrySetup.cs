using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Http;
using Serilog;
using Serilog.Events;

namespace OrderSaga.Platform.Telemetry;

/// <summary>Logs to the console; exports traces and metrics over OTLP if <c>Otlp:Endpoint</c> is set.</summary>
public static class TelemetrySetup
{
    public static void AddTelemetry(this WebApplicationBuilder builder, string service)
    {
        // A traceparent that the runtime cannot read as W3C must not give the request an id of another form: then it gets a fresh one.
        (Activity.DefaultIdFormat, Activity.ForceDefaultIdFormat) = (ActivityIdFormat.W3C, true);
        builder.Logging.ClearProviders();
        builder.Logging.AddSerilog(Logger(builder, service), dispose: true);
        builder.Services.AddHostedService(_ => new TelemetryExport(builder.Configuration, service));
    }

    static Serilog.Core.Logger Logger(WebApplicationBuilder builder, string service)
    {
        var logger = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore", LogEventLevel.Warning)
            // These failures are thrown and are often just conflicts to retry: the code that catches them logs them.
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
            .Enrich.With<LogTimeEnricher>()
            .Enrich.WithProperty("Service", service);
        // People read the embedded mode's log, whatever the environment's name.
        var json = builder.Environment.IsProduction() && builder.Configuration.GetDatabaseMode() != DatabaseMode.Sqlite;
        logger.WriteTo.Console(builder.Configuration.GetValue("Logs:Json", json) ? new JsonLogFormatter() : new TextLogFormatter());
        return logger.CreateLogger();
    }
}
