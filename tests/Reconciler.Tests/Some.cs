using Reconciler.Job;

namespace Reconciler.Tests;

/// <summary>Consistent orders, for tests that change one thing.</summary>
static class Some
{
    public static readonly DateTime At = new(2030, 5, 13, 10, 0, 0, DateTimeKind.Utc);
    public static readonly Guid Id = Guid.Parse("0199f0a0-7c1e-7000-8000-000000000001");

    public static readonly SettlementTerms Terms = new(new FeeSchedule(140, 25), new SettlementDays(
        new HashSet<DateOnly> { new(2030, 5, 12), new(2030, 5, 13), new(2030, 5, 14) }));

    /// <summary>Stock confirmed, money captured and settled.</summary>
    public static OrderSnapshot Completed => new(Id, Order("Completed"), Stock("Confirmed"), Payment("Confirmed"), [Row("cap_1")]);

    public static OrderEntry Order(string state) => new(Id, "demo", state, 5, "EUR", 1250, [new OrderLine("tea-001", 1)], true, "stock-first", "main", At, At);

    public static StockEntry Stock(string state) => new(Id, state, [new OrderLine("tea-001", 1)], "main", At);

    public static PaymentEntry Payment(string state, params AttemptEntry[] attempts) =>
        new(Id, state, 1250, "EUR", "auth_1", "cap_1", null,
            attempts.Length > 0 ? attempts : [Attempt("authorize", "auth_1"), Attempt("capture", "cap_1")], "main", At);

    public static AttemptEntry Attempt(string operation, string? id, string state = "Succeeded", DateTime? at = null) =>
        new(operation, state, id, at ?? At, at ?? At);

    public static SettlementRow Row(string id, string operation = "capture", long amount = 1250, long fee = 43) =>
        new(id, operation, "auth_1", Id.ToString(), amount, fee, "EUR", At, DateOnly.FromDateTime(At));

    public static string Found(this OrderSnapshot snapshot, SettlementTerms? terms = null) =>
        string.Join(", ", Rules.Check(snapshot, terms ?? Terms).Select(finding => finding.Class));
}
