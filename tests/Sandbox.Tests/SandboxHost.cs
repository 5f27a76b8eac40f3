using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Hosting;

namespace OrderSaga.Sandbox.Tests;

/// <summary>The sandbox on its own port.</summary>
public sealed class SandboxHost : IAsyncDisposable
{
    public const string Key = "the-key-of-the-tests";
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    readonly WebApplication running;
    readonly Installation? own;

    SandboxHost(WebApplication running, Installation? own)
    {
        (this.running, this.own) = (running, own);
        Gateway = new GatewayCaller(Root, Key);
    }

    public Uri Root => new(running.Urls.Single());

    public GatewayCaller Gateway { get; }

    public IServiceProvider Services => running.Services;

    /// <summary>Set after the start; the receiver may start later.</summary>
    public void SendWebhooksTo(Uri url) => running.Configuration["Sandbox:WebhookUrl"] = url.ToString();

    /// <summary>With an embedded database that is deleted with it.</summary>
    public static async Task<SandboxHost> Start(params string[] settings)
    {
        var installation = await Mode.Embedded.Fresh("sandbox");
        return new SandboxHost(await Run(installation, settings), installation);
    }

    /// <summary>On databases that outlive it.</summary>
    public static async Task<SandboxHost> StartOn(Installation installation, params string[] settings) => new(await Run(installation, settings), null);

    static async Task<WebApplication> Run(Installation installation, string[] settings)
    {
        var builder = Service.Create(
            ["--urls=http://127.0.0.1:0", $"--Gateway:Key={Key}", $"--Gateway:WebhookSecret={Secret}", "--Sandbox:SlowTokenDelayMilliseconds=300",
             "--Sandbox:WebhookRetryDelayMilliseconds=50", "--Serilog:MinimumLevel:Default=Fatal",
             .. installation.Settings().Select(x => $"--{x.Key}={x.Value}"), .. settings], "sandbox");
        builder.AddSandbox();
        var app = builder.Build();
        await using (var scope = app.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<SandboxDb>().Database.EnsureCreatedAsync();

        app.MapSandbox();
        app.UseServiceDefaults();
        await app.StartAsync();
        return app;
    }

    public async ValueTask DisposeAsync()
    {
        Gateway.Dispose();
        await running.StopAsync();
        await running.DisposeAsync();
        if (own is not null)
            await own.DisposeAsync();
    }
}

/// <summary>One host for the tests of a class, on one kind of database.</summary>
public abstract class SandboxFixture(Mode mode, bool available) : IAsyncLifetime
{
    Installation? installation;
    SandboxHost? host;

    public SandboxHost Host => host ?? throw new InvalidOperationException("Not started.");

    public void SkipIfMissing() => Assert.SkipUnless(available, $"{mode}: there is no server for it.");

    /// <summary>A second process on the same ledger.</summary>
    public Task<SandboxHost> StartTwin() => SandboxHost.StartOn(installation!);

    public async ValueTask InitializeAsync()
    {
        if (!available)
            return;
        installation = await mode.Fresh("sandbox");
        host = await SandboxHost.StartOn(installation);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (host is not null)
            await host.DisposeAsync();
        if (installation is not null)
            await installation.DisposeAsync();
    }
}

public sealed class OnSqlite() : SandboxFixture(Mode.Embedded, available: true);

/// <summary>The sandbox has no messages: it only needs a database server.</summary>
public sealed class OnPostgreSql() : SandboxFixture(Mode.PostgreSql, Mode.Postgres is not null);

public sealed class OnSqlServer() : SandboxFixture(Mode.SqlServer, Mode.SqlServerConnection is not null);

static class Some
{
    public static string Reference() => Guid.CreateVersion7().ToString();

    public static string Key() => $"key-{Guid.CreateVersion7():N}";

    public static string InAnHour() => TimeProvider.System.GetUtcNow().AddHours(1).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
