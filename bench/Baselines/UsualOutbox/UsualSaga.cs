using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;

namespace OrderSaga.Bench;

/// <summary>
/// Reads the saga's row, changes it under its concurrency token and saves it. Only one message per order is in progress, so this is cheaper
/// than a lock.
/// </summary>
abstract class UsualSagaStep<T>(UsualOrdersDb db, UsualRelay relay, TimeProvider clock, string from, string to)
    : UsualConsumer<UsualOrdersDb, T>(db, relay, UsualBus.Orders, clock) where T : class, IOrderMessage
{
    protected override async Task Handle(T message, UsualOutbox outbox)
    {
        var order = await Db.Orders.SingleAsync(row => row.Id == message.OrderId);
        if (order.State != from)
            throw new InvalidOperationException($"{typeof(T).Name} of order {order.Id}, which is {order.State}, not {from}.");
        (order.State, order.UpdatedAt, order.Version) = (to, Now, order.Version + 1);
        order.NextRetryAt = to == "Completed" ? null : Now.AddSeconds(30);
        if (from != to)
            Db.Audit("order", order.Id, from, to, typeof(T).Name, Now);
        Next(order, outbox);
    }

    protected abstract void Next(UsualOrder order, UsualOutbox outbox);
}

sealed class UsualSubmitted(UsualOrdersDb db, UsualRelay relay, TimeProvider clock)
    : UsualSagaStep<OrderSubmitted>(db, relay, clock, "Reserving", "Reserving")
{
    protected override void Next(UsualOrder order, UsualOutbox outbox) =>
        outbox.Send(UsualBus.Inventory, new TryReserveStock(order.Id, UsualLines.Of(order.Lines)));
}

sealed class UsualReserved(UsualOrdersDb db, UsualRelay relay, TimeProvider clock)
    : UsualSagaStep<StockReserved>(db, relay, clock, "Reserving", "AwaitingPayment")
{
    protected override void Next(UsualOrder order, UsualOutbox outbox)
    {
        order.PaymentTried = true;
        outbox.Send(UsualBus.Payments, new TryAuthorizePayment(
            order.Id, new Money(order.Total, order.Currency), new PaymentInstruction(order.PaymentMethod, order.PaymentToken), order.PayBefore));
    }
}

sealed class UsualAuthorized(UsualOrdersDb db, UsualRelay relay, TimeProvider clock)
    : UsualSagaStep<PaymentAuthorized>(db, relay, clock, "AwaitingPayment", "ConfirmingPayment")
{
    protected override void Next(UsualOrder order, UsualOutbox outbox) => outbox.Send(UsualBus.Payments, new ConfirmPayment(order.Id));
}

sealed class UsualPaid(UsualOrdersDb db, UsualRelay relay, TimeProvider clock)
    : UsualSagaStep<PaymentConfirmed>(db, relay, clock, "ConfirmingPayment", "ConfirmingStock")
{
    protected override void Next(UsualOrder order, UsualOutbox outbox) => outbox.Send(UsualBus.Inventory, new ConfirmStock(order.Id));
}

sealed class UsualSold(UsualOrdersDb db, UsualRelay relay, TimeProvider clock, UsualPlacement placement)
    : UsualSagaStep<StockConfirmed>(db, relay, clock, "ConfirmingStock", "Completed")
{
    protected override void Next(UsualOrder order, UsualOutbox outbox)
    {
        // Final: nine messages; a tenth would have no receiver.
    }

    protected override void Handled(StockConfirmed message) => placement.Ended(message.OrderId);
}
