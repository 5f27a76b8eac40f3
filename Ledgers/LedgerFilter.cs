using System.Data.Common;
using System.Data.SqlTypes;
using OrderSaga.Platform.Database;

namespace OrderSaga.Ledgers;

/// <summary>Selects the orders to read from a ledger.</summary>
public abstract record LedgerFilter
{
    /// <summary>
    /// The orders after <paramref name="Id"/>, or from the first if it is null; up to and including <paramref name="End"/>, if it is set.
    /// </summary>
    public sealed record After(Guid? Id, Guid? End = null) : LedgerFilter;

    /// <summary>Only these orders, if they exist.</summary>
    public sealed record Only(IReadOnlyList<Guid> Ids) : LedgerFilter;

    /// <summary>The condition on the column <paramref name="id"/>; adds its parameters to the command.</summary>
    public string Where(string id, DbCommand command, DatabaseMode mode)
    {
        switch (this)
        {
            case After { Id: var after, End: var end }:
                if (after is not null)
                    command.Add("after", after.Value);
                if (end is not null)
                    command.Add("end", end.Value);
                return (after is null ? $"{id} IS NOT NULL" : $"{id} > @after") + (end is null ? "" : $" AND {id} <= @end");
            case Only { Ids: var ids }:
                command.Add("ids", Dialect.For(mode).Keys(ids));
                return id + mode.InIds();
            default:
                throw new InvalidOperationException($"{GetType().Name} is not known.");
        }
    }
}

public static class LedgerSql
{
    public static void Add(this DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = "@" + name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }

    /// <summary>The condition that a column is one of @ids, built by <see cref="Dialect.Keys"/> from Guids.</summary>
    public static string InIds(this DatabaseMode mode) => mode switch
    {
        DatabaseMode.Sqlite => " IN (SELECT value FROM json_each(@ids))",
        DatabaseMode.PostgreSql => " = ANY(@ids)",
        _ => " IN (SELECT CAST(value AS uniqueidentifier) FROM OPENJSON(@ids))",
    };

    /// <summary>As <see cref="InIds"/>, for texts.</summary>
    public static string InTexts(this DatabaseMode mode) =>
        mode == DatabaseMode.SqlServer ? " IN (SELECT value COLLATE DATABASE_DEFAULT FROM OPENJSON(@ids))" : mode.InIds();

    /// <summary>
    /// The order in which the database sorts ids. PostgreSQL sorts by bytes and SQLite by text, both as .NET does; SQL Server starts with
    /// the last group.
    /// </summary>
    public static IComparer<Guid> IdComparer(this DatabaseMode mode) => mode == DatabaseMode.SqlServer
        ? Comparer<Guid>.Create((one, other) => new SqlGuid(one).CompareTo(new SqlGuid(other)))
        : Comparer<Guid>.Default;

    /// <summary>Not all providers set the kind.</summary>
    public static DateTime GetUtc(this DbDataReader row, int column) => DateTime.SpecifyKind(row.GetDateTime(column), DateTimeKind.Utc);

    public static string? GetText(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
