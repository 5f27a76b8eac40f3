using Npgsql;

namespace OrderSaga.Bench;

/// <summary>Runs orders one after another through all steps, on one connection per database.</summary>
sealed class OneByOneWorker(NpgsqlConnection orders, NpgsqlConnection inventory, NpgsqlConnection payments, TimeProvider clock)
{
    // Outbox rows that count as sent; the next transaction on that database deletes them.
    readonly List<Guid> sentOrders = [];
    readonly List<Guid> sentInventory = [];
    readonly List<Guid> sentPayments = [];

    public static async Task<OneByOneWorker> Open(BenchDatabases databases, TimeProvider clock) => new(
        await databases.Orders.OpenConnectionAsync(), await databases.Inventory.OpenConnectionAsync(), await databases.Payments.OpenConnectionAsync(), clock);

    public async Task Settle(TrialOrder order)
    {
        var reserve = await Place(order);
        var reserved = await Hold(order, reserve);
        var authorize = await Saga(order, reserved, "Reserving", "AwaitingPayment", "StockReserved", "TryAuthorizePayment", "payments");
        await BeginAuthorize(order, authorize);
        var authorized = await EndAuthorize(order);
        var confirm = await Saga(order, authorized, "AwaitingPayment", "ConfirmingPayment", "PaymentAuthorized", "ConfirmPayment", "payments");
        await BeginCapture(order, confirm);
        var captured = await EndCapture(order);
        var sell = await Saga(order, captured, "ConfirmingPayment", "ConfirmingStock", "PaymentConfirmed", "ConfirmStock", "inventory");
        var sold = await Sell(order, sell);
        await Complete(order, sold);
    }

    async Task<Guid> Place(TrialOrder order)
    {
        var (reserve, submitted) = (Message("TryReserveStock", "inventory", order, Content(order)), Message("OrderSubmitted", "events", order, Content(order)));
        var pipeline = Sent(orders, sentOrders, out var deleted)
            .Add(OneByOneSql.InsertOrder, order.Id, order.Key, order.Total, order.PricedLines)
            .Add(OneByOneSql.InsertKey, order.Hash, order.Key, order.Hash, order.Id, order.Answer);
        Audit(pipeline, "order", order, "", "Reserving", "SubmitOrder", "");
        Outbox(Outbox(pipeline, sentOrders, reserve, order), sentOrders, submitted, order);
        await pipeline.Commit(deleted + 5);
        return reserve.Id;
    }

    async Task<Guid> Hold(TrialOrder order, Guid message)
    {
        var answer = Message("StockReserved", "orders", order);
        var pipeline = Sent(inventory, sentInventory, out var deleted).Add(OneByOneSql.InsertInbox, "inventory", message);
        foreach (var sku in order.Skus)
            pipeline.Add(OneByOneSql.Hold, sku);
        pipeline.Add(OneByOneSql.InsertStockBranch, order.Id, order.Lines);
        Audit(pipeline, "stock branch", order, "", "Tried", "TryReserveStock", "available -> held: " + order.Pieces);
        Outbox(pipeline, sentInventory, answer, order);
        await pipeline.Commit(deleted + 4 + order.Skus.Count);
        return answer.Id;
    }

    async Task<Guid> Sell(TrialOrder order, Guid message)
    {
        var answer = Message("StockConfirmed", "orders", order);
        var pipeline = Sent(inventory, sentInventory, out var deleted).Add(OneByOneSql.InsertInbox, "inventory", message);
        foreach (var sku in order.Skus)
            pipeline.Add(OneByOneSql.Sell, sku);
        pipeline.Add(OneByOneSql.ConfirmStockBranch, order.Id);
        Audit(pipeline, "stock branch", order, "Tried", "Confirmed", "ConfirmStock", "held -> sold: " + order.Pieces);
        Outbox(pipeline, sentInventory, answer, order);
        await pipeline.Commit(deleted + 4 + order.Skus.Count);
        return answer.Id;
    }

    async Task<Guid> Saga(TrialOrder order, Guid message, string from, string to, string cause, string command, string queue)
    {
        var next = Message(command, queue, order, command == "TryAuthorizePayment" ? Amount(order) : "");
        var pipeline = Sent(orders, sentOrders, out var deleted)
            .Add(OneByOneSql.InsertInbox, "orders", message)
            .Add(OneByOneSql.MoveOrder, order.Id, from, to);
        Audit(pipeline, "order", order, from, to, cause, "");
        Outbox(pipeline, sentOrders, next, order);
        await pipeline.Commit(deleted + 4);
        return next.Id;
    }

    async Task Complete(TrialOrder order, Guid message)
    {
        var pipeline = Sent(orders, sentOrders, out var deleted)
            .Add(OneByOneSql.InsertInbox, "orders", message)
            .Add(OneByOneSql.EndOrder, order.Id);
        Audit(pipeline, "order", order, "ConfirmingStock", "Completed", "StockConfirmed", "");
        Outbox(pipeline, sentOrders, Message("OrderCompleted", "events", order, Amount(order)), order);
        await pipeline.Commit(deleted + 4);
    }

