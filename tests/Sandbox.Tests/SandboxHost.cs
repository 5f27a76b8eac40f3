using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform;
using OrderSaga.Platform.Http;

namespace OrderSaga.Sandbox.Tests;

/// <summary>The sandbox as it runs, on a port and a database of its own.</summary>
public sealed class SandboxHost : IAsyncDisposable
{
    public const string Key = "the-key-of-the-tests";
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    readonly WebApplication running;
    readonly bool keep;

    SandboxHost(WebApplication running, string data, bool keep)
    {
        (this.running, Data, this.keep) = (running, data, keep);
        Gateway = new GatewayCaller(Root, Key);
    }

    public Uri Root => new(running.Urls.Single());

    public GatewayCaller Gateway { get; }

    public string Data { get; }

    public IServiceProvider Services => running.Services;

    /// <summary>Set after the start; the receiver may be one that starts later.</summary>
    public void SendWebhooksTo(Uri url) => running.Configuration["Sandbox:WebhookUrl"] = url.ToString();

    public static Task<SandboxHost> Start(params string[] settings) => StartIn(Directory.CreateTempSubdirectory("sandbox-tests-").FullName, keep: false, settings);

    /// <summary>On a directory that outlives the host.</summary>
    public static async Task<SandboxHost> StartIn(string data, bool keep, params string[] settings)
    {
        var builder = Service.Create(
            ["--urls=http://127.0.0.1:0", $"--Data={data}", $"--Gateway:Key={Key}", $"--Gateway:WebhookSecret={Secret}",
             "--Sandbox:SlowTokenMilliseconds=300", "--Sandbox:WebhookRetryMilliseconds=50", "--Serilog:MinimumLevel:Default=Fatal", .. settings], "sandbox");
        builder.AddSandbox();
        var app = builder.Build();
        await using (var scope = app.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<SandboxDb>().Database.EnsureCreatedAsync();

        app.MapSandbox();
        app.UseHttpDefaults();
        await app.StartAsync();
        return new SandboxHost(app, data, keep);
    }

    public async ValueTask DisposeAsync()
    {
        Gateway.Dispose();
        await running.StopAsync();
        if (!keep)
        {
            await using (var scope = running.Services.CreateAsyncScope())
                await scope.ServiceProvider.GetRequiredService<SandboxDb>().Database.EnsureDeletedAsync();
            Directory.Delete(Data, recursive: true);
        }

        await running.DisposeAsync();
    }
}

/// <summary>One host for the tests of a class.</summary>
public abstract class SandboxFixture : IAsyncLifetime
{
    SandboxHost? host;

    public SandboxHost Host => host ?? throw new InvalidOperationException("Not started.");

    protected abstract string[]? Settings { get; }

    /// <summary>A second process on the same ledger, which the first one removes.</summary>
    public abstract Task<SandboxHost> StartTwin();

    public async ValueTask InitializeAsync()
    {
        if (Settings is { } settings)
            host = await SandboxHost.Start(settings);
    }

    public void SkipIfMissing() => Assert.SkipWhen(Settings is null, "ORDERSAGA_TEST_POSTGRES is not set.");

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (host is not null)
            await host.DisposeAsync();
    }
}

public sealed class OnSqlite : SandboxFixture
{
    protected override string[]? Settings => [];

    public override Task<SandboxHost> StartTwin() => SandboxHost.StartIn(Host.Data, keep: true);
}

public sealed class OnPostgreSql : SandboxFixture
{
    readonly string database = $"sandbox_tests_{Guid.CreateVersion7():N}";

    protected override string[]? Settings => Environment.GetEnvironmentVariable("ORDERSAGA_TEST_POSTGRES") is { Length: > 0 } server
        ? ["--Database:Mode=PostgreSql", $"--ConnectionStrings:sandbox={server};Database={database}"]
        : null;

    public override Task<SandboxHost> StartTwin() => SandboxHost.StartIn(Host.Data, keep: true, Settings!);
}

static class Some
{
    public static string Reference() => Guid.CreateVersion7().ToString();

    public static string Key() => $"key-{Guid.CreateVersion7():N}";

    public static string InAnHour() => TimeProvider.System.GetUtcNow().AddHours(1).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}

static class Eventually
{
    /// <summary>Looks again and again until it holds; fails with the description after ten seconds.</summary>
    public static async Task Holds(string description, Func<Task<bool>> holds)
    {
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(10), description);
            await looks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
