using Npgsql;

namespace OrderSaga.Bench;

/// <summary>One transaction in one round trip: BEGIN, the statements and COMMIT are sent together.</summary>
sealed class Pipeline(NpgsqlConnection connection)
{
    readonly NpgsqlBatch batch = Begin(connection);

    static NpgsqlBatch Begin(NpgsqlConnection connection)
    {
        var begun = connection.CreateBatch();
        begun.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        return begun;
    }

    public Pipeline Add(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(command);
        return this;
    }

    public Task Commit(int rows) => End("COMMIT", rows);

    public Task Prepare(string transaction, int rows) => End($"PREPARE TRANSACTION '{transaction}'", rows);

    /// <summary>
    /// A failing statement fails the transaction. A statement that affects too few rows is detected here and stops the run.
    /// </summary>
    async Task End(string statement, int rows)
    {
        await using (batch)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
            var written = await batch.ExecuteNonQueryAsync();
            if (written != rows)
                throw new InvalidOperationException($"{written} rows were written, expected {rows}: " +
                    $"{string.Join("; ", from NpgsqlBatchCommand command in batch.BatchCommands select command.CommandText)}");
        }
    }
}
