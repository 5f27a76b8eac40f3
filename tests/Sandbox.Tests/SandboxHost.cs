using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace OrderSaga.Sandbox.Tests;

/// <summary>The sandbox on its own port.</summary>
public sealed class SandboxHost(Installation installation, bool owned) : ServiceHost<SandboxDb>(installation, owned)
{
    public const string Key = "the-key-of-the-tests";
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    static readonly string[] Own =
    [
        $"Gateway:Key={Key}", $"Gateway:WebhookSecret={Secret}", "Sandbox:SlowTokenDelayMilliseconds=300", "Sandbox:WebhookRetryDelayMilliseconds=50",
    ];

    GatewayCaller? gateway;

    /// <summary>Warnings and errors so far.</summary>
    public LogLines Log { get; } = new();

    public GatewayCaller Gateway => gateway ??= new GatewayCaller(Root, Key);

    /// <summary>Set after the start; the receiver may start later.</summary>
    public void SendWebhooksTo(string url) => App.Configuration["Sandbox:WebhookUrl"] = url;

    /// <summary>With an embedded database that is deleted with it.</summary>
    public static async Task<SandboxHost> Start(params string[] settings) =>
        await Run(new SandboxHost(await Mode.Embedded.Fresh("sandbox"), owned: true), [.. Own, .. settings]);

    /// <summary>On databases that outlive it.</summary>
    public static Task<SandboxHost> StartOn(Installation installation, params string[] settings) =>
        Run(new SandboxHost(installation, owned: false), [.. Own, .. settings]);

    public override ValueTask DisposeAsync()
    {
        gateway?.Dispose();
        return base.DisposeAsync();
    }

    protected override void Add(WebApplicationBuilder builder)
    {
        builder.Logging.AddProvider(Log);
        builder.AddSandbox();
    }

    protected override void Map(WebApplication host) => host.MapSandbox();
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
