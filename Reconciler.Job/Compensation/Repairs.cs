using System.Text.Json;
using System.Text.Json.Nodes;
using OrderSaga.Contracts;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Processing;

namespace Reconciler.Job;

/// <summary>Cause of a repair.</summary>
/// <param name="Run">The run that found it.</param>
/// <param name="Key">The finding's key.</param>
/// <param name="Difference">What it repairs.</param>
/// <param name="Remedy">The command.</param>
/// <param name="By">The run or operator who decided it.</param>
sealed record RepairFor(Guid Run, string Key, Difference Difference, Remedy Remedy, string By);

/// <summary>Sends repairs as commands. Each is idempotent, and the participant's rule refuses one that does not fit.</summary>
static class Repairs
{
    /// <summary>Subject of a repair's audit rows.</summary>
    public const string Subject = "repair";

    const int ReasonLength = 200;

    public static bool IsRepair(this Remedy remedy) => remedy != Remedy.Case;

    /// <summary>Writes the repair's row, its audit row and its command in one transaction.</summary>
    public static Task Send(UnitOfWorkContext work, RepairFor what, OrderSnapshot snapshot, string reason, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var repair = new Repair
        {
            Id = Guid.CreateVersion7(now),
            RunId = what.Run,
            Key = what.Key,
            Class = what.Difference.Class,
            OrderId = snapshot.OrderId,
            Remedy = what.Remedy,
            Amount = what.Difference.Amount,
            Currency = what.Difference.Currency,
            RequestedBy = what.By,
            SentAt = now.UtcDateTime,
            Before = JsonSerializer.Serialize(snapshot, WebJson.Options),
        };
        work.Db.Add(repair);
        work.Audit(Subject, repair.Id.ToString(), "", nameof(RepairState.Sent), what.By, $"{what.Remedy} for {what.Key}");
        work.AfterCommit(() => ReconciliationMetrics.Repaired(what.Difference.Class));
        return SendCommand(work, what.Remedy, snapshot.OrderId, snapshot.Order?.Lane ?? Lane.Main, reason);
    }

    /// <summary>Repeats the command: it may have been lost with the process that had it in memory.</summary>
    public static Task SendAgain(UnitOfWorkContext work, Repair repair, string by)
    {
        work.Audit(Subject, repair.Id.ToString(), nameof(RepairState.Sent), nameof(RepairState.Sent), by, "sent again: the run was taken over");
        var lane = (string?)JsonNode.Parse(repair.Before)!["order"]?["lane"] ?? Lane.Main;
        return SendCommand(work, repair.Remedy, repair.OrderId, lane, $"reconciliation: {repair.Class}");
    }

    static Task SendCommand(UnitOfWorkContext work, Remedy remedy, Guid order, string orderLane, string reason)
    {
        var lane = work.Services.GetRequiredService<LaneSettings>().Reachable(orderLane);
        return remedy switch
        {
            Remedy.CancelStock => work.Send(Lane.Queue(Queues.Inventory, lane), new CancelStock(order, Text.Cut(reason, ReasonLength))),
            Remedy.ConfirmStock => work.Send(Lane.Queue(Queues.Inventory, lane), new ConfirmStock(order)),
            Remedy.CancelPayment => work.Send(Lane.Queue(Queues.Payments, lane), new CancelPayment(order, Text.Cut(reason, ReasonLength))),
            Remedy.ConfirmPayment => work.Send(Lane.Queue(Queues.Payments, lane), new ConfirmPayment(order)),
            _ => throw new InvalidOperationException($"{remedy} has no command."),
        };
    }
}
