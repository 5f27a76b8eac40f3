using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace OrderSaga.Platform.Database;

/// <summary>A statement with its parameters.</summary>
sealed record SqlStatement(string Text, params (string Name, object? Value)[] Parameters);

/// <summary>Runs the dialect's statements on a context's connection, inside its transaction if it has one.</summary>
static class RawSql
{
    public static async Task<int> Execute(this DbContext db, string sql, params (string Name, object? Value)[] parameters)
    {
        await using var command = await Command(db, sql, parameters);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>Returns the first column, a Guid in every row.</summary>
    public static async Task<List<Guid>> QueryIds(this DbContext db, string sql, params (string Name, object? Value)[] parameters)
    {
        await using var command = await Command(db, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<Guid>();
        while (await reader.ReadAsync())
            ids.Add(reader.GetGuid(0));
        return ids;
    }

    /// <summary>Returns the first column of every row in the provider's type.</summary>
    public static async Task<List<object>> QueryValues(this DbContext db, string sql, params (string Name, object? Value)[] parameters)
    {
        await using var command = await Command(db, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<object>();
        while (await reader.ReadAsync())
            values.Add(reader.GetValue(0));
        return values;
    }

    public static DbParameter Parameter(this DbContext db, string name, object? value)
    {
        using var command = db.Database.GetDbConnection().CreateCommand();
        var parameter = command.CreateParameter();
        parameter.ParameterName = "@" + name;
        parameter.Value = value is Guid id && db.Database.IsSqlite() ? Dialect.Text(id) : value ?? DBNull.Value;
        return parameter;
    }

    static async Task<DbCommand> Command(DbContext db, string sql, (string Name, object? Value)[] parameters)
    {
        if (db.Database.CurrentTransaction is null)
            await db.Database.OpenConnectionAsync();
        var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        foreach (var (name, value) in parameters)
            command.Parameters.Add(db.Parameter(name, value));
        return command;
    }
}
