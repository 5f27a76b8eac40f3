using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Processing;

namespace Pack;

/// <summary>The smallest service: a counter that messages increment, and a saga that counts its messages.</summary>
public sealed class PackDb(DbContextOptions<PackDb> options) : ServiceDb(options)
{
    public DbSet<CounterRow> Counters => Set<CounterRow>();
    public DbSet<TallyState> Tallies => Set<TallyState>();

    protected override void Map(ModelBuilder model)
    {
        Lease.Map(model.Entity<Lease>());
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
public sealed record News(string Name);
public sealed record Tally(Guid Id, int Limit, string Name = "");
public sealed record TallyDone(Guid Id, int Count);

public sealed class BumpConsumer(Counters counters, Remedy remedy) : IConsumer<Bump>
{
    public async Task Consume(ConsumeContext<Bump> context)
    {
        var counter = await counters.Find(context.Message.Name);
        remedy.Refuse(context.Message.Name, counter.Value);
        counter.Value++;
        await context.Publish(new Bumped(context.Message.Name));
        remedy.Check(context.Message.Name);
    }
}

public sealed class BumpPreload : IPreload
{
    public Task Load(UnitOfWorkContext work, IReadOnlyList<ConsumeContext> deliveries) =>
        work.Lock<CounterRow, string>(deliveries.Select(x => x.TryGetMessage<Bump>(out var bump) ? bump.Message.Name : "").Order(StringComparer.Ordinal));
}

/// <summary>Whether the bug that makes handlers throw is fixed.</summary>
public sealed class Remedy
{
    int runs;

    public bool Fixed { get; set; }

    /// <summary>How often the handler of a bump ran.</summary>
    public int Runs => runs;

    /// <summary>The name "refused" is always refused, "once" from the second time on.</summary>
    public void Refuse(string name, long before)
    {
        Interlocked.Increment(ref runs);
        if (!Fixed && (name == "refused" || (name == "once" && before > 0)))
            throw new Refusal($"{name} is refused");
    }

    public void Check(string name)
    {
        if (name == "poison" && !Fixed)
            throw new InvalidOperationException("this message is poison");
    }
}

/// <summary>The handler has changed nothing.</summary>
public sealed class Refusal(string message) : RefusedMessageException(message);

/// <summary>Handled only by a version of the service that knows this message.</summary>
public sealed class NewsConsumer(Counters counters) : IConsumer<News>
{
    public async Task Consume(ConsumeContext<News> context) => (await counters.Find("news-" + context.Message.Name)).Value++;
}

/// <summary>Finds or creates counters among the entities that the transaction tracks.</summary>
public sealed class Counters(PackDb db)
{
    public async Task<CounterRow> Find(string name) =>
        await db.Counters.FindAsync(name) ?? db.Counters.Add(new CounterRow { Name = name }).Entity;
}

public sealed class EchoConsumer(Counters counters, Remedy remedy) : IConsumer<Bumped>, IConsumer<TallyDone>
{
    public async Task Consume(ConsumeContext<Bumped> context)
    {
        (await counters.Find("echo-" + context.Message.Name)).Value++;
        remedy.Check(context.Message.Name);
    }

    public async Task Consume(ConsumeContext<TallyDone> context) => (await counters.Find("echo-" + context.Message.Id)).Value++;
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
    public TallyMachine(Remedy remedy)
    {
        InstanceState(x => x.CurrentState);
        Event(() => Counted, x => x.CorrelateById(m => m.Message.Id));
        Initially(When(Counted).Then(x => x.Saga.Count = 1).Then(x => remedy.Check(x.Message.Name)).TransitionTo(Counting));
        During(Counting, When(Counted).Then(x => x.Saga.Count++)
            .If(x => x.Saga.Count == x.Message.Limit, done => done.Publish(x => new TallyDone(x.Saga.CorrelationId, x.Saga.Count)).TransitionTo(Done)));
        During(Done, Ignore(Counted));
    }

    public State Counting { get; private set; } = null!;
    public State Done { get; private set; } = null!;
    public Event<Tally> Counted { get; private set; } = null!;
}
