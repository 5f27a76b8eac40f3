using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Inbox;
using Reconciler.Job;

namespace Orders.Sagas.Tests;

/// <summary>
/// The saga service on its own databases. The messages of each committed transaction stay readable in <see cref="SentLog"/>.
/// </summary>
sealed class Rig(Installation installation, Action<WebApplicationBuilder> services, string[] settings, Rig? first = null)
    : ServiceHost<OrdersDb>(installation, owned: first is null)
{
    readonly List<Rig> others = [];

    public ShiftedClock Clock { get; } = first?.Clock ?? new();

    /// <summary>Starts with what <paramref name="more"/> adds to the saga's host, e.g. participants.</summary>
    public static async Task<Rig> Start(Mode mode, Action<WebApplicationBuilder>? more = null, params string[] settings)
    {
        var fresh = await mode.Fresh("orders", "inventory", "payments", "reconciler");
        return await Run(new Rig(fresh, AddSagas, settings), settings);

        void AddSagas(WebApplicationBuilder builder)
        {
            builder.AddSagas();
            more?.Invoke(builder);
        }
    }

    /// <summary>Another process on the same databases and broker.</summary>
    public async Task AddHost(Action<WebApplicationBuilder> services) =>
        others.Add(await Run(new Rig(Installation, services, settings, this), settings));

    public Task<T> Db<T>(Func<OrdersDb, Task<T>> read) => Read(read);

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
        var bus = Get<IBus>();
        await Task.WhenAll(parcels.Select(parcel => parcel.Post(bus)));
        var ids = parcels.Select(parcel => parcel.Id).Distinct().ToArray();
        await Eventually.Becomes($"{ids.Length} messages are handled", () => Handled(ids), count => count == ids.Length, TimeSpan.FromSeconds(60));
    }

    public Task Deliver(params IOrderMessage[] messages) => Deliver([.. messages.Select(message => new Parcel(message))]);

    Task<int> Handled(Guid[] ids) => Db(async db =>
        await db.Inbox.CountAsync(row => row.Endpoint == Queues.Orders && ids.Contains(row.MessageId))
        + await db.FailedMessages.CountAsync(row => ids.Contains(row.MessageId!.Value)));

    public override async ValueTask DisposeAsync()
    {
        foreach (var other in Enumerable.Reverse(others))
            await other.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Add(WebApplicationBuilder builder)
    {
        services(builder);
        builder.Services.AddSingleton<TimeProvider>(Clock);
    }

    protected override async Task CreateTables()
    {
        if (first is null)
            await SentLog.Create(Services, Installation.Mode);
        if (Get<IServiceProviderIsService>().IsService(typeof(ReconcilerDb)))
            await ReadFrom((ReconcilerDb db) => db.Database.EnsureCreatedAsync());
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
