using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Migrations;
using OrderSaga.Platform.Http;

namespace Installed;

/// <summary>The whole system: one embedded process, or six service processes on servers, with its own databases and virtual host.</summary>
public sealed class Running : IAsyncDisposable
{
    internal const string Embedded = "OrderSaga.Host";

    public static readonly string[] Six = ["Payments.Sandbox", "Inventory.Worker", "Payments.Worker", "Orders.Sagas", "Orders.Api", "Reconciler.Job"];

    /// <summary>The broker user of each process; the sandbox is no part of the bus.</summary>
    public static readonly IReadOnlyDictionary<string, string> UserNames = new Dictionary<string, string>
    {
        ["Orders.Api"] = "orders-api", ["Orders.Sagas"] = "orders-sagas", ["Inventory.Worker"] = "inventory",
        ["Payments.Worker"] = "payments", ["Reconciler.Job"] = "reconciler",
    };

    /// <summary>The database of each service, by which its role is named.</summary>
    static readonly Dictionary<string, string> DatabaseNames = new()
    {
        ["Orders.Api"] = "orders", ["Orders.Sagas"] = "orders", ["Inventory.Worker"] = "inventory",
        ["Payments.Worker"] = "payments", ["Payments.Sandbox"] = "sandbox", ["Reconciler.Job"] = "reconciler",
    };

    readonly Installation installation;
    readonly Dictionary<string, ServiceProcess> services;
    readonly Dictionary<string, string?> settings;

    Running(
        Installation installation, Dictionary<string, ServiceProcess> services, Dictionary<string, string?> settings, string apiKey, string gatewayKey,
        OutsideGateway? gateway)
    {
        (this.installation, this.services, this.settings, ApiKey, GatewayKey) = (installation, services, settings, apiKey, gatewayKey);
        Checker = new Checker(Mode, installation.Connection, gateway?.Ledger);
    }

    public Mode Mode => installation.Mode;
    public string Directory => installation.Directory;

    /// <summary>The key of merchant <c>demo</c>, with all roles.</summary>
    public string ApiKey { get; }

    public string GatewayKey { get; }
    public Checker Checker { get; }

    public IReadOnlyCollection<string> Services => services.Keys;

    /// <summary>The users of the broker; null unless <see cref="Setup.BrokerUsers"/> is set.</summary>
    public BrokerUsers? Users { get; private init; }

    /// <summary>The roles of the databases; null unless <see cref="Setup.DatabaseRoles"/> is set.</summary>
    public DatabaseRoles? DatabaseRoles { get; private init; }

    /// <summary>The broker URL with the virtual host.</summary>
    public Uri Broker => new(installation.Settings()["Transport:Url"]!);

    public string Vhost => Broker.AbsolutePath.TrimStart('/');

    /// <summary>The processes of the system.</summary>
    public static IReadOnlyList<string> ProcessesOf(Mode mode) => new Setup().Processes(mode);

