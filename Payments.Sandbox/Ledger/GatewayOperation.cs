using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OrderSaga.Contracts;

namespace OrderSaga.Sandbox;

static class Operations
{
    public const string Authorize = "authorize";
    public const string Capture = "capture";
    public const string Void = "void";
    public const string Refund = "refund";
}

static class Statuses
{
    public const string Succeeded = "succeeded";
    public const string Declined = "declined";

    /// <summary>A hosted payment that waits for the customer.</summary>
    public const string Pending = "pending";

    /// <summary>A hosted payment that can no longer be paid: its time passed, or it was voided.</summary>
    public const string Expired = "expired";

    /// <summary>An authorization that was never requested and that its caller closed: a request that comes with its key is refused.</summary>
    public const string Closed = "closed";
}

/// <summary>One row of the ledger: request, result, and the answer as sent.</summary>
sealed class GatewayOperation
{
    /// <summary><c>auth_</c>, <c>cap_</c>, <c>void_</c> or <c>ref_</c> and a UUIDv7.</summary>
    public required string Id { get; init; }

    /// <summary>One of <see cref="Operations"/>.</summary>
    public required string Operation { get; init; }

    /// <summary>One of <see cref="Statuses"/>; changes for hosted payments only.</summary>
    public required string Status { get; set; }

    public string? Reason { get; set; }

    /// <summary>The authorization of this operation; its own id for an authorization.</summary>
    public required string AuthorizationId { get; init; }

    /// <summary>Minor units.</summary>
    public required long Amount { get; init; }

    public required string Currency { get; init; }

    /// <summary>The caller's own id: the order id.</summary>
    public required string Reference { get; init; }

    /// <summary>Card token of an authorization.</summary>
    public string? Token { get; init; }

    public required string IdempotencyKey { get; init; }

    /// <summary>Hash of operation, target and body: the same key with another request is refused.</summary>
    public required string RequestHash { get; init; }

    /// <summary>Hosted payment page.</summary>
    public string? Url { get; init; }

    /// <summary>UTC; when the hosted payment page closes.</summary>
    public DateTime? ExpiresAt { get; init; }

    /// <summary>UTC, whole milliseconds.</summary>
    public required DateTime At { get; init; }

    /// <summary>HTTP status of the first answer.</summary>
    public int AnswerStatus { get; set; }

    /// <summary>Body of the first answer; every repeat of the key gets it byte for byte.</summary>
    public string Answer { get; set; } = "";

    internal static void Map(EntityTypeBuilder<GatewayOperation> row)
    {
        row.ToTable("gateway_operations", table =>
        {
            table.HasCheckConstraint("ck_gateway_operations_amount", "amount > 0");
            table.HasCheckConstraint("ck_gateway_operations_operation", "operation IN ('authorize', 'capture', 'void', 'refund')");
            table.HasCheckConstraint("ck_gateway_operations_status", "status IN ('succeeded', 'declined', 'pending', 'expired', 'closed')");
        });
        row.HasKey(x => x.Id);
        row.Property(x => x.Id).HasColumnName("id").HasMaxLength(40);
        row.Property(x => x.Operation).HasColumnName("operation").HasMaxLength(20);
        row.Property(x => x.Status).HasColumnName("status").HasMaxLength(20);
        row.Property(x => x.Reason).HasColumnName("reason").HasMaxLength(FieldRules.MaxReasonLength);
        row.Property(x => x.AuthorizationId).HasColumnName("authorization_id").HasMaxLength(40);
        row.Property(x => x.Amount).HasColumnName("amount");
        row.Property(x => x.Currency).HasColumnName("currency").HasMaxLength(FieldRules.CurrencyLength);
        row.Property(x => x.Reference).HasColumnName("reference").HasMaxLength(100);
        row.Property(x => x.Token).HasColumnName("token").HasMaxLength(50);
        row.Property(x => x.IdempotencyKey).HasColumnName("idempotency_key").HasMaxLength(FieldRules.MaxIdempotencyKeyLength);
        row.Property(x => x.RequestHash).HasColumnName("request_hash").HasMaxLength(64);
        row.Property(x => x.Url).HasColumnName("url").HasMaxLength(500);
        row.Property(x => x.ExpiresAt).HasColumnName("expires_at");
        row.Property(x => x.At).HasColumnName("at");
        row.Property(x => x.AnswerStatus).HasColumnName("answer_status");
        row.Property(x => x.Answer).HasColumnName("answer");
        MapIndexes(row);
    }

    static void MapIndexes(EntityTypeBuilder<GatewayOperation> row)
    {
        row.HasIndex(x => x.IdempotencyKey).IsUnique();
        row.HasIndex(x => x.AuthorizationId);
        row.HasIndex(x => x.Reference);
        row.HasIndex(x => x.At);
        row.HasIndex(x => new { x.Status, x.ExpiresAt });

        // The rules ensure it and the index enforces it: at most one succeeded capture, void and refund.
        row.HasIndex(x => new { x.AuthorizationId, x.Operation }).IsUnique().HasFilter("status = 'succeeded'");
    }
}
