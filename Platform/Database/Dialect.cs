using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Platform.Database;

/// <summary>
/// The statements that EF has no words for, in the three dialects: set-based, each with one JSON array as its parameter, so
/// that a batch of any size is one statement with one plan. Everything else is EF.
/// </summary>
public abstract class Dialect
{
    /// <summary>Only one transaction can write at a time, whatever the rows.</summary>
    public virtual bool OneWriter => false;

    /// <summary>@endpoint, @rows [id]: remembers the messages; returns the ids that were new.</summary>
    public abstract string InsertInbox { get; }

    /// <summary>@rows [{id, destination, messageType, contentType, body, traceParent, correlationId}], @lease, @seconds:
    /// writes outbox rows that @lease has to itself for @seconds.</summary>
    public abstract string InsertOutbox { get; }

    /// <summary>@rows [id], @lease: the broker has them.</summary>
    public abstract string DeleteOutbox { get; }

    /// <summary>@lease, @seconds, @limit: claims overdue rows, oldest first, for @seconds; returns their ids.</summary>
    public abstract string ClaimOutbox { get; }

    /// <summary>@rows [id], @lease, @seconds, @counted (0 or 1), @parked (0 or 1), @error: could not be sent; try again in @seconds, or park.</summary>
    public abstract string DelayOutbox { get; }

    /// <summary>@rows [key]: the rows of a table by key, locked in the order of the key until the transaction ends.</summary>
    public abstract string LockRows(string table, string key, bool keyIsGuid);

    /// <summary>The tracked entities with these keys, their rows locked in one order; one statement. Missing keys are simply not there.</summary>
    public Task<List<TEntity>> Lock<TEntity, TKey>(DbContext db, IEnumerable<TKey> keys) where TEntity : class
    {
        var type = db.Model.FindEntityType(typeof(TEntity))!;
        var key = type.FindPrimaryKey()!.Properties[0].GetColumnName();
        var sql = LockRows(type.GetTableName()!, key, typeof(TKey) == typeof(Guid));
        return db.Set<TEntity>().FromSqlRaw(sql, db.Parameter("rows", Json(keys))).ToListAsync();
    }

    /// <summary>Keys as a JSON array; Guids upper case, as SQLite stores them.</summary>
    public static string Json<TKey>(IEnumerable<TKey> keys) =>
        JsonSerializer.Serialize(keys.Select(key => key is Guid id ? Text(id) : key!.ToString()));

    public static string Text(Guid id) => id.ToString("D").ToUpperInvariant();

    public static Dialect For(DatabaseMode mode) => mode switch
    {
        DatabaseMode.PostgreSql => new PostgreSqlDialect(),
        DatabaseMode.SqlServer => new SqlServerDialect(),
        _ => new SqliteDialect(),
    };
}