    public static async Task<Running> Start(Mode mode, Setup? setup = null)
    {
        setup ??= new Setup();
        var fresh = await mode.FreshOn(setup.Disk, [.. Schema.Databases]);
        var names = setup.Processes(mode);
        var urls = names.Zip(Ports.Free(names.Count)).ToDictionary(pair => pair.First, pair => new Uri($"http://127.0.0.1:{pair.Second}/"));
        var (common, gatewayKey) = Settings(fresh, urls, setup);
        var users = setup.BrokerUsers ? new BrokerUsers(fresh) : null;
        var roles = setup.DatabaseRoles ? await DatabaseRoles.Create(fresh) : null;
        common["Transport:UserPrefix"] = users?.Prefix;
        common["Bus:Users"] = setup.OutsideSystem is { } outside ? $"{users!.Prefix}{outside}=demo" : null;
        // An earlier version refuses a role that it does not know.
        var apiKey = ApiKeys.Create(fresh.Directory, "test", "demo", [.. setup.Root is null ? Roles.All : Roles.All.Except([Roles.Release])]);
        await File.WriteAllTextAsync(Path.Combine(fresh.Directory, "api-key"), apiKey);
        var processes = new Dictionary<string, ServiceProcess>();
        foreach (var name in names)
            processes[name] = new ServiceProcess(
                name, urls[name], common, Path.Combine(fresh.Directory, name + ".log"),
                [.. users is null ? [] : await Transport(users, name), .. roles is null ? [] : roles.Connections(DatabaseNames[name] + "_service")],
                setup.Root);
        var running = new Running(fresh, processes, common, apiKey, gatewayKey, setup.Gateway) { Users = users, DatabaseRoles = roles };
        try
        {
            var owner = (roles?.Connections("owner") ?? []).Select(one => new KeyValuePair<string, string?>(one.Name, one.Value));
            await Migrate(new ConfigurationBuilder().AddInMemoryCollection(common).AddInMemoryCollection(owner).Build(), setup.Root);
            await running.AllUp();
            await running.WarmUp();
            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    /// <summary>Another checkout migrates with its own program.</summary>
    static async Task Migrate(IConfiguration settings, string? root)
    {
        if (root is null)
        {
            await Schema.Apply(settings);
            return;
        }

        var arguments = settings.AsEnumerable().Where(pair => pair.Value is not null).Select(pair => $"--{pair.Key}={pair.Value}");
        var start = new ProcessStartInfo("dotnet", [Build.Assembly("Migrations", root), .. arguments])
        {
            UseShellExecute = false, RedirectStandardOutput = true,
        };
        using var program = Process.Start(start)!;
        var output = await program.StandardOutput.ReadToEndAsync();
        await program.WaitForExitAsync();
        if (program.ExitCode != 0)
            throw new InvalidOperationException($"The migrations of {root} failed: {output}");
    }

    /// <summary>The process that serves a service's calls: its own, or the one that hosts all services.</summary>
    public Uri Url(string service) => Of(service).Url;

    public ServiceProcess Of(string service) => services.TryGetValue(service, out var own) ? own : services[Embedded];

    /// <summary>A second process of a service on its own port. The caller starts and owns it.</summary>
    public ServiceProcess Twin(string service, string name = ".twin") =>
        new(service, new Uri($"http://127.0.0.1:{Ports.Free(1)[0]}/"), settings, Path.Combine(Directory, $"{service}{name}.log"));

    /// <summary>A Storefront, which is no part of the six, on its own port. The caller starts and owns it.</summary>
    public ServiceProcess Storefront(string name) => new(
        "Storefront", new Uri($"http://127.0.0.1:{Ports.Free(1)[0]}/"), settings, Path.Combine(Directory, $"Storefront{name}.log"),
        [
            ("Storefront:OrdersUrl", Url("Orders.Api").ToString()), ("Storefront:StockUrl", Url("Inventory.Worker").ToString()),
            ("Storefront:Key", settings["Participants:Key"]!),
        ]);

    /// <summary>The connection string of one of the databases.</summary>
    public string Connection(string database) => installation.Connection(database);

    /// <summary>A setting of every process started from now on; null removes it.</summary>
    public void Configure(string name, string? value) => settings[name] = value;

    /// <inheritdoc cref="Installation.ShutBroker"/>
    public Task ShutBroker() => installation.ShutBroker();

    /// <inheritdoc cref="Installation.OpenBroker"/>
    public Task OpenBroker() => installation.OpenBroker();

    /// <summary>Starts stopped processes and waits until all are ready.</summary>
    public async Task AllUp()
    {
        foreach (var service in services.Values.Where(service => !service.IsUp))
            service.Start();
        await Task.WhenAll(services.Values.Select(service => service.Ready()));
    }

    /// <summary>The first order compiles the code in every process. No story should measure that.</summary>
    async Task WarmUp()
    {
        using var shop = new Shop(this, ApiKey);
        await shop.End((await shop.Place(await shop.NewSku(1), 1, "tok_ok", wait: 0)).Id, TimeSpan.FromMinutes(2));
    }

    /// <summary>The warnings and errors of each process, from its log.</summary>
    public string Logs(int lines) => string.Join("\n\n", services.Values.Select(service => $"--- {service.Name}\n{service.Troubles(lines)}"));

    /// <summary>The broker's URL for the own user of a service, by the user's name.</summary>
    public Uri BrokerOf(string user) => new(services[UserNames.Single(pair => pair.Value == user).Key].Own.Single(one => one.Name == "Transport:Url").Value);

    public async ValueTask DisposeAsync()
    {
        foreach (var service in services.Values)
            await service.DisposeAsync();
        if (Users is not null)
            await Users.DisposeAsync();
        await installation.DisposeAsync();
        if (DatabaseRoles is not null)
            await DatabaseRoles.DisposeAsync();
    }

    /// <summary>The service's own user; the sandbox is no part of the bus.</summary>
    static async Task<IReadOnlyList<(string Name, string Value)>> Transport(BrokerUsers users, string service) => UserNames.TryGetValue(service, out var user)
        ? [("Transport:Url", (await users.Add(user)).ToString())]
        : [("Transport:Mode", "InMemory")];

    static (Dictionary<string, string?> Settings, string GatewayKey) Settings(Installation of, Dictionary<string, Uri> urls, Setup setup)
    {
        var gatewayKey = RandomNumberGenerator.GetHexString(64, true);
        string Root(string service) => (urls.TryGetValue(service, out var own) ? own : urls[Embedded]).GetLeftPart(UriPartial.Authority);
        var common = of.Settings();
        common["Demo"] = "false";
        common["Gateway:Url"] = setup.Gateway?.Url.ToString() ?? Root("Payments.Sandbox") + "/sandbox";
        common["Gateway:Key"] = gatewayKey;
        common["Gateway:WebhookSecret"] = "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        common["Sandbox:WebhookUrl"] = Root("Payments.Worker") + "/webhooks/gateway";
        common["Sandbox:PublicUrl"] = setup.Gateway is null ? Root("Payments.Sandbox") : null;
        common["Participants:StockUrl"] = Root("Inventory.Worker");
        common["Participants:PaymentUrl"] = Root("Payments.Worker");
        common["Participants:CaseUrl"] = Root("Reconciler.Job");
        common["Participants:Key"] = ApiKeys.Create(of.Directory, "orders-api", "ordersaga", Roles.Query);
        foreach (var (name, value) in setup.Settings)
            common[name] = value;
        return (common, gatewayKey);
    }
}
