using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Contracts;

namespace OrderSaga.Bench;

/// <summary>Places orders like an endpoint without HTTP, and waits for their final state.</summary>
sealed class UsualPlacement(IServiceScopeFactory scopes, UsualRelay relay, TimeProvider clock)
{
    static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(60);
    readonly ConcurrentDictionary<Guid, TaskCompletionSource> inProgress = new();

    /// <exception cref="TimeoutException">The order did not become final in time.</exception>
    public async Task Settle(TrialOrder order)
    {
        var end = inProgress.GetOrAdd(order.Id, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await Place(order);
        await end.Task.WaitAsync(WaitLimit);
    }

    public void Ended(Guid order)
    {
        if (inProgress.TryRemove(order, out var end))
            end.SetResult();
    }

    async Task Place(TrialOrder order)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<UsualOrdersDb>();
        var now = clock.GetUtcNow().UtcDateTime;
        db.Add(new UsualOrder
        {
            Id = order.Id, IdempotencyKey = order.Key, State = "Reserving", Total = order.Total, Lines = order.PricedLines,
            PayBefore = now.AddMinutes(15), NextRetryAt = now.AddSeconds(30), CreatedAt = now, UpdatedAt = now, Version = 1,
        });
        db.Add(new UsualKey
        {
            Id = order.Hash, IdempotencyKey = order.Key, RequestHash = order.Hash, OrderId = order.Id,
            AnswerStatus = 202, Answer = order.Answer, CreatedAt = now,
        });
        db.Audit("order", order.Id, "", "Reserving", nameof(SubmitOrder), now);
        new UsualOutbox(db, order.Id, order.Id, clock).Publish(new OrderSubmitted(
            order.Id, TrialOrder.Merchant, order.Key, new Money(order.Total, "EUR"), [.. order.Skus.Select(sku => new OrderLine(sku, 1))], now));
        await db.SaveChangesAsync();
        await relay.Send(db, order.Id);
    }
}
