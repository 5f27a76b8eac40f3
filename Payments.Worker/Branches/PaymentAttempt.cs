using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OrderSaga.Contracts;
using OrderSaga.Platform.Common;

namespace OrderSaga.Payments;

/// <summary>The gateway's operations. Stored as text.</summary>
enum Operation
{
    Authorize,
    Capture,
    Void,
    Refund,
}

/// <summary>State of one operation. Stored as text.</summary>
enum AttemptState
{
    /// <summary>Committed before the call; the call is in progress or died with its process.</summary>
    Sent,

    /// <summary>The call ended without an answer: it may or may not have taken effect.</summary>
    Unknown,

    /// <summary>
    /// The authorization was never sent: nothing can have happened. While the attempt has a lease, another call may be in progress.
    /// </summary>
    NotSent,

    /// <summary>A hosted payment waits for its customer.</summary>
    Pending,

    /// <summary>The gateway executed the operation.</summary>
    Succeeded,

    /// <summary>
    /// The operation counts as not done: the gateway declined it; or does not know it, and it may no longer be sent; or a void found that another
    /// party has captured the money.
    /// </summary>
    Declined,
}

/// <summary>One operation for one order at one gateway; protected by the lock on the order's branch row.</summary>
sealed class PaymentAttempt
{
    /// <summary>The gateway's idempotency key: <c>{orderId}:payment:{operation}</c>; at the order's second gateway with <c>:2</c>.</summary>
    public string Key { get; init; } = "";

    public Guid OrderId { get; init; }
    public Operation Operation { get; init; }

    /// <summary>The name of the gateway.</summary>
    public string Gateway { get; init; } = GatewaySettings.Main;

    /// <summary>1: the gateway at which the order began; 2: the other one.</summary>
    public int Route { get; init; } = 1;

    public AttemptState State { get; private set; }

    /// <summary>The gateway's id of the operation.</summary>
    public string? GatewayId { get; private set; }

    /// <summary>Id of the current lease; only its holder may record that the call had no answer. Empty: it was never sent, and has no lease.</summary>
    public Guid Lease { get; private set; }

    /// <summary>UTC; when the sweeper may lease the attempt. Null: never again.</summary>
    public DateTime? NextAttemptAt { get; private set; }

    /// <summary>UTC; when a hosted payment page closes.</summary>
    public DateTime? ClosesAt { get; init; }

    /// <summary>How often it was leased for a call or a query.</summary>
    public int Attempts { get; private set; }

    /// <summary>Why the last call had no answer, or why the gateway declined.</summary>
    public string? Error { get; private set; }

    /// <summary>Trace of the command, so that a sweeper's call appears in the order's trace.</summary>
    public string? TraceParent { get; init; }

    public DateTime CreatedAt { get; init; }
    public DateTime UpdatedAt { get; private set; }

    const int MaxErrorLength = 500;

    /// <summary>True if a call is due, or its due time comes from a wrong clock.</summary>
    public bool IsCallDue(DateTime now, DateTime maxDueAt) =>
        State is AttemptState.Sent or AttemptState.Unknown or AttemptState.NotSent && (NextAttemptAt <= now || NextAttemptAt > maxDueAt);

    /// <summary>True if a query is due: the customer has not paid yet, or may still pay after a decline.</summary>
    public bool IsPollDue(DateTime now, DateTime maxDueAt, DateTime closedBy) =>
        State is AttemptState.Pending or AttemptState.Declined && (NextAttemptAt <= now || (NextAttemptAt > maxDueAt && ClosesAt <= closedBy));

    /// <summary>True if it is certain that the operation was never sent, neither now nor before.</summary>
    public bool IsNeverSent => State == AttemptState.NotSent && Lease == Guid.Empty;

    /// <summary>True if its answer is missing.</summary>
    public bool IsOpen => State is AttemptState.Sent or AttemptState.Unknown or AttemptState.Pending || (State == AttemptState.NotSent && !IsNeverSent);

    /// <summary>The subject of its audit rows.</summary>
    public string Subject => $"payment {Name(Operation)}{(Route == 1 ? "" : $" {Route}")}";

    public static string KeyOf(Guid orderId, Operation operation, int route) => $"{orderId}:payment:{Name(operation)}{(route == 1 ? "" : $":{route}")}";

