using System.Text.Json;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OrderSaga.Contracts;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Processing;

namespace Orders.Model;

/// <summary>The order and its saga: one row, created at placement, never deleted.</summary>
public sealed class OrderState : SagaStateMachineInstance, IVersioned
{
    /// <summary>The order id, UUIDv7.</summary>
    public Guid CorrelationId { get; set; }

    public string Merchant { get; set; } = "";
    public string IdempotencyKey { get; set; } = "";

    /// <summary>One of <see cref="OrderStates"/>.</summary>
    public string State { get; set; } = "";

    /// <summary>Why the order was cancelled or needs review.</summary>
    public string? Reason { get; set; }

    /// <summary>Reason of an accepted cancellation request by the merchant; null: none.</summary>
    public string? CancellationRequested { get; set; }

    /// <summary>
    /// The reason as the audit and the participants get it. The merchant's own words may identify a customer, and audit rows are never changed: they
    /// are in this row only.
    /// </summary>
    public string? AuditedReason => Reason is not null && Reason == Text.Clean(CancellationRequested, FieldRules.MaxOrderReasonLength)
        ? OrderAudit.RequestedByMerchant : Reason;

    /// <summary>A configured order class, which sets the time to pay; null: none.</summary>
    public string? Class { get; set; }

    /// <summary>The merchant's reference of the customer; null: none. Erased with the other personal data.</summary>
    public string? Customer { get; set; }

    /// <summary>
    /// One of <see cref="OrderFlows"/>, decided at the placement. It selects the first state; later steps depend only on the state.
    /// </summary>
    public string Flow { get; set; } = OrderFlows.StockFirst;

    /// <summary>
    /// One of <see cref="OrderLanes"/>, decided at placement; main after a takeover. Every message about the order goes through its queues.
    /// </summary>
    public string Lane { get; set; } = OrderLanes.Main;

    /// <summary>The highest switch version in force at the placement; null: no switch was ever set.</summary>
    public long? SwitchVersion { get; set; }

    /// <summary>Span that placed the order, as a W3C traceparent; null: its process recorded no span.</summary>
    public string? TraceParent { get; set; }

    /// <summary>Trace of the placement, 32 hex digits.</summary>
    public string? TraceId => TraceParent?.Split('-')[1];

    /// <summary>ISO 4217.</summary>
    public string Currency { get; set; } = "";

    /// <summary>Minor units.</summary>
    public long Total { get; set; }

    public IReadOnlyList<OrderItem> Lines { get; set; } = [];

    /// <summary><c>card</c> or <c>hosted</c>.</summary>
    public string PaymentMethod { get; set; } = "";

    /// <summary>Token of a card; deleted when no authorization can follow.</summary>
    public string? PaymentToken { get; set; }

    /// <summary>Payment page for the customer, once the gateway has returned it.</summary>
    public string? PaymentUrl { get; set; }

    /// <summary>UTC; end of the time to pay. An unpaid order is cancelled <see cref="OrderSettings.PaymentMarginSeconds"/> later.</summary>
    public DateTime PayBefore { get; set; }

    /// <summary>The payment's Try was sent, so its branch must be cancelled too.</summary>
    public bool PaymentTried { get; set; }

    /// <summary>In Cancelling: StockCancelled has arrived.</summary>
    public bool StockReleased { get; set; }

    /// <summary>In Cancelling: PaymentCancelled has arrived, or the payment branch cannot hold anything.</summary>
    public bool PaymentReleased { get; set; }

    /// <summary>The state before the review.</summary>
    public string? ReviewFrom { get; set; }

    /// <summary>UTC time of the next check by recovery; null: none.</summary>
    public DateTime? NextRetryAt { get; set; }

    /// <summary>How often the current state's command was repeated. Kept in review; set to 0 when the payment page is known.</summary>
    public int RetryCount { get; set; }

    public DateTime CreatedAt { get; set; }
    public DateTime UpdatedAt { get; set; }
    public long Version { get; set; }

    /// <summary>The queue in the order's lane: all senders that have the order's row use it.</summary>
    public string QueueOf(string queue) => OrderSaga.Platform.Common.Lane.Queue(queue, Lane);

    public TryReserveStock ReserveStock() => new(CorrelationId, [.. Lines.Select(line => new OrderLine(line.Sku, line.Quantity))]);

    /// <summary>From then on the payment's branch must be cancelled too.</summary>
    public TryAuthorizePayment AuthorizePayment()
    {
        PaymentTried = true;
        return new TryAuthorizePayment(
            CorrelationId, new Money(Total, Currency), new PaymentInstruction(PaymentMethod, PaymentToken), PayBefore, Merchant);
    }

    /// <summary>W3C Trace Context, version 00: version, trace id, span id and flags.</summary>
    const int TraceParentLength = 55;

    /// <summary>If <see cref="UpdatedAt"/> is further in the future than this, the clock has been set back.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(10);

    /// <summary>Due now, or its due time comes from a clock that was ahead.</summary>
    public bool IsDue(DateTime now) => NextRetryAt <= now || (NextRetryAt is not null && UpdatedAt > now + ClockTolerance);