    async Task BeginAuthorize(TrialOrder order, Guid message)
    {
        var pipeline = Sent(payments, sentPayments, out var deleted)
            .Add(OneByOneSql.InsertInbox, "payments", message)
            .Add(OneByOneSql.InsertPaymentBranch, order.Id, order.Total)
            .Add(OneByOneSql.InsertAttempt, $"{order.Id}:payment:authorize", order.Id, "authorize");
        Audit(pipeline, "payment branch", order, "", "Trying", "TryAuthorizePayment", "");
        Audit(pipeline, "payment authorize", order, "", "Sent", "TryAuthorizePayment", "");
        await pipeline.Commit(deleted + 5);
    }

    async Task<Guid> EndAuthorize(TrialOrder order)
    {
        var (answer, id) = (Message("PaymentAuthorized", "orders", order), $"auth_{order.Id:N}");
        var pipeline = Sent(payments, sentPayments, out var deleted)
            .Add(OneByOneSql.SettleAttempt, $"{order.Id}:payment:authorize", id)
            .Add(OneByOneSql.Authorized, order.Id, id, AnswerOf("PaymentAuthorized", order));
        Audit(pipeline, "payment authorize", order, "Sent", "Succeeded", "gateway called", id);
        Audit(pipeline, "payment branch", order, "Trying", "Tried", "gateway: authorize succeeded", "");
        Outbox(pipeline, sentPayments, answer, order);
        await pipeline.Commit(deleted + 5);
        return answer.Id;
    }

    async Task BeginCapture(TrialOrder order, Guid message)
    {
        var pipeline = Sent(payments, sentPayments, out var deleted)
            .Add(OneByOneSql.InsertInbox, "payments", message)
            .Add(OneByOneSql.BeginCapture, order.Id)
            .Add(OneByOneSql.InsertAttempt, $"{order.Id}:payment:capture", order.Id, "capture");
        Audit(pipeline, "payment branch", order, "Tried", "Confirming", "ConfirmPayment", "");
        Audit(pipeline, "payment capture", order, "", "Sent", "ConfirmPayment", "");
        await pipeline.Commit(deleted + 5);
    }

    async Task<Guid> EndCapture(TrialOrder order)
    {
        var (answer, id) = (Message("PaymentConfirmed", "orders", order), $"cap_{order.Id:N}");
        var pipeline = Sent(payments, sentPayments, out var deleted)
            .Add(OneByOneSql.SettleAttempt, $"{order.Id}:payment:capture", id)
            .Add(OneByOneSql.Captured, order.Id, id, AnswerOf("PaymentConfirmed", order));
        Audit(pipeline, "payment capture", order, "Sent", "Succeeded", "gateway called", id);
        Audit(pipeline, "payment branch", order, "Confirming", "Confirmed", "gateway: capture succeeded", "");
        Outbox(pipeline, sentPayments, answer, order);
        await pipeline.Commit(deleted + 5);
        return answer.Id;
    }

    /// <summary>Deletes the remaining outbox rows and returns the connections.</summary>
    public async Task Close()
    {
        foreach (var (connection, sent) in new[] { (orders, sentOrders), (inventory, sentInventory), (payments, sentPayments) })
        {
            await Sent(connection, sent, out var deleted).Commit(deleted);
            await connection.DisposeAsync();
        }
    }

    static Pipeline Sent(NpgsqlConnection connection, List<Guid> sent, out int deleted)
    {
        deleted = sent.Count;
        var pipeline = new Pipeline(connection);
        if (deleted > 0)
            pipeline.Add(OneByOneSql.DeleteOutbox, sent.ToArray());
        sent.Clear();
        return pipeline;
    }

    static void Audit(Pipeline pipeline, string subject, TrialOrder order, string from, string to, string cause, string detail) =>
        pipeline.Add(OneByOneSql.InsertAudit, subject, order.Id.ToString(), from, to, cause, detail);

    static Pipeline Outbox(Pipeline pipeline, List<Guid> sent, Envelope message, TrialOrder order)
    {
        sent.Add(message.Id);
        return pipeline.Add(OneByOneSql.InsertOutbox, message.Id, message.Destination, message.Type, message.Body, order.Id);
    }

    Envelope Message(string type, string queue, TrialOrder order, string content = "") =>
        Envelope.Of(type, "rabbitmq://localhost/bench/" + queue, Guid.CreateVersion7(clock.GetUtcNow()), order, content);

    static string Content(TrialOrder order) => ",\"lines\":" + order.Lines;

    static string Amount(TrialOrder order) => $$""","amount":{"amount":{{order.Total}},"currency":"EUR"}""";

    static string AnswerOf(string message, TrialOrder order) => $$$"""{"message":"{{{message}}}","content":{"orderId":"{{{order.Id}}}"}}""";
}
