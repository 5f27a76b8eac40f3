using System.Collections.Concurrent;
using System.Net.Http.Headers;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Outbox;
using OrderSaga.Platform.Processing;

namespace Platform.Tests;

/// <summary>The test service in this process.</summary>
sealed class PackHost : IAsyncDisposable
{
    /// <summary>Short enough for tests, in the ratios that Limits requires.</summary>
    static readonly string[] Quick = ["Limits:OutboxLeaseSeconds=2", "Limits:PublishTimeoutSeconds=1", "Limits:SweepIntervalMilliseconds=50"];

    readonly LogLines log = new();

    PackHost(Installation installation, Func<IServiceProvider, IMessageTransport>? transport, string[] settings)
    {
        App = PackSetup.Build(Arguments(installation, settings), builder =>
        {
            builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
            builder.Logging.AddProvider(log);
            if (transport is not null)
                builder.Services.AddSingleton(transport);
        });
        Unit = App.Services.GetRequiredService<UnitOfWork<PackDb>>();
    }

    public WebApplication App { get; }
    public UnitOfWork<PackDb> Unit { get; }
    public Remedy Remedy => App.Services.GetRequiredService<Remedy>();

    required public string Key { get; init; }

    /// <summary>Warnings and errors so far.</summary>
    public IReadOnlyList<string> Complaints => [.. log.Complaints];

    public static string[] Arguments(Installation installation, params string[] settings) =>
        [.. installation.Settings().Select(setting => $"--{setting.Key}={setting.Value}"), .. Quick.Concat(settings).Select(setting => "--" + setting)];

    /// <summary>Creates the tables; does not start the host.</summary>
    public static Task<PackHost> Make(Installation installation, params string[] settings) => Make(installation, null, settings);

    static async Task<PackHost> Make(Installation installation, Func<IServiceProvider, IMessageTransport>? transport, string[] settings)
    {
        var key = ApiKeys.Create(installation.Directory, "ops", "ops", Roles.Operator);
        var host = new PackHost(installation, transport, settings) { Key = key };
        await host.Db(db => db.Database.EnsureCreatedAsync());
        return host;
    }

    public static Task<PackHost> Start(Installation installation, params string[] settings) => Start(installation, null, settings);

    /// <param name="installation">Where it runs.</param>
    /// <param name="transport">Replaces the transport of the outbox.</param>
    /// <param name="settings">More settings.</param>
    public static async Task<PackHost> Start(Installation installation, Func<IServiceProvider, IMessageTransport>? transport, params string[] settings)
    {
        var host = await Make(installation, transport, settings);
        host.App.UseServiceDefaults();
        await host.App.StartAsync();
        // Messages published before the queues are bound are lost.
        var bus = host.App.Services.GetRequiredService<IBusControl>();
        (await bus.WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(20))).ShouldBe(BusHealthStatus.Healthy);
        return host;
    }

    public async Task<T> Db<T>(Func<PackDb, Task<T>> read)
    {
        await using var scope = App.Services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<PackDb>());
    }

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
        var endpoint = await App.Services.GetRequiredService<IBus>().GetSendEndpoint(new Uri("exchange:" + queue));
        await endpoint.Send(new News("raw"), message);
    }

    /// <summary>The operator's view of this host.</summary>
    public HttpClient Operator()
    {
        var http = new HttpClient { BaseAddress = new Uri(App.Urls.Single()) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        return http;
    }

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        SqliteConnection.ClearAllPools();
    }

    sealed class LogLines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Complaints { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                Complaints.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");
        }

        public void Dispose() => GC.SuppressFinalize(this);
    }
}
