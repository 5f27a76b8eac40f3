using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Migrations;

namespace Installed;

/// <summary>A second sandbox with its own ledger, in its own process.</summary>
public sealed class OtherGateway : IAsyncDisposable
{
    /// <summary>Its name in the settings.</summary>
    public const string Name = "acme";

    static readonly string Section = $"Gateways:{Name}:";

    readonly Installation installation;
    readonly Uri url = new($"http://127.0.0.1:{Ports.Free(1)[0]}/");
    readonly string key = RandomNumberGenerator.GetHexString(64, true);
    readonly string secret = "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    ServiceProcess? process;

    OtherGateway(Installation installation) => this.installation = installation;

    /// <summary>Settings of the system: new orders begin here, and go to main if this gateway certainly has none of them.</summary>
    public Dictionary<string, string?> Settings => new()
    {
        [Section + "Url"] = new Uri(url, "sandbox").ToString(),
        [Section + "Key"] = key,
        [Section + "WebhookSecret"] = secret,
        [Section + "CanCloseKeys"] = "true",
        ["Gateway:CanCloseKeys"] = "true",
        ["Routes:Order"] = $"{Name},main",
    };

    public ServiceProcess Process => process ?? throw new InvalidOperationException("Not started.");

    /// <summary>The connection string of its ledger.</summary>
    public string Connection => installation.Connection("sandbox");

    /// <summary>Its database is empty; the process is started by <see cref="Start"/>, when the system has an address.</summary>
    public static async Task<OtherGateway> Create(Mode mode) => new(await mode.Fresh([.. Schema.Databases]));

    public async Task Start(Running system)
    {
        var settings = installation.Settings();
        await Schema.Apply(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        settings["Transport:Mode"] = "InMemory";
        settings["Gateway:Key"] = key;
        settings["Gateway:WebhookSecret"] = secret;
        settings["Sandbox:WebhookUrl"] = new Uri(system.Url("Payments.Worker"), $"webhooks/gateway/{Name}").ToString();
        process = new ServiceProcess("Payments.Sandbox", url, settings, Path.Combine(installation.Directory, "gateway.log"));
        await Back();
    }

    public Task Kill() => Process.Kill();

    public async Task Back()
    {
        Process.Start();
        await Process.Ready();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
        await installation.DisposeAsync();
    }
}
