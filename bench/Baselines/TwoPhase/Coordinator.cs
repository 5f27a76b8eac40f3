using Npgsql;

namespace OrderSaga.Bench;

/// <summary>
/// Two-phase commit of one order over the three databases: all prepare concurrently in one round trip; the decision is made durable in the
/// orders database; all commit concurrently.
/// </summary>
sealed class Coordinator(NpgsqlConnection orders, NpgsqlConnection inventory, NpgsqlConnection payments) : IAsyncDisposable
{
    readonly List<string> over = [];

    public static async Task<Coordinator> Open(BenchDatabases databases) => new(
        await databases.Orders.OpenConnectionAsync(), await databases.Inventory.OpenConnectionAsync(), await databases.Payments.OpenConnectionAsync());

    IReadOnlyList<NpgsqlConnection> Participants => [orders, inventory, payments];

    static string IdOf(TrialOrder order) => $"bench-{order.Id:N}";

    /// <summary>The server requires another name in each database.</summary>
    static string IdOf(TrialOrder order, int participant) => $"{IdOf(order)}/{participant}";

    /// <summary>The transaction id without the participant.</summary>
    public static string Whole(string part) => part[..part.LastIndexOf('/')];

    public async Task Settle(TrialOrder order)
    {
        await Prepare(order);
        await Decide(order);
        await Commit(order);
    }

    /// <summary>First phase. If one participant cannot prepare, the others roll back.</summary>
    public async Task Prepare(TrialOrder order)
    {
        Task[] votes = [PrepareOrder(order), PrepareStock(order), PreparePayment(order)];
        try
        {
            await Task.WhenAll(votes);
        }
        catch (PostgresException)
        {
            for (var voter = 0; voter < votes.Length; voter++)
                await Statement(Participants[voter], votes[voter].IsCompletedSuccessfully ? $"ROLLBACK PREPARED '{IdOf(order, voter)}'" : "ROLLBACK");
            throw;
        }
    }

    /// <summary>After this the order is settled, whichever process dies.</summary>
    public async Task Decide(TrialOrder order)
    {
        await using var command = new NpgsqlCommand(TwoPhaseSql.Decide, orders);
        command.Parameters.Add(new NpgsqlParameter { Value = IdOf(order) });
        command.Parameters.Add(new NpgsqlParameter { Value = over.ToArray() });
        await command.ExecuteNonQueryAsync();
        over.Clear();
    }

    /// <summary>Second phase.</summary>
    async Task Commit(TrialOrder order)
    {
        await Task.WhenAll(Participants.Select((participant, number) => Statement(participant, $"COMMIT PREPARED '{IdOf(order, number)}'")));
        over.Add(IdOf(order));
    }

    Task PrepareOrder(TrialOrder order) => new Pipeline(orders)
        .Add(TwoPhaseSql.InsertOrder, order.Id, order.Key, order.Total, order.PricedLines)
        .Add(OneByOneSql.InsertKey, order.Hash, order.Key, order.Hash, order.Id, order.Answer)
        .Add(OneByOneSql.InsertAudit, "order", order.Id.ToString(), "", "Completed", "SubmitOrder", "")
        .Prepare(IdOf(order, 0), rows: 3);

    Task PrepareStock(TrialOrder order)
    {
        var pipeline = new Pipeline(inventory)
            .Add(TwoPhaseSql.InsertStockBranch, order.Id, order.Lines)
            .Add(OneByOneSql.InsertAudit, "stock branch", order.Id.ToString(), "", "Confirmed", "SubmitOrder", "available -> sold: " + order.Pieces);
        // Last, so that contended rows are locked for the shortest time.
        foreach (var sku in order.Skus)
            pipeline.Add(TwoPhaseSql.Sell, sku);
        return pipeline.Prepare(IdOf(order, 1), rows: 2 + order.Skus.Count);
    }

    Task PreparePayment(TrialOrder order) => new Pipeline(payments)
        .Add(TwoPhaseSql.InsertPaymentBranch, order.Id, order.Total, $"cap_{order.Id:N}")
        .Add(TwoPhaseSql.InsertAttempt, $"{order.Id}:payment:capture", order.Id, $"cap_{order.Id:N}")
        .Add(OneByOneSql.InsertAudit, "payment branch", order.Id.ToString(), "", "Confirmed", "SubmitOrder", "")
        .Prepare(IdOf(order, 2), rows: 3);

    static async Task Statement(NpgsqlConnection participant, string sql)
    {
        await using var command = new NpgsqlCommand(sql, participant);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await orders.DisposeAsync();
        await inventory.DisposeAsync();
        await payments.DisposeAsync();
    }
}
