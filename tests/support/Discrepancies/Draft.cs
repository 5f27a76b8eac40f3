using System.Buffers.Binary;
using OrderSaga.Contracts;

namespace Discrepancies;

/// <summary>An order being generated: its lines, its money, and the steps that it can take.</summary>
sealed class Draft
{
    static readonly string[] Currencies = ["EUR", "EUR", "EUR", "USD", "GBP"];

    readonly Plan plan;
    readonly Random chance;

    public Draft(Plan plan, Random chance, DateTime placedAt)
    {
        (this.plan, this.chance) = (plan, chance);
        At = new DateTime(placedAt.Ticks - (placedAt.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);
        Placed = At;
        Books = new Books { Id = NewId() };
        Items = [.. Enumerable.Range(0, chance.Next(1, 4)).Select(_ => chance.Next(Skus.Count)).Distinct().Order()
            .Select(sku => new Item(Skus.Name(sku), chance.Next(1, 6), Skus.Price(sku)))];
        Currency = Currencies[chance.Next(Currencies.Length)];
    }

    public Books Books { get; }
    public DateTime Placed { get; }

    /// <summary>The current time of the draft; each step takes some time.</summary>
    public DateTime At { get; set; }

    public IReadOnlyList<Item> Items { get; }
    public string Currency { get; }
    public string Method { get; set; } = "card";
    public long Total => Items.Sum(item => item.UnitPrice * item.Quantity);
    public IReadOnlyList<OrderLine> Lines => [.. Items.Select(item => new OrderLine(item.Sku, item.Quantity))];

    public Draft Order(string state, string? reason = null, string? reviewFrom = null)
    {
        Books.Order = new OrderRow
        {
            State = state, Reason = reason, Currency = Currency, Total = Total, Items = Items, Method = Method, ReviewFrom = reviewFrom,
            PaymentTried = Books.Payment is { Amount: > 0 }, CreatedAt = Placed, UpdatedAt = At,
        };
        return this;
    }

    public Draft Stock(string state, bool tombstone = false)
    {
        Books.Stock = new StockRow { State = state, Lines = tombstone ? [] : Lines, UpdatedAt = Step() };
        return this;
    }

    public Draft Payment(string state, bool tombstone = false)
    {
        Books.Payment = new PaymentRow
        {
            State = state, Amount = tombstone ? 0 : Total, Currency = tombstone ? "" : Currency, Method = tombstone ? "" : Method,
            AuthorizationId = Done("authorize")?.GatewayId, CaptureId = Done("capture")?.GatewayId,
            Undo = Books.Attempt("refund") is not null ? "Refund" : Books.Attempt("void") is not null ? "Void" : null,
            UpdatedAt = Step(),
        };
        return this;
    }

    AttemptRow? Done(string operation) => Books.Attempts.Find(attempt => attempt.Operation == operation && attempt.State is not "Declined");

    /// <summary>A gateway call; if it moves money, it is settled in the file of its day, if that has arrived.</summary>
    public Draft Call(string operation, string state = "Succeeded", TimeSpan? gatewayBehind = null)
    {
        var from = At;
        var attempt = new AttemptRow
        {
            Operation = operation, State = state, CreatedAt = from, UpdatedAt = Step(),
            GatewayId = state is "Succeeded" or "Pending" ? NewGatewayId(operation) : null,
        };
        Books.Attempts.Add(attempt);
        if (state == "Succeeded" && operation is "capture" or "refund" && attempt.GatewayId is not null)
            Settle(operation, attempt.GatewayId, from + (gatewayBehind ?? TimeSpan.FromMilliseconds(2)));
        return this;
    }

    public void Settle(string operation, string id, DateTime at)
    {
        if (!plan.Delivered(DateOnly.FromDateTime(at)))
            return;
        var capture = operation == "capture";
        Books.Settled.Add(new SettledRow
        {
            Id = id, Operation = operation, AuthorizationId = Books.Attempt("authorize")?.GatewayId ?? NewGatewayId("authorize"),
            Amount = capture ? Total : -Total, Fee = capture ? plan.Fee(Total) : 0, Currency = Currency, At = at,
        });
    }

    public string NewGatewayId(string operation) =>
        $"{operation switch { "authorize" => "auth", "capture" => "cap", "refund" => "ref", _ => operation }}_{NewId():N}";

    /// <summary>The time at which the ledgers are read.</summary>
    public DateTime Now => plan.Now;

    /// <summary>The correct fee for another amount.</summary>
    public long Fee(long amount) => plan.Fee(amount);

    DateTime Step() => At = At.AddMilliseconds(chance.Next(5, 900));

    /// <summary>A UUIDv7 with the current time of the draft.</summary>
    Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        chance.NextBytes(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes, (new DateTimeOffset(At).ToUnixTimeMilliseconds() << 16) | 0x7000 | (long)chance.Next(0x1000));
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}

static class Skus
{
    public const int Count = 50;

    public static string Name(int sku) => $"sku-{sku:000}";

    public static long Price(int sku) => 250 + (sku * 130L);
}
