using System.Net.Http.Headers;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Processing;
using Shouldly;

namespace Testing;

/// <summary>
/// Services in this process, perhaps without a database. A derived host says which services it adds and maps, and offers what its tests do
/// with them.
/// </summary>
/// <param name="installation">Where it runs.</param>
/// <param name="owned">The installation is disposed with the host.</param>
public abstract class ServiceHost(Installation installation, bool owned = false) : IAsyncDisposable
{
    static readonly string[] Defaults =
        ["urls=http://127.0.0.1:0", "Serilog:MinimumLevel:Default=Fatal", "Serilog:MinimumLevel:Override:MassTransit=Fatal"];

    WebApplication? app;

    public Installation Installation => installation;

    public WebApplication App => app ?? throw new InvalidOperationException("The host was not built.");

    public IServiceProvider Services => App.Services;

    public Uri Root => new(App.Urls.Single());

    public T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    /// <summary>A caller with this API key, or without one.</summary>
    public HttpClient Client(string? key = null)
    {
        var client = new HttpClient { BaseAddress = Root };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        if (owned)
            await installation.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Adds the services.</summary>
    protected abstract void Add(WebApplicationBuilder builder);

    /// <summary>Maps their endpoints.</summary>
    protected virtual void Map(WebApplication host)
    {
    }

    /// <param name="settings"><c>Name=value</c>; they override the defaults.</param>
    protected void Build(params IEnumerable<string> settings)
    {
        var builder = Service.Create([.. installation.Arguments, .. Defaults, .. settings], GetType().Name);
        Add(builder);
        app = builder.Build();
    }

    /// <summary>Starts, perhaps without its database and broker.</summary>
    protected async Task StartAlone()
    {
        Map(App);
        App.UseServiceDefaults();
        await App.StartAsync();
    }
}

/// <summary>Services with a database: those of an installation, with its bus.</summary>
/// <param name="installation">Where it runs.</param>
/// <param name="owned">The installation is disposed with the host.</param>
public abstract class ServiceHost<TDb>(Installation installation, bool owned = false) : ServiceHost(installation, owned) where TDb : ServiceDb
{
    public UnitOfWork<TDb> Unit => Get<UnitOfWork<TDb>>();

    /// <summary>Reads like another client, in its own scope.</summary>
    public Task<T> Read<T>(Func<TDb, Task<T>> query) => ReadFrom(query);

    /// <summary>Builds the host and creates its tables; does not start it.</summary>
    protected static async Task<THost> Make<THost>(THost host, params IEnumerable<string> settings) where THost : ServiceHost<TDb>
    {
        try
        {
            host.Build(settings);
            await host.CreateTables();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Builds the host, creates its tables and starts it.</summary>
    protected static async Task<THost> Run<THost>(THost host, params IEnumerable<string> settings) where THost : ServiceHost<TDb>
    {
        await Make(host, settings);
        await host.Serve();
        return host;
    }

    protected virtual Task CreateTables() => Read(db => db.Database.EnsureCreatedAsync());

    /// <summary>Starts; returns when its queues are bound, because messages that are sent before are lost.</summary>
    protected virtual async Task Serve()
    {
        await StartAlone();
        if (Services.GetService<IBusControl>() is { } bus)
            (await bus.WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(30))).ShouldBe(BusHealthStatus.Healthy);
    }

    /// <summary>The same with any of its databases.</summary>
    protected async Task<T> ReadFrom<TOther, T>(Func<TOther, Task<T>> query) where TOther : DbContext
    {
        await using var scope = Services.CreateAsyncScope();
        return await query(scope.ServiceProvider.GetRequiredService<TOther>());
    }
}
