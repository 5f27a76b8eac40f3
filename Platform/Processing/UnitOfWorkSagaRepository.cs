using MassTransit;
using MassTransit.Context;
using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Platform.Processing;

/// <summary>
/// Saga repository on the batch's DbContext: a saga is a tracked row, locked until the batch commits and saved with its other changes.
/// Sagas are correlated by id.
/// </summary>
sealed class UnitOfWorkSagaRepository<TSaga> : ISagaRepositoryContextFactory<TSaga> where TSaga : class, ISaga
{
    public Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<TSaga, T>> next) where T : class =>
        next.Send(new UnitOfWorkSagaContext<TSaga, T>(context, context.GetPayload<UnitOfWorkContext>()));

    public Task SendQuery<T>(ConsumeContext<T> context, ISagaQuery<TSaga> query, IPipe<SagaRepositoryQueryContext<TSaga, T>> next) where T : class =>
        throw new NotSupportedException($"{typeof(TSaga).Name} is correlated by id, but {typeof(T).Name} uses a query. Use CorrelateById.");

    public void Probe(ProbeContext context) => context.CreateScope("unit-of-work-saga-repository");
}

/// <summary>Loads the sagas of a batch with one statement before its handlers run.</summary>
sealed class SagaPreload<TSaga> : IPreload where TSaga : class, ISaga
{
    public Task Load(UnitOfWorkContext work, IReadOnlyList<ConsumeContext> deliveries) =>
        work.Lock<TSaga, Guid>(deliveries.Where(delivery => delivery.CorrelationId is not null).Select(delivery => delivery.CorrelationId!.Value));
}

sealed class UnitOfWorkSagaContext<TSaga, TMessage>(ConsumeContext<TMessage> context, UnitOfWorkContext work)
    : ConsumeContextScope<TMessage>(context), SagaRepositoryContext<TSaga, TMessage>
    where TSaga : class, ISaga
    where TMessage : class
{
    readonly ConsumeContext<TMessage> context = context;

    public async Task<SagaConsumeContext<TSaga, TMessage>> Load(Guid correlationId)
    {
        var saga = work.Db.Set<TSaga>().Local.FindEntry(correlationId)?.Entity
            ?? (await work.Lock<TSaga, Guid>([correlationId])).SingleOrDefault();
        return saga is null ? null! : new DefaultSagaConsumeContext<TSaga, TMessage>(context, saga);
    }

    public Task<SagaConsumeContext<TSaga, TMessage>> Add(TSaga instance) => Insert(instance);

    public Task<SagaConsumeContext<TSaga, TMessage>> Insert(TSaga instance)
    {
        work.Db.Add(instance);
        return CreateSagaConsumeContext(context, instance, SagaConsumeContextMode.Insert);
    }

    public Task<SagaConsumeContext<TSaga, T>> CreateSagaConsumeContext<T>(ConsumeContext<T> consumeContext, TSaga instance, SagaConsumeContextMode mode)
        where T : class => Task.FromResult<SagaConsumeContext<TSaga, T>>(new DefaultSagaConsumeContext<TSaga, T>(consumeContext, instance));

    public Task Save(SagaConsumeContext<TSaga> context)
    {
        if (work.Db.Entry(context.Saga).State == EntityState.Detached)
            work.Db.Add(context.Saga);
        return Task.CompletedTask;
    }

    /// <summary>The row is tracked; the unit of work saves it.</summary>
    public Task Update(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task Delete(SagaConsumeContext<TSaga> context)
    {
        work.Db.Remove(context.Saga);
        return Task.CompletedTask;
    }

    public Task Discard(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    /// <summary>The batch's rollback undoes a failed step.</summary>
    public Task Undo(SagaConsumeContext<TSaga> context) => Task.CompletedTask;
}
