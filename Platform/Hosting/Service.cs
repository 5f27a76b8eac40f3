using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.DeadLetters;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Retention;
using OrderSaga.Platform.Telemetry;

namespace OrderSaga.Platform.Hosting;

/// <summary>Common setup of every process: settings, logs, traces, health, limits, API keys, problems.</summary>
public static class Service
{
    /// <summary>
    /// Creates a web application with the platform's defaults; <paramref name="name"/> is the service name in logs and traces.
    /// </summary>
    public static WebApplicationBuilder Create(string[] args, string name)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = args, ApplicationName = null, ContentRootPath = AppContext.BaseDirectory });
        var limits = builder.Configuration.GetSection("Limits").GetStrict<Limits>();
        limits.Check();
        var retention = builder.Configuration.GetSection("Retention").GetStrict<RetentionSettings>();
        retention.Check();
        FailPoint.Arm(builder.Configuration["FailPoint"]);

        builder.AddTelemetry(name);
        builder.AddHttpDefaults();
        builder.Services.AddSingleton(limits);
        builder.Services.AddSingleton(retention);
        builder.Services.AddSingleton(new DatabaseClock(TimeProvider.System));
        builder.Services.AddSingleton<TimeProvider>(services => services.GetRequiredService<DatabaseClock>());
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = limits.MaxRequestBytes;
        });
        return builder;
    }

    /// <summary>
    /// Maps the common endpoints and runs until stopped. First checks what would fail the start before background work touches the data:
    /// another process on the data directory or the address.
    /// </summary>
    public static async Task RunService(this WebApplication app)
    {
        await using var host = app;
        app.UseServiceDefaults();
        using var data = DataLock.Acquire(app, LockFile(app.Configuration));
        ListenAddresses.Check(app.Configuration, app.Services.GetRequiredService<HttpSettings>());
        await app.StartAsync(CancellationToken.None);
        ProgramRunner.MarkStarted();
        await app.WaitForShutdownAsync(CancellationToken.None);
    }

    /// <summary>Maps the common endpoints and adds the middleware. Call this after mapping the service's own endpoints.</summary>
    public static void UseServiceDefaults(this WebApplication app)
    {
        if (app.Services.GetService<IDeadLetters>() is not null)
            DeadLetterEndpoints.Map(app);
        app.UseHttpDefaults();
    }

    /// <summary>With a broker, several services may share the data directory, each with one process.</summary>
    static string LockFile(IConfiguration settings) =>
        settings.GetTransportMode() == TransportMode.InMemory ? "instance.lock" : AppDomain.CurrentDomain.FriendlyName + ".lock";
}
