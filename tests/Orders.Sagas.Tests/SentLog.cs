using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Orders.Sagas.Tests;

/// <summary>A message that a committed transaction put on the bus.</summary>
sealed record Sent(string Destination, string MessageType, Guid? CorrelationId, JsonNode Message)
{
    public bool IsEvent => Destination.Contains(typeof(IOrderMessage).Namespace!, StringComparison.Ordinal);

    public bool IsAnswer => Destination.StartsWith($"exchange:{Queues.Orders}?", StringComparison.Ordinal);

    public override string ToString() => MessageType;
}

/// <summary>Outbox rows are deleted once sent; a trigger keeps a copy in the order of insertion.</summary>
static class SentLog
{
    const string Sqlite = """
        CREATE TABLE sent (seq INTEGER PRIMARY KEY AUTOINCREMENT, destination TEXT, body TEXT);
        CREATE TRIGGER keep_sent AFTER INSERT ON outbox BEGIN
            INSERT INTO sent (destination, body) VALUES (NEW.destination, NEW.body);
        END;
        """;

    const string PostgreSql = """
        CREATE TABLE sent (seq bigserial PRIMARY KEY, destination text, body text);
        CREATE FUNCTION keep_sent() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN
            INSERT INTO sent (destination, body) VALUES (NEW.destination, NEW.body);
            RETURN NEW;
        END';
        CREATE TRIGGER keep_sent AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION keep_sent();
        """;

    /// <summary>Creates the schema and the copy.</summary>
    public static async Task Create(IServiceProvider services, Mode mode)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OrdersDb>();
        await db.Database.EnsureCreatedAsync();
        await db.Database.ExecuteSqlRawAsync(mode.Database == "Sqlite" ? Sqlite : PostgreSql);
    }

    public static async Task<List<Sent>> Read(OrdersDb db)
    {
        var rows = await db.Database.SqlQueryRaw<Row>("""SELECT destination AS "Destination", body AS "Body" FROM sent ORDER BY seq""").ToListAsync();
        return [.. rows.SelectMany(row => Unpacked.Of(row.Body).Select(one => new Sent(row.Destination, one.Type, one.CorrelationId, one.Message)))];
    }

    sealed record Row(string Destination, string Body);
}
