namespace EndToEnd.Tests;

/// <summary>The checker proves itself: good books are clean, and each planted fault is found under its name.</summary>
public sealed class CheckerTests
{
    static readonly Guid Done = Guid.Parse("0199f0a0-7c1e-7000-8000-000000000001");
    static readonly Guid Off = Guid.Parse("0199f0a0-7c1e-7000-8000-000000000002");

    static readonly Books Good = new()
    {
        Orders = [new(Done, "demo", "a", "Completed", "EUR", 100, "[]"), new(Off, "demo", "b", "Cancelled", "EUR", 100, "[]")],
        Keys = [new(Done, "demo", "a"), new(Off, "demo", "b")],
        Levels = [new("tea", 5, 4, 0, 1)],
        Receipts = [new("tea", 5)],
        StockBranches = [new(Done, "Confirmed", Lines), new(Off, "Cancelled", Lines)],
        PaymentBranches = [new(Done, "Confirmed", 100, "EUR"), new(Off, "Refused", 100, "EUR")],
        Attempts = [new(Done, "capture", "Succeeded")],
        Gateway = [Entry(Done, "authorize"), Entry(Done, "capture"), Entry(Off, "authorize") with { Status = "declined" }],
        Audit =
        [
            .. Trail("order", Done, "Reserving", "AwaitingPayment", "ConfirmingPayment", "ConfirmingStock", "Completed"),
            .. Trail("order", Off, "Reserving", "AwaitingPayment", "Cancelling", "Cancelled"),
            .. Trail("stock branch", Done, "Tried", "Confirmed"), .. Trail("stock branch", Off, "Tried", "Cancelled"),
            .. Trail("payment branch", Done, "Trying", "Tried", "Confirming", "Confirmed"), .. Trail("payment branch", Off, "Trying", "Refused"),
            .. Trail("payment capture", Done, "Sent", "Succeeded"),
            new(99, "stock", "tea", "received 0", "received 5"),
        ],
        Queued = [],
    };

    const string Lines = """[{"sku":"tea","quantity":1}]""";

    public static TheoryData<string, Func<Books, Books>> Planted() => new()
    {
        { "I1", books => books with { Levels = [new("tea", 5, 3, 1, 1)] } },
        { "I1", books => books with { Levels = [new("tea", 5, -1, 0, 6)] } },
        { "I2", books => books with { Levels = [new("tea", 6, 4, 0, 1)] } },
        { "I2", books => books with { Receipts = [] } },
        { "I3", books => books with { Orders = [books.Orders[0]] } },
        { "I4", books => books with { Orders = [books.Orders[0], books.Orders[1] with { IdempotencyKey = "a" }] } },
        { "I4", books => books with { Keys = [books.Keys[0]] } },
        { "I5", books => books with { Gateway = [.. books.Gateway, Entry(Done, "capture")] } },
        { "I5", books => books with { Gateway = [.. books.Gateway, Entry(Off, "capture")] } },
        { "I5", books => books with { Gateway = [.. books.Gateway, Entry(Done, "refund")] } },
        { "I5", books => books with { Gateway = [.. books.Gateway, Entry(Guid.Empty, "capture")] } },
        { "I6", books => books with { StockBranches = [books.StockBranches[0] with { State = "Cancelled" }, books.StockBranches[1]] } },
        { "I6", books => books with { PaymentBranches = [books.PaymentBranches[0], books.PaymentBranches[1] with { State = "Tried" }] } },
        { "I7", books => books with { Gateway = [.. books.Gateway, Entry(Off, "authorize")] } },
        { "I7", books => books with { Attempts = [new(Done, "capture", "Unknown")] } },
        { "I8", books => books with { Orders = [books.Orders[0] with { State = "ConfirmingStock" }, books.Orders[1]] } },
        { "I9", books => books with { Audit = [.. books.Audit.Skip(1)] } },
        { "I9", books => books with { Audit = [.. books.Audit.Where(row => row.Subject != "stock branch")] } },
        { "I9", books => books with { Audit = [.. books.Audit.Where(row => row.ToState != "ConfirmingStock")] } },
        { "I10", books =>
            books with { Audit = [.. books.Audit.Select(row => row.ToState == "ConfirmingPayment" ? row with { ToState = "Completed" } : row)] } },
        { "I11", books => books with { Queued = [new("orders", "outbox: OrderCompleted")] } },
    };

    [Fact]
    public void Good_books_are_clean() => Invariants.Broken(Good, [Done, Off]).ShouldBeEmpty();

    [Theory, MemberData(nameof(Planted))]
    public void A_planted_fault_is_found(string invariant, Func<Books, Books> plant) =>
        Invariants.Broken(plant(Good), [Done, Off]).ShouldContain(finding => finding.StartsWith(invariant + " ", StringComparison.Ordinal));

    static GatewayRow Entry(Guid order, string operation) => new(operation, "succeeded", "auth_" + order, 100, "EUR", order.ToString());

    static IEnumerable<AuditEntry> Trail(string subject, Guid id, params string[] states) =>
        states.Select((state, i) => new AuditEntry(i, subject, id.ToString(), i == 0 ? "" : states[i - 1], state));
}
