using MassTransit;
using OrderSaga.Contracts;
using OrderSaga.Platform;
using OrderSaga.Platform.Batches;

namespace OrderSaga.Inventory;

/// <summary>Applies the rule's outcome to the batch's tracked rows: levels, branch, audit, answer. The unit of work saves them.</summary>
sealed class BranchSteps(StockRows rows, UnitOfWorkContext work, TimeProvider clock)
{
    public async Task Apply<T>(ConsumeContext<T> context, Func<Branch?, Outcome> rule) where T : class, IOrderMessage
    {
        var orderId = context.Message.OrderId;
        var branch = rows.Branch(orderId);
        switch (orderId == Guid.Empty ? new Outcome.Violation("No order id") : rule(branch))
        {
            case Outcome.Step step:
                Transition(branch, orderId, step, typeof(T).Name);
                await work.Send(Queues.Orders, step.Answer);
                break;
            case Outcome.Repeat repeat:
                work.AfterCommit(() => InventoryMetrics.Repeated(typeof(T).Name));
                await work.Send(Queues.Orders, repeat.Answer);
                break;
            case Outcome.Violation violation:
                if (work.InboxIsVerified)
                    InventoryMetrics.Violated(typeof(T).Name);
                throw new BranchViolationException($"Order {orderId}: {violation.Rule}.");
        }
    }

    void Transition(Branch? branch, Guid orderId, Outcome.Step step, string cause)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var from = branch?.State.ToString() ?? "";
        if (branch is null)
            rows.Add(branch = new Branch { OrderId = orderId, CreatedAt = now });
        if (step.Move != Move.None)
            foreach (var line in step.Lines)
                rows.Levels[line.Sku].Move(step.Move, line.Quantity);
        branch.Transition(step, now);

        // One audit row covers branch and levels: the levels change only by the branch's lines.
        work.Audit("stock branch", orderId.ToString(), from, step.To.ToString(), cause, Describe(step));
        FailPoint.Hit($"inventory.{cause}.before-commit");
        work.AfterCommit(() =>
        {
            FailPoint.Hit($"inventory.{cause}.after-commit");
            InventoryMetrics.Transitioned(cause, step.To);
        });
    }

    static string? Describe(Outcome.Step step)
    {
        var what = step.Move switch
        {
            Move.Hold => "available -> held: ",
            Move.Sell => "held -> sold: ",
            Move.Release => "held -> available: ",
            Move.Return => "sold -> available, returned: ",
            _ => step.Answer is StockRejected no ? no.Reason + ": " : null,
        };
        return what is null ? null : (what + Shorten(step.Lines)).TrimEnd(' ', ':');
    }

    /// <summary>The audit shows only the first lines; the branch's row has all.</summary>
    static string Shorten(IReadOnlyList<OrderLine> lines)
    {
        const int Shown = 5;
        var text = string.Join(", ", lines.Take(Shown).Select(line => $"{line.Sku} x {line.Quantity}"));
        return lines.Count > Shown ? $"{text} and {lines.Count - Shown} more" : text;
    }
}
