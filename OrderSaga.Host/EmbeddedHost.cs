using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;

namespace OrderSaga.Host;

/// <summary>
/// Settings that the single process determines itself: its own address, secrets generated at the first start, its schema.
/// </summary>
static class EmbeddedHost
{
    public const string CallerKey = "api-key";
    public const string OperatorKey = "operator-key";
    const string DefaultUrl = "http://localhost:5100";

    /// <param name="args">The command line.</param>
    /// <param name="welcome">Adds the demo catalogue and prints the welcome text.</param>
    public static WebApplicationBuilder Create(string[] args, bool welcome = true)
    {
        var builder = Service.Create(args, "ordersaga");
        var data = PrivateFiles.CreateDirectory(builder.Configuration.GetDataDirectory());
        // Its databases hold merchants' webhook secrets.
        PrivateFiles.RestrictDirectory(data);
        var url = LocalUrl(builder);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Gateway:Url"] = builder.Configuration["Gateway:Url"] ?? url + "/sandbox",
            ["Gateway:Key"] = builder.Configuration["Gateway:Key"] ?? Secret(data, "gateway-key", () => RandomNumberGenerator.GetHexString(64, true)),
            ["Gateway:WebhookSecret"] = builder.Configuration["Gateway:WebhookSecret"]
                ?? Secret(data, "webhook-secret", () => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))),
            ["Sandbox:WebhookUrl"] = builder.Configuration["Sandbox:WebhookUrl"] ?? url + "/webhooks/gateway",
            ["Sandbox:PublicUrl"] = builder.Configuration["Sandbox:PublicUrl"] ?? url,
            ["Participants:StockUrl"] = builder.Configuration["Participants:StockUrl"] ?? url,
            ["Participants:PaymentUrl"] = builder.Configuration["Participants:PaymentUrl"] ?? url,
            ["Participants:CaseUrl"] = builder.Configuration["Participants:CaseUrl"] ?? url,
            ["Participants:Key"] = builder.Configuration["Participants:Key"]
                ?? Secret(data, "service-key", () => ApiKeys.Create(data, "service", "ordersaga", Roles.Query)),
        });

        // Two keys: one that a shop could have, and one that changes prices, stock and cases.
        Secret(data, CallerKey, () => ApiKeys.Create(data, "demo", "demo", Roles.Orders));
        var operatorKey = Secret(data, OperatorKey, () => ApiKeys.Create(
            data, "operator", "demo", Roles.Catalogue, Roles.Stock, Roles.Operator, Roles.Release));
        builder.Services.AddSingleton(new WelcomeService.WelcomeInfo(url, data, operatorKey));
        builder.Services.AddHostedService<SchemaMigrationService>();
        if (welcome)
            AddWelcome(builder.Services);
        return builder;
    }

    /// <summary>True if payments go to this process's own sandbox.</summary>
    public static bool IsGateway(WebApplicationBuilder builder)
    {
        var own = new Uri(builder.Services.Select(service => service.ImplementationInstance).OfType<WelcomeService.WelcomeInfo>().Single().Url);
        return Uri.TryCreate(builder.Configuration["Gateway:Url"], UriKind.Absolute, out var gateway)
            && gateway.AbsolutePath.TrimEnd('/') == "/sandbox" && gateway.Port == own.Port && (gateway.IsLoopback || gateway.Host == own.Host);
    }

    static void AddWelcome(IServiceCollection services)
    {
        services.AddSingleton<WelcomeService>();
        services.AddHostedService(provider => provider.GetRequiredService<WelcomeService>());
        services.AddHealthChecks().AddCheck<WelcomeService>("demo");
    }

    /// <summary>The address at which this process reaches itself; picks a free port for port 0.</summary>
    static string LocalUrl(WebApplicationBuilder builder)
    {
        var urls = builder.Configuration[WebHostDefaults.ServerUrlsKey] ?? DefaultUrl;
        if (!Uri.TryCreate(urls.Split(';')[0].Replace("*", "localhost", StringComparison.Ordinal).Replace("+", "localhost", StringComparison.Ordinal),
                UriKind.Absolute, out var given))
            throw new InvalidOperationException($"The address '{urls}' is invalid: use --urls=http://HOST:PORT with a port from 1 to 65535.");
        var first = new UriBuilder(given);
        if (first.Port == 0)
            urls = first.ToString().Replace($":{first.Port}", $":{first.Port = FreePort()}", StringComparison.Ordinal);
        builder.WebHost.UseUrls(urls.Split(';'));
        if (first.Host is "0.0.0.0" or "[::]")
            first.Host = "localhost";
        return first.Uri.GetLeftPart(UriPartial.Authority);
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Generates the secret at the first start; readable by the owner only.</summary>
    static string Secret(string directory, string name, Func<string> make)
    {
        var file = Path.Combine(directory, name);
        PrivateFiles.Restrict(file);
        if (File.Exists(file))
            return File.ReadAllText(file).Trim();

        var secret = make();
        using var writer = new StreamWriter(PrivateFiles.Open(file, FileMode.CreateNew));
        writer.WriteLine(secret);
        return secret;
    }
}

/// <summary>Migrates the databases before any other service reads them.</summary>
sealed class SchemaMigrationService(IConfiguration settings) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Migrations.Schema.Apply(settings);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
