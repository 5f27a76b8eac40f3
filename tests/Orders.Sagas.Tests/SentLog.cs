using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Orders.Sagas.Tests;

/// <summary>A message that a committed transaction put on the bus.</summary>
sealed class Sent
{
    public required string Destination { get; init; }
    public required string MessageType { get; init; }
    public required string Body { get; init; }
    public Guid? CorrelationId { get; init; }

    public JsonNode Message => JsonNode.Parse(Body)!["message"]!;

    public bool IsEvent => Destination.Contains(typeof(IOrderMessage).Namespace!, StringComparison.Ordinal);

    public override string ToString() => MessageType;
}

/// <summary>Outbox rows go once they are sent; a trigger keeps a copy, in the order of the inserts.</summary>
static class SentLog
{
    const string Sqlite = """
        CREATE TABLE sent (seq INTEGER PRIMARY KEY AUTOINCREMENT, destination TEXT, message_type TEXT, body TEXT, correlation_id TEXT);
        CREATE TRIGGER keep_sent AFTER INSERT ON outbox BEGIN
            INSERT INTO sent (destination, message_type, body, correlation_id) VALUES (NEW.destination, NEW.message_type, NEW.body, NEW.correlation_id);
        END;
        """;

    const string PostgreSql = """
        CREATE TABLE sent (seq bigserial PRIMARY KEY, destination text, message_type text, body text, correlation_id uuid);
        CREATE FUNCTION keep_sent() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN
            INSERT INTO sent (destination, message_type, body, correlation_id) VALUES (NEW.destination, NEW.message_type, NEW.body, NEW.correlation_id);
            RETURN NEW;
        END';
        CREATE TRIGGER keep_sent AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION keep_sent();
        """;

    /// <summary>The schema and the copy.</summary>
    public static async Task Create(IServiceProvider services, Mode mode)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OrdersDb>();
        await db.Database.EnsureCreatedAsync();
        await db.Database.ExecuteSqlRawAsync(mode.Database == "Sqlite" ? Sqlite : PostgreSql);
    }

    public static Task<List<Sent>> Read(OrdersDb db) => db.Database.SqlQueryRaw<Sent>("""
        SELECT destination AS "Destination", message_type AS "MessageType", body AS "Body", correlation_id AS "CorrelationId" FROM sent ORDER BY seq
        """).ToListAsync();
}
