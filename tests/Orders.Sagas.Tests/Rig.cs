using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Inbox;
using Reconciler.Job;

namespace Orders.Sagas.Tests;

/// <summary>
/// The saga service on its own databases. The messages of each committed transaction stay readable in <see cref="SentLog"/>.
/// </summary>
sealed class Rig : IAsyncDisposable
{
    readonly Installation installation;
    readonly string[] settings;
    readonly List<WebApplication> hosts = [];

    Rig(Installation installation, string[] settings) => (this.installation, this.settings) = (installation, settings);

    public ShiftedClock Clock { get; } = new();
    public Installation Installation => installation;
    public IServiceProvider Services => hosts[0].Services;

    /// <summary>Starts with what <paramref name="more"/> adds to the saga's host, e.g. participants.</summary>
    public static async Task<Rig> Start(Mode mode, Action<WebApplicationBuilder>? more = null, params string[] settings)
    {
        var rig = new Rig(await mode.Fresh("orders", "inventory", "payments", "reconciler"), settings);
        await rig.AddHost(builder =>
        {
            builder.AddSagas();
            more?.Invoke(builder);
        });
        return rig;
    }

    /// <summary>Another process on the same databases and broker.</summary>
    public async Task AddHost(Action<WebApplicationBuilder> services)
    {
        var builder = Service.Create(
            ["--urls=http://127.0.0.1:0", "--Serilog:MinimumLevel:Default=Fatal", "--Serilog:MinimumLevel:Override:MassTransit=Fatal",
             .. installation.Settings().Select(x => $"--{x.Key}={x.Value}"), .. settings.Select(x => "--" + x)], "sagas");
        services(builder);
        builder.Services.AddSingleton<TimeProvider>(Clock);
        var app = builder.Build();
        if (hosts.Count == 0)
            await SentLog.Create(app.Services, installation.Mode);
        await using (var scope = app.Services.CreateAsyncScope())
        {
            if (scope.ServiceProvider.GetService<ReconcilerDb>() is { } reconciler)
                await reconciler.Database.EnsureCreatedAsync();
        }

        app.UseServiceDefaults();
        await app.StartAsync();
        (await app.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(20)))
            .ShouldBe(BusHealthStatus.Healthy);
        hosts.Add(app);
    }

    public async Task<T> Db<T>(Func<OrdersDb, Task<T>> read)
    {
        await using var scope = Services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<OrdersDb>());
    }

    public Task<OrderState> Order(Guid id) => Db(db => db.Orders.AsNoTracking().SingleAsync(order => order.CorrelationId == id));

    public Task<OrderState> Becomes(Guid id, string state) =>
        Eventually.Becomes($"the order is {state}", () => Order(id), order => order.State == state);

    public Task<List<AuditRow>> Audit(Guid id) =>
        Db(db => db.Audit.AsNoTracking().Where(row => row.SubjectId == id.ToString()).OrderBy(row => row.Id).ToListAsync());

    public Task<List<FailedMessage>> Failed() => Db(db => db.FailedMessages.AsNoTracking().ToListAsync());

    /// <summary>The messages about one order, oldest first.</summary>
    public async Task<List<Sent>> Sent(Guid id) => (await Sent()).FindAll(sent => sent.CorrelationId == id);

    public Task<List<Sent>> Sent() => Db(SentLog.Read);

    /// <summary>Stores an order in this state, as if it had come there; no message was sent for it.</summary>
    public async Task<OrderState> Put(string state, Action<OrderState>? change = null)
    {
        var order = Some.Order(state, Clock.Now);
        change?.Invoke(order);
        await Put([order]);
        return order;
    }

    public Task Put(IEnumerable<OrderState> orders) => Db(db =>
    {
        db.AddRange(orders);
        return db.SaveChangesAsync();
    });

    /// <summary>Sends all messages at once, bypassing the outbox; returns when each is handled or dead-lettered.</summary>
    public async Task Deliver(params IReadOnlyList<Parcel> parcels)
    {
        var bus = Services.GetRequiredService<IBus>();
        await Task.WhenAll(parcels.Select(parcel => parcel.Post(bus)));
        var ids = parcels.Select(parcel => parcel.Id).Distinct().ToArray();
        await Eventually.Becomes($"{ids.Length} messages are handled", () => Handled(ids), count => count == ids.Length, TimeSpan.FromSeconds(60));
    }

    public Task Deliver(params IOrderMessage[] messages) => Deliver([.. messages.Select(message => new Parcel(message))]);

    Task<int> Handled(Guid[] ids) => Db(async db =>
        await db.Inbox.CountAsync(row => row.Endpoint == Queues.Orders && ids.Contains(row.MessageId))
        + await db.FailedMessages.CountAsync(row => ids.Contains(row.MessageId!.Value)));

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Enumerable.Reverse(hosts))
        {
            await host.StopAsync();
            await host.DisposeAsync();
        }

        await installation.DisposeAsync();
    }
}

/// <summary>A message with its own id: sending it twice makes a duplicate.</summary>
sealed record Parcel(IOrderMessage Message)
{
    public Guid Id { get; } = Guid.CreateVersion7();

    public async Task Post(IBus bus)
    {
        var saga = await bus.GetSendEndpoint(new Uri("exchange:" + Queues.Orders));
        await saga.Send(Message, Message.GetType(), Pipe.Execute<SendContext>(Address));
    }

    void Address(SendContext context) => (context.MessageId, context.CorrelationId) = (Id, Message.OrderId);
}