    internal static void Map(EntityTypeBuilder<OrderState> row)
    {
        row.ToTable("orders", table =>
        {
            table.HasCheckConstraint("ck_orders_state", $"state IN ({string.Join(", ", OrderLifecycle.States.Select(state => $"'{state}'"))})");
            table.HasCheckConstraint("ck_orders_total", "total > 0");
        });
        row.HasKey(x => x.CorrelationId);
        row.Property(x => x.CorrelationId).HasColumnName("id").ValueGeneratedNever();
        row.Property(x => x.Merchant).HasColumnName("merchant").HasMaxLength(FieldRules.MaxMerchantLength);
        row.Property(x => x.IdempotencyKey).HasColumnName("idempotency_key").HasMaxLength(FieldRules.MaxIdempotencyKeyLength);
        row.Property(x => x.State).HasColumnName("state").HasMaxLength(20);
        row.Property(x => x.Reason).HasColumnName("reason").HasMaxLength(FieldRules.MaxOrderReasonLength);
        row.Property(x => x.CancellationRequested).HasColumnName("cancellation_requested").HasMaxLength(FieldRules.MaxOrderReasonLength);
        row.Ignore(x => x.AuditedReason);
        row.Property(x => x.Class).HasColumnName("order_class").HasMaxLength(FieldRules.MaxClassLength);
        row.Property(x => x.Currency).HasColumnName("currency").HasMaxLength(FieldRules.CurrencyLength);
        row.Property(x => x.Total).HasColumnName("total");
        row.Property(x => x.Lines).HasColumnName("lines").HasConversion(
            lines => JsonSerializer.Serialize(lines, JsonSerializerOptions.Web),
            text => JsonSerializer.Deserialize<List<OrderItem>>(text, JsonSerializerOptions.Web)!,
            new ValueComparer<IReadOnlyList<OrderItem>>((a, b) => ReferenceEquals(a, b), lines => lines.Count, lines => lines));
        row.Property(x => x.PaymentMethod).HasColumnName("payment_method").HasMaxLength(FieldRules.MaxMethodLength);
        row.Property(x => x.PaymentToken).HasColumnName("payment_token").HasMaxLength(FieldRules.MaxTokenLength);
        row.Property(x => x.PaymentUrl).HasColumnName("payment_url").HasMaxLength(FieldRules.MaxPayUrlLength);
        row.Property(x => x.PayBefore).HasColumnName("pay_before");
        row.Property(x => x.PaymentTried).HasColumnName("payment_tried");
        row.Property(x => x.StockReleased).HasColumnName("stock_released");
        row.Property(x => x.PaymentReleased).HasColumnName("payment_released");
        row.Property(x => x.ReviewFrom).HasColumnName("review_from").HasMaxLength(20);
        row.Property(x => x.NextRetryAt).HasColumnName("next_retry_at");
        row.Property(x => x.RetryCount).HasColumnName("retry_count");
        row.Property(x => x.CreatedAt).HasColumnName("created_at");
        row.Property(x => x.UpdatedAt).HasColumnName("updated_at");
        row.Property(x => x.Version).HasColumnName("version").IsConcurrencyToken();
        MapStamps(row);
        MapIndexes(row);
    }

    /// <summary>Set by the placement and never changed, but for a lane that main takes over and an erased customer.</summary>
    static void MapStamps(EntityTypeBuilder<OrderState> row)
    {
        row.Property(x => x.Customer).HasColumnName("customer").HasMaxLength(FieldRules.MaxCustomerLength);
        row.Property(x => x.Flow).HasColumnName("flow").HasMaxLength(20).HasDefaultValue(OrderFlows.StockFirst);
        row.Property(x => x.Lane).HasColumnName("lane").HasMaxLength(20).HasDefaultValue(OrderLanes.Main);
        row.Property(x => x.SwitchVersion).HasColumnName("switch_version");
        row.Property(x => x.TraceParent).HasColumnName("trace_parent").HasMaxLength(TraceParentLength);
        row.Ignore(x => x.TraceId);
    }

    static void MapIndexes(EntityTypeBuilder<OrderState> row)
    {
        // Pages are sorted by time, then id: SQL Server does not sort a uniqueidentifier by its bytes.
        row.HasIndex(x => new { x.Merchant, x.CreatedAt, x.CorrelationId }).HasDatabaseName("ix_orders_merchant_created_at_id");
        row.HasIndex(x => x.NextRetryAt, "ix_orders_next_retry_at").HasFilter("next_retry_at IS NOT NULL AND payment_url IS NULL");
        // Orders that wait for their customers have their own index: a query for the others does not read them.
        row.HasIndex(x => x.NextRetryAt, "ix_orders_waiting_retry_at").HasFilter("next_retry_at IS NOT NULL AND payment_url IS NOT NULL");
        // Recent changes: for the rolling reconciliation, and for rows changed by a clock that was ahead.
        row.HasIndex(x => x.UpdatedAt).HasDatabaseName("ix_orders_updated_at");
        row.HasIndex(x => new { x.UpdatedAt, x.CorrelationId }).HasDatabaseName("ix_orders_in_review").HasFilter($"state = '{OrderStates.NeedsReview}'");
    }
}

/// <summary>An order line with its price at placement.</summary>
/// <param name="Sku">As in the price list.</param>
/// <param name="Quantity">Whole pieces.</param>
/// <param name="UnitPrice">Minor units of the order's currency.</param>
public sealed record OrderItem(string Sku, int Quantity, long UnitPrice);
