using Npgsql;

namespace OrderSaga.Bench;

/// <summary>Runs batches of orders one after another through all steps, on one connection per database.</summary>
sealed class BatchWorker(NpgsqlConnection orders, NpgsqlConnection inventory, NpgsqlConnection payments, TimeProvider clock)
{
    // Outbox rows that count as sent; the next transaction on that database deletes them.
    readonly List<Guid> sentOrders = [];
    readonly List<Guid> sentInventory = [];
    readonly List<Guid> sentPayments = [];

    public static async Task<BatchWorker> Open(BenchDatabases databases, TimeProvider clock) => new(
        await databases.Orders.OpenConnectionAsync(), await databases.Inventory.OpenConnectionAsync(), await databases.Payments.OpenConnectionAsync(), clock);

    public async Task Settle(TrialOrder[] batch)
    {
        var ids = Array.ConvertAll(batch, order => order.Id);
        var reserve = await Place(batch, ids);
        var reserved = await Hold(batch, ids, reserve);
        var authorize = await Saga(batch, ids, reserved, "Reserving", "AwaitingPayment", "StockReserved", "TryAuthorizePayment", "payments");
        await BeginAuthorize(batch, ids, authorize);
        var authorized = await EndAuthorize(batch, ids);
        var confirm = await Saga(batch, ids, authorized, "AwaitingPayment", "ConfirmingPayment", "PaymentAuthorized", "ConfirmPayment", "payments");
        await BeginCapture(batch, ids, confirm);
        var captured = await EndCapture(batch, ids);
        var sell = await Saga(batch, ids, captured, "ConfirmingPayment", "ConfirmingStock", "PaymentConfirmed", "ConfirmStock", "inventory");
        var sold = await Sell(batch, ids, sell);
        await Complete(batch, ids, sold);
    }

    async Task<Guid[]> Place(TrialOrder[] batch, Guid[] ids)
    {
        var keys = Array.ConvertAll(batch, order => order.Key);
        var pipeline = Sent(orders, sentOrders, out var deleted)
            .Add(BatchSql.InsertOrders, ids, keys, Array.ConvertAll(batch, order => order.Total), Array.ConvertAll(batch, order => order.PricedLines))
            .Add(BatchSql.InsertKeys, Array.ConvertAll(batch, order => order.Hash), keys, ids, Array.ConvertAll(batch, order => order.Answer));
        Audit(pipeline, batch, "order", "", "Reserving", "SubmitOrder", _ => "");
        var reserve = Outbox(pipeline, sentOrders, batch, ids, "TryReserveStock", "inventory", Content);
        Outbox(pipeline, sentOrders, batch, ids, "OrderSubmitted", "events", Content);
        await pipeline.Commit(deleted + 5 * batch.Length);
        return reserve;
    }

    async Task<Guid[]> Hold(TrialOrder[] batch, Guid[] ids, Guid[] messages)
    {
        var (skus, pieces) = Pieces(batch);
        var pipeline = Sent(inventory, sentInventory, out var deleted)
            .Add(BatchSql.InsertInbox, "inventory", messages)
            .Add(BatchSql.Hold, skus, pieces)
            .Add(BatchSql.InsertStockBranches, ids, Array.ConvertAll(batch, order => order.Lines));
        Audit(pipeline, batch, "stock branch", "", "Tried", "TryReserveStock", order => "available -> held: " + order.Pieces);
        var answers = Outbox(pipeline, sentInventory, batch, ids, "StockReserved", "orders", Nothing);
        await pipeline.Commit(deleted + 4 * batch.Length + skus.Length);
        return answers;
    }

    async Task<Guid[]> Sell(TrialOrder[] batch, Guid[] ids, Guid[] messages)
    {
        var (skus, pieces) = Pieces(batch);
        var pipeline = Sent(inventory, sentInventory, out var deleted)
            .Add(BatchSql.InsertInbox, "inventory", messages)
            .Add(BatchSql.Sell, skus, pieces)
            .Add(BatchSql.ConfirmStockBranches, ids);
        Audit(pipeline, batch, "stock branch", "Tried", "Confirmed", "ConfirmStock", order => "held -> sold: " + order.Pieces);
        var answers = Outbox(pipeline, sentInventory, batch, ids, "StockConfirmed", "orders", Nothing);
        await pipeline.Commit(deleted + 4 * batch.Length + skus.Length);
        return answers;
    }

    async Task<Guid[]> Saga(TrialOrder[] batch, Guid[] ids, Guid[] messages, string from, string to, string cause, string command, string queue)
    {
        var pipeline = Sent(orders, sentOrders, out var deleted)
            .Add(BatchSql.InsertInbox, "orders", messages)
            .Add(BatchSql.MoveOrders, ids, from, to);
        Audit(pipeline, batch, "order", from, to, cause, _ => "");
        var next = Outbox(pipeline, sentOrders, batch, ids, command, queue, command == "TryAuthorizePayment" ? Amount : Nothing);
        await pipeline.Commit(deleted + 4 * batch.Length);
        return next;
    }

    async Task Complete(TrialOrder[] batch, Guid[] ids, Guid[] messages)
    {
        var pipeline = Sent(orders, sentOrders, out var deleted)
            .Add(BatchSql.InsertInbox, "orders", messages)
            .Add(BatchSql.EndOrders, ids);
        Audit(pipeline, batch, "order", "ConfirmingStock", "Completed", "StockConfirmed", _ => "");
        Outbox(pipeline, sentOrders, batch, ids, "OrderCompleted", "events", Amount);
        await pipeline.Commit(deleted + 4 * batch.Length);
    }

