using Npgsql;

namespace PlantedBugs;

static class Rows
{
    /// <summary>The result of a query on one of the databases.</summary>
    public static async Task<IReadOnlyList<T>> Read<T>(this Running system, string database, string sql, Func<NpgsqlDataReader, T> row)
    {
        await using var source = NpgsqlDataSource.Create(system.Connection(database) + ";Options=-c default_transaction_read_only=on");
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
            rows.Add(row(reader));
        return rows;
    }
}
