using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Database;

/// <summary>
/// Writes the tracked changes in one round trip: one INSERT and one UPDATE per table, whatever the number of rows, with the columns as
/// arrays. EF's SaveChanges sends one statement per row, which costs the server ten times as much. Each UPDATE counts its rows and fails,
/// by a division by zero, if one was changed since it was read: the rest of the round trip, including the commit, then does not run.
/// </summary>
static class PostgreSqlBulkWriter
{
    static readonly ConcurrentDictionary<IEntityType, Table> Tables = new();

    /// <summary>
    /// Sends <paramref name="before"/>, the detected changes of the tracked rows, the rows <paramref name="added"/>, which EF need not track, and
    /// <paramref name="after"/>.
    /// </summary>
    /// <exception cref="DbUpdateConcurrencyException">A row was changed since it was read.</exception>
    public static async Task Run(
        DbContext db, IReadOnlyList<object> added, IEnumerable<NpgsqlBatchCommand> before, IEnumerable<NpgsqlBatchCommand> after)
    {
        var changed = db.ChangeTracker.Entries().Where(entry => entry.State is not (EntityState.Unchanged or EntityState.Detached)).ToList();
        if (changed.Exists(entry => entry.State == EntityState.Deleted))
        {
            await db.SaveChangesAsync();
            changed.Clear();
        }

        await using var batch = new NpgsqlBatch(
            (NpgsqlConnection)db.Database.GetDbConnection(), (NpgsqlTransaction?)db.Database.CurrentTransaction?.GetDbTransaction());
        if (db.Database.GetCommandTimeout() is { } seconds)
            batch.Timeout = seconds;
        var changes = changed.GroupBy(entry => (entry.Metadata, entry.State)).Select(Write);
        var inserts = added.GroupBy(row => row.GetType()).Select(group => TableOf(db.Model.FindEntityType(group.Key)!).Insert([.. group]));
        foreach (var command in (IEnumerable<NpgsqlBatchCommand>)[.. before, .. changes, .. inserts, .. after])
            batch.BatchCommands.Add(command);
        try
        {
            if (batch.BatchCommands.Count > 0)
                await batch.ExecuteNonQueryAsync();
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.DivisionByZero)
        {
            throw new DbUpdateConcurrencyException($"A row was changed by another transaction since it was read: {failure.BatchCommand?.CommandText}", failure);
        }
    }

    static NpgsqlBatchCommand Write(IGrouping<(IEntityType Type, EntityState State), EntityEntry> group)
    {
        var table = TableOf(group.Key.Type);
        return group.Key.State == EntityState.Added ? table.Insert([.. group.Select(entry => entry.Entity)]) : table.Update([.. group]);
    }

    static Table TableOf(IEntityType type) => Tables.GetOrAdd(type, one => new Table(one));

    /// <summary>One table's statements.</summary>
    sealed class Table(IEntityType type)
    {
        readonly string name = type.GetTableName()!;
        readonly List<Column> inserted = [.. type.GetProperties().Where(property => !CountsByItself(property)).Select(property => new Column(property))];
        readonly List<Column> keys = [.. type.FindPrimaryKey()!.Properties.Select(property => new Column(property))];
        readonly List<Column> others = [.. type.GetProperties().Where(property => !property.IsPrimaryKey()).Select(property => new Column(property))];
        readonly Column? version = type.GetProperties().SingleOrDefault(property => property.IsConcurrencyToken) is { } token ? new Column(token) : null;

        string? insert;

        public NpgsqlBatchCommand Insert(List<object> rows)
        {
            insert ??= $"INSERT INTO {name} ({Names(inserted)}) SELECT * FROM unnest({string.Join(", ", inserted.Select((_, i) => $"${i + 1}"))})";
            var command = new NpgsqlBatchCommand(insert);
            inserted.ForEach(column => command.Parameters.Add(column.Values(rows)));
            return command;
        }

        /// <summary>Updates the columns that changed in any of the rows; in the other rows they keep their values.</summary>
        public NpgsqlBatchCommand Update(List<EntityEntry> rows)
        {
            var changed = others.FindAll(column => rows.Exists(column.IsModified));
            var command = new NpgsqlBatchCommand();
            List<Column> given = [.. keys, .. changed];
            var entities = rows.ConvertAll(row => row.Entity);
            given.ForEach(column => command.Parameters.Add(column.Values(entities)));
            var was = version is null ? [] : new[] { version.Original(rows) };
            command.Parameters.AddRange(was);

            var values = string.Join(", ", Enumerable.Range(1, command.Parameters.Count).Select(i => $"${i}"));
            var same = string.Join(" AND ", keys.Select(key => $"t.{key.Name} = r.{key.Name}"));
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = rows.Count });
            command.CommandText = $"WITH written AS (UPDATE {name} AS t SET {string.Join(", ", changed.Select(column => $"{column.Name} = r.{column.Name}"))} "
                + $"FROM unnest({values}) AS r({Names(given)}{(version is null ? "" : ", was")}) "
                + $"WHERE {same}{(version is null ? "" : $" AND t.{version.Name} = r.was")} RETURNING 1) "
                + $"SELECT 1 / (count(*) = ${command.Parameters.Count})::int FROM written";
            return command;
        }

        static bool CountsByItself(IProperty property) => property.ValueGenerated == ValueGenerated.OnAdd && property.ClrType == typeof(long);

        static string Names(IEnumerable<Column> columns) => string.Join(", ", columns.Select(column => column.Name));
    }

    /// <summary>One column: its values of many rows as one array, in the database's form.</summary>
    sealed class Column(IProperty property)
    {
        readonly IClrPropertyGetter getter = property.GetGetter();
        readonly Func<object?, object?>? convert = property.GetTypeMapping().Converter?.ConvertToProvider;
        readonly Type element = ElementOf(property);
        readonly string arrayType = property.GetRelationalTypeMapping().StoreTypeNameBase + "[]";

        public string Name { get; } = property.GetColumnName();

        public bool IsModified(EntityEntry row) => row.Property(property).IsModified;

        public NpgsqlParameter Values(List<object> rows) => Values(rows, getter.GetClrValue);

        public NpgsqlParameter Original(List<EntityEntry> rows) => Values(rows, row => row.Property(property).OriginalValue);

        NpgsqlParameter Values<TRow>(List<TRow> rows, Func<TRow, object?> valueOf)
        {
            var values = Array.CreateInstance(element, rows.Count);
            for (var i = 0; i < rows.Count; i++)
                values.SetValue(Storable(convert is null ? valueOf(rows[i]) : convert(valueOf(rows[i]))), i);
            return new NpgsqlParameter { Value = values, DataTypeName = arrayType };
        }

        /// <summary>A character in a text from outside must not fail a transaction.</summary>
        static object? Storable(object? value) => value is string text ? Text.Storable(text) : value;

        static Type ElementOf(IProperty property)
        {
            var type = property.GetTypeMapping().Converter?.ProviderClrType ?? property.ClrType;
            return property.IsNullable && type.IsValueType && Nullable.GetUnderlyingType(type) is null ? typeof(Nullable<>).MakeGenericType(type) : type;
        }
    }
}
