using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform;
using OrderSaga.Platform.Batches;
using OrderSaga.Platform.Database;

namespace Platform.Tests;

/// <summary>The smallest service: a counter that messages bump, and a saga that counts its messages.</summary>
public sealed class PackDb(DbContextOptions<PackDb> options) : ServiceDb(options)
{
    public DbSet<CounterRow> Counters => Set<CounterRow>();
    public DbSet<TallyState> Tallies => Set<TallyState>();

    protected override void Map(ModelBuilder model)
    {
        model.Entity<CounterRow>(row =>
        {
            row.ToTable("counters");
            row.HasKey(x => x.Name);
            row.Property(x => x.Name).HasColumnName("name").HasMaxLength(50);
            row.Property(x => x.Value).HasColumnName("value");
        });
        model.Entity<TallyState>(row =>
        {
            row.ToTable("tallies");
            row.HasKey(x => x.CorrelationId);
            row.Property(x => x.CorrelationId).HasColumnName("id").ValueGeneratedNever();
            row.Property(x => x.CurrentState).HasColumnName("state").HasMaxLength(30);
            row.Property(x => x.Count).HasColumnName("count");
            row.Property(x => x.Version).HasColumnName("version").IsConcurrencyToken();
        });
    }
}

public sealed class CounterRow
{
    public required string Name { get; set; }
    public long Value { get; set; }
}

public sealed record Bump(string Name);
public sealed record Bumped(string Name);
public sealed record BumpPoison(string Name);
public sealed record Tally(Guid Id, int Limit);
public sealed record TallyDone(Guid Id, int Count);

public sealed class BumpConsumer(PackDb db) : IConsumer<Bump>
{
    public async Task Consume(ConsumeContext<Bump> context)
    {
        var counter = await db.Counters.FindAsync(context.Message.Name) ?? db.Counters.Add(new CounterRow { Name = context.Message.Name }).Entity;
        counter.Value++;
        await context.Publish(new Bumped(context.Message.Name));
    }
}

public sealed class BumpPreload : IPreload
{
    public Task Load(Work work, IReadOnlyList<ConsumeContext> deliveries) =>
        work.Lock<CounterRow, string>(deliveries.Select(x => x.TryGetMessage<Bump>(out var bump) ? bump.Message.Name : "").Order(StringComparer.Ordinal));
}

public sealed class PoisonConsumer(PackDb db) : IConsumer<BumpPoison>
{
    public Task Consume(ConsumeContext<BumpPoison> context)
    {
        db.Counters.Add(new CounterRow { Name = "poison-" + context.MessageId });
        throw new InvalidOperationException("this message is poison");
    }
}

public sealed class EchoConsumer(PackDb db) : IConsumer<Bumped>, IConsumer<TallyDone>
{
    public async Task Consume(ConsumeContext<Bumped> context) => (await Echo(context.Message.Name)).Value++;

    public async Task Consume(ConsumeContext<TallyDone> context) => (await Echo(context.Message.Id.ToString())).Value++;

    async Task<CounterRow> Echo(string name) =>
        await db.Counters.FindAsync("echo-" + name) ?? db.Counters.Add(new CounterRow { Name = "echo-" + name }).Entity;
}

public sealed class TallyState : SagaStateMachineInstance, IVersioned
{
    public Guid CorrelationId { get; set; }
    public string CurrentState { get; set; } = "";
    public int Count { get; set; }
    public long Version { get; set; }
}

public sealed class TallyMachine : MassTransitStateMachine<TallyState>
{
    public TallyMachine()
    {
        InstanceState(x => x.CurrentState);
        Event(() => Counted, x => x.CorrelateById(m => m.Message.Id));
        Initially(When(Counted).Then(x => x.Saga.Count = 1).TransitionTo(Counting));
        During(Counting, When(Counted).Then(x => x.Saga.Count++)
            .If(x => x.Saga.Count == x.Message.Limit, done => done.Publish(x => new TallyDone(x.Saga.CorrelationId, x.Saga.Count)).TransitionTo(Done)));
        During(Done, Ignore(Counted));
    }

    public State Counting { get; private set; } = null!;
    public State Done { get; private set; } = null!;
    public Event<Tally> Counted { get; private set; } = null!;
}

public static class PackSetup
{
    public static WebApplication Build(IDictionary<string, string?> settings, bool consumers = true)
    {
        var builder = Service.Create(settings.Select(x => $"--{x.Key}={x.Value}").Append("--urls=http://127.0.0.1:0").ToArray(), "pack");
        builder.AddDatabase<PackDb>("pack");
        builder.AddMessaging(bus =>
        {
            bus.Correlate<Tally>(m => m.Id);
            if (consumers)
            {
                bus.Endpoint<PackDb>("bumps", e => e.Preload<BumpPreload>().Consumer<BumpConsumer>().Consumer<PoisonConsumer>());
                bus.Endpoint<PackDb>("echoes", e => e.Consumer<EchoConsumer>());
                bus.Endpoint<PackDb>("tallies", e => e.StateMachine<TallyMachine, TallyState>());
            }
        });
        return builder.Build();
    }
}