    async Task BeginAuthorize(TrialOrder[] batch, Guid[] ids, Guid[] messages)
    {
        var pipeline = Sent(payments, sentPayments, out var deleted)
            .Add(BatchSql.InsertInbox, "payments", messages)
            .Add(BatchSql.InsertPaymentBranches, ids, Array.ConvertAll(batch, order => order.Total))
            .Add(BatchSql.InsertAttempts, "authorize", Array.ConvertAll(ids, id => $"{id}:payment:authorize"), ids);
        Audit(pipeline, batch, "payment branch", "", "Trying", "TryAuthorizePayment", _ => "");
        Audit(pipeline, batch, "payment authorize", "", "Sent", "TryAuthorizePayment", _ => "");
        await pipeline.Commit(deleted + 5 * batch.Length);
    }

    async Task<Guid[]> EndAuthorize(TrialOrder[] batch, Guid[] ids)
    {
        var gateway = Array.ConvertAll(ids, id => $"auth_{id:N}");
        var pipeline = Sent(payments, sentPayments, out var deleted)
            .Add(BatchSql.SettleAttempts, Array.ConvertAll(ids, id => $"{id}:payment:authorize"), gateway)
            .Add(BatchSql.Authorized, ids, gateway, Array.ConvertAll(ids, id => AnswerOf("PaymentAuthorized", id)));
        Audit(pipeline, batch, "payment authorize", "Sent", "Succeeded", "gateway called", order => $"auth_{order.Id:N}");
        Audit(pipeline, batch, "payment branch", "Trying", "Tried", "gateway: authorize succeeded", _ => "");
        var answers = Outbox(pipeline, sentPayments, batch, ids, "PaymentAuthorized", "orders", Nothing);
        await pipeline.Commit(deleted + 5 * batch.Length);
        return answers;
    }

    async Task BeginCapture(TrialOrder[] batch, Guid[] ids, Guid[] messages)
    {
        var pipeline = Sent(payments, sentPayments, out var deleted)
            .Add(BatchSql.InsertInbox, "payments", messages)
            .Add(BatchSql.BeginCapture, ids)
            .Add(BatchSql.InsertAttempts, "capture", Array.ConvertAll(ids, id => $"{id}:payment:capture"), ids);
        Audit(pipeline, batch, "payment branch", "Tried", "Confirming", "ConfirmPayment", _ => "");
        Audit(pipeline, batch, "payment capture", "", "Sent", "ConfirmPayment", _ => "");
        await pipeline.Commit(deleted + 5 * batch.Length);
    }

    async Task<Guid[]> EndCapture(TrialOrder[] batch, Guid[] ids)
    {
        var gateway = Array.ConvertAll(ids, id => $"cap_{id:N}");
        var pipeline = Sent(payments, sentPayments, out var deleted)
            .Add(BatchSql.SettleAttempts, Array.ConvertAll(ids, id => $"{id}:payment:capture"), gateway)
            .Add(BatchSql.Captured, ids, gateway, Array.ConvertAll(ids, id => AnswerOf("PaymentConfirmed", id)));
        Audit(pipeline, batch, "payment capture", "Sent", "Succeeded", "gateway called", order => $"cap_{order.Id:N}");
        Audit(pipeline, batch, "payment branch", "Confirming", "Confirmed", "gateway: capture succeeded", _ => "");
        var answers = Outbox(pipeline, sentPayments, batch, ids, "PaymentConfirmed", "orders", Nothing);
        await pipeline.Commit(deleted + 5 * batch.Length);
        return answers;
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
            pipeline.Add(BatchSql.DeleteOutbox, sent.ToArray());
        sent.Clear();
        return pipeline;
    }

    static void Audit(Pipeline pipeline, TrialOrder[] batch, string subject, string from, string to, string cause, Func<TrialOrder, string> detail) =>
        pipeline.Add(BatchSql.InsertAudit, subject, from, to, cause,
            Array.ConvertAll(batch, order => order.Id.ToString()), batch.Select(detail).ToArray());

    Guid[] Outbox(
        Pipeline pipeline, List<Guid> sent, TrialOrder[] batch, Guid[] ids, string type, string queue, Func<TrialOrder, string> content)
    {
        var messages = Array.ConvertAll(batch, order =>
            Envelope.Of(type, "rabbitmq://localhost/bench/" + queue, Guid.CreateVersion7(clock.GetUtcNow()), order, content(order)));
        var messageIds = Array.ConvertAll(messages, message => message.Id);
        sent.AddRange(messageIds);
        pipeline.Add(BatchSql.InsertOutbox, messages[0].Destination, type, messageIds[0], messageIds, Array.ConvertAll(messages, message => message.Body), ids);
        return messageIds;
    }

    static (string[] Skus, long[] Pieces) Pieces(TrialOrder[] batch)
    {
        var counts = batch.SelectMany(order => order.Skus).CountBy(sku => sku).OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        return ([.. counts.Select(pair => pair.Key)], [.. counts.Select(pair => (long)pair.Value)]);
    }

    static string Nothing(TrialOrder order) => "";

    static string Content(TrialOrder order) => ",\"lines\":" + order.Lines;

    static string Amount(TrialOrder order) => $$""","amount":{"amount":{{order.Total}},"currency":"EUR"}""";

    static string AnswerOf(string message, Guid id) => $$$"""{"message":"{{{message}}}","content":{"orderId":"{{{id}}}"}}""";
}
