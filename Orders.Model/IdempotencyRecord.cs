using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OrderSaga.Contracts;

namespace Orders.Model;

/// <summary>A merchant's idempotency key that placed an order, with the stored answer.</summary>
public sealed class IdempotencyRecord
{
    /// <summary>Hash of merchant and key, so that a database's collation cannot treat two keys as equal; see <see cref="IdOf"/>.</summary>
    public required string Id { get; set; }

    public required string Merchant { get; set; }
    public required string Key { get; set; }

    /// <summary>SHA-256 of the order's content, hex: the same key with another content is refused.</summary>
    public required string RequestHash { get; set; }

    public Guid OrderId { get; set; }

    /// <summary>HTTP status of the answer.</summary>
    public int AnswerStatus { get; set; }

    /// <summary>Body of the answer, byte for byte.</summary>
    public required byte[] Answer { get; set; }

    public DateTime CreatedAt { get; set; }

    /// <summary>SHA-256 of merchant, line feed, key; hex.</summary>
    public static string IdOf(string merchant, string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(merchant + "\n" + key)));

    internal static void Map(EntityTypeBuilder<IdempotencyRecord> row)
    {
        row.ToTable("idempotency_keys");
        row.HasKey(x => x.Id);
        row.Property(x => x.Id).HasColumnName("id").HasMaxLength(64);
        row.Property(x => x.Merchant).HasColumnName("merchant").HasMaxLength(FieldRules.MaxMerchantLength);
        row.Property(x => x.Key).HasColumnName("idempotency_key").HasMaxLength(FieldRules.MaxIdempotencyKeyLength);
        row.Property(x => x.RequestHash).HasColumnName("request_hash").HasMaxLength(64);
        row.Property(x => x.OrderId).HasColumnName("order_id");
        row.Property(x => x.AnswerStatus).HasColumnName("answer_status");
        row.Property(x => x.Answer).HasColumnName("answer");
        row.Property(x => x.CreatedAt).HasColumnName("created_at");
        row.HasIndex(x => x.OrderId).IsUnique();
        row.HasIndex(x => x.CreatedAt);
    }
}
