using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Outbox;

namespace Platform.Tests;

/// <summary>The test service in this process.</summary>
sealed class PackHost(Installation installation, Func<IServiceProvider, IMessageTransport>? transport) : ServiceHost<PackDb>(installation)
{
    /// <summary>Short enough for tests, in the ratios that Limits requires.</summary>
    static readonly string[] Quick = ["Limits:OutboxLeaseSeconds=2", "Limits:PublishTimeoutSeconds=1", "Limits:SweepIntervalMilliseconds=50"];

    readonly LogLines log = new();

    public Remedy Remedy => Get<Remedy>();

    /// <summary>Warnings and errors so far.</summary>
    public IReadOnlyList<string> Complaints => log.Lines;

    public static string[] Arguments(Installation installation, params string[] settings) => [.. installation.Arguments, .. Quick, .. settings];

    /// <summary>Creates the tables; does not start the host.</summary>
    public static Task<PackHost> Make(Installation installation, params string[] settings) =>
        Make(new PackHost(installation, null), [.. Quick, .. settings]);

    public static Task<PackHost> Start(Installation installation, params string[] settings) => Start(installation, null, settings);

    /// <param name="installation">Where it runs.</param>
    /// <param name="transport">Replaces the transport of the outbox.</param>
    /// <param name="settings">More settings.</param>
    public static Task<PackHost> Start(Installation installation, Func<IServiceProvider, IMessageTransport>? transport, params string[] settings) =>
        Run(new PackHost(installation, transport), [.. TestKeys.Settings, .. Quick, .. settings]);

    public Task<T> Db<T>(Func<PackDb, Task<T>> read) => Read(read);

    public Task<long> Counter(string name) => Db(db => db.Counters.Where(row => row.Name == name).Select(row => row.Value).SingleOrDefaultAsync());

    public Task Counts(string name, long wanted) => Eventually.Becomes($"counter {name} is {wanted}", () => Counter(name), value => value == wanted);

    public Task Drained() => Eventually.Becomes("the outbox is empty", () => Db(db => db.Outbox.CountAsync()), count => count == 0);

    /// <summary>The number of messages in the outbox, including those in envelopes.</summary>
    public async Task<int> Waiting() => (await Db(db => db.Outbox.Select(row => row.Body).ToListAsync())).Sum(body => Unpacked.Of(body).Count());

    /// <summary>Sends bumps of <paramref name="name"/> in one transaction.</summary>
    public Task Bump(string name, int count) => Unit.Run(async work =>
    {
        for (var i = 0; i < count; i++)
            await work.Send("bumps", new Bump(name));
    });

    /// <summary>Sends a body like a foreign sender, bypassing the outbox.</summary>
    public async Task SendRaw(string queue, RawMessage message)
    {
        var endpoint = await Get<IBus>().GetSendEndpoint(new Uri("exchange:" + queue));
        await endpoint.Send(new News("raw"), message);
    }

    /// <summary>The operator's view of this host.</summary>
    public HttpClient Operator() => Client(TestKeys.Of(Roles.Operator));

    protected override void Add(WebApplicationBuilder builder)
    {
        builder.AddPack();
        builder.Logging.AddProvider(log);
        if (transport is not null)
            builder.Services.AddSingleton(transport);
    }
}
