using OrderSaga.Contracts;

namespace Contracts.Tests;

/// <summary>Every message that goes to a queue of ours names the services that may send it.</summary>
public sealed class SentByTests
{
    static readonly Type[] Published =
        [typeof(OrderSubmitted), typeof(OrderRejected), typeof(OrderCompleted), typeof(OrderCancelled), typeof(OrderNeedsReview)];

    [Fact]
    public void Every_message_to_a_queue_names_its_senders() =>
        SentByAttribute.SendersOfMessages.Keys.ShouldBe(Shapes.Messages.Except(Published).Except([typeof(SubmitOrder)]), ignoreOrder: true);

    [Fact]
    public void Money_and_goods_are_reported_only_by_their_owners()
    {
        SentByAttribute.SendersOfMessages[typeof(PaymentConfirmed)].ShouldBe(["payments", "reconciler"]);
        SentByAttribute.SendersOfMessages[typeof(PaymentPending)].ShouldBe(["payments", "reconciler"]);
        SentByAttribute.SendersOfMessages[typeof(StockReserved)].ShouldBe(["inventory", "reconciler"]);
        SentByAttribute.SendersOfMessages[typeof(CancelPayment)].ShouldBe(["orders-sagas", "reconciler"]);
    }
}