    public static string Name(Operation operation) => operation switch
    {
        Operation.Authorize => "authorize",
        Operation.Capture => "capture",
        Operation.Void => "void",
        Operation.Refund => "refund",
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, null),
    };

    /// <summary>
    /// Leases the attempt until <paramref name="due"/>; then the sweeper may lease it, unless it was answered.
    /// </summary>
    public void TakeLease(Guid lease, DateTime due) => (Lease, NextAttemptAt, Attempts) = (lease, due, Attempts + 1);

    /// <summary>Makes it due, although it was answered or is not due yet.</summary>
    public void Reopen(DateTime due, DateTime now)
    {
        State = IsOpen ? State : AttemptState.Unknown;
        (NextAttemptAt, UpdatedAt) = (due, now);
    }

    /// <summary>Records that a call had no answer; the next query is at <paramref name="due"/>.</summary>
    public void RecordNoAnswer(string error, DateTime due, DateTime now)
    {
        State = State == AttemptState.Pending ? AttemptState.Pending : AttemptState.Unknown;
        (Error, NextAttemptAt, UpdatedAt) = (Text.Clean(error, MaxErrorLength), due, now);
    }

    /// <summary>Records that the call was never sent; it is due again at <paramref name="due"/>.</summary>
    public void RecordNotSent(string error, DateTime due, DateTime now) =>
        (State, Lease, Error, NextAttemptAt, UpdatedAt) = (AttemptState.NotSent, Guid.Empty, Text.Clean(error, MaxErrorLength), due, now);

    /// <summary>Records an unpaid hosted payment; the next query is at <paramref name="due"/> unless a webhook comes first.</summary>
    public void AwaitCustomer(string? gatewayId, DateTime due, DateTime now) =>
        (State, GatewayId, Error, NextAttemptAt, UpdatedAt) = (AttemptState.Pending, gatewayId, null, due, now);

    /// <summary>Sets the next call of an attempt that was never sent, or the next query about a settled one; null: never.</summary>
    public void SchedulePoll(DateTime? due) => NextAttemptAt = due;

    public void Settle(AttemptState state, GatewayAnswer answer, DateTime now) =>
        (State, GatewayId, Error, NextAttemptAt, UpdatedAt) =
            (state, answer.Id ?? GatewayId, Text.Clean(answer.Detail ?? answer.Reason, MaxErrorLength), null, now);

    internal static void Map(EntityTypeBuilder<PaymentAttempt> row)
    {
        row.ToTable("payment_attempts", table =>
        {
            table.HasCheckConstraint("ck_payment_attempts_state", $"state IN ({Sql.Names<AttemptState>()})");
            table.HasCheckConstraint("ck_payment_attempts_due", "next_attempt_at IS NOT NULL OR state IN ('Succeeded', 'Declined', 'NotSent')");
        });
        row.HasKey(x => x.Key);
        row.Property(x => x.Key).HasColumnName("idempotency_key").HasMaxLength(100);
        row.Property(x => x.OrderId).HasColumnName("order_id");
        row.Property(x => x.Operation).HasColumnName("operation").HasMaxLength(20)
            .HasConversion(name => Name(name), text => EnumNames.Parse<Operation>(text, Name));
        row.Property(x => x.Gateway).HasColumnName("gateway").HasMaxLength(GatewaySettings.MaxNameLength).HasDefaultValue(GatewaySettings.Main);
        row.Property(x => x.Route).HasColumnName("route").HasDefaultValue(1);
        row.Property(x => x.State).HasColumnName("state").HasMaxLength(20).HasConversion<string>();
        row.Property(x => x.GatewayId).HasColumnName("gateway_id").HasMaxLength(FieldRules.MaxGatewayIdLength);
        row.Property(x => x.Lease).HasColumnName("lease");
        row.Property(x => x.NextAttemptAt).HasColumnName("next_attempt_at");
        row.Property(x => x.ClosesAt).HasColumnName("closes_at");
        row.Property(x => x.Attempts).HasColumnName("attempts");
        row.Property(x => x.Error).HasColumnName("error").HasMaxLength(MaxErrorLength);
        row.Property(x => x.TraceParent).HasColumnName("trace_parent").HasMaxLength(100);
        row.Property(x => x.CreatedAt).HasColumnName("created_at");
        row.Property(x => x.UpdatedAt).HasColumnName("updated_at");
        row.HasIndex(x => x.OrderId);
        // Separate indexes for calls, queries and closing pages, so that none reads the others' rows.
        row.HasIndex(x => x.NextAttemptAt, "ix_payment_attempts_calls").HasFilter("state IN ('Sent', 'Unknown', 'NotSent') AND next_attempt_at IS NOT NULL");
        row.HasIndex(x => x.NextAttemptAt, "ix_payment_attempts_polls").HasFilter("state IN ('Pending', 'Declined') AND next_attempt_at IS NOT NULL");
        row.HasIndex(x => x.ClosesAt, "ix_payment_attempts_closing").HasFilter("state = 'Pending'");
        row.HasIndex(x => x.UpdatedAt);
        row.Ignore(x => x.IsNeverSent);
        row.Ignore(x => x.IsOpen);
        row.Ignore(x => x.Subject);
    }
}
