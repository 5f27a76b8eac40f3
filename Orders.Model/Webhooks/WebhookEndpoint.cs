using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OrderSaga.Contracts;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Processing;

namespace Orders.Model.Webhooks;

/// <summary>The states of an endpoint, as stored and shown.</summary>
public static class EndpointStates
{
    /// <summary>The last delivery was accepted, or there was none yet.</summary>
    public const string Active = "Active";

    /// <summary>The last delivery was not accepted; deliveries are retried.</summary>
    public const string Failing = "Failing";

    /// <summary>Nothing is sent until the merchant enables it; missed events stay in its log.</summary>
    public const string Disabled = "Disabled";

    /// <summary>Removed by the merchant; kept for its log, without its secrets.</summary>
    public const string Removed = "Removed";
}

/// <summary>A URL that receives a merchant's order events.</summary>
public sealed class WebhookEndpoint : IVersioned
{
    const string SecretPrefix = "whsec_";
    const int MaxReasonLength = 500;

    public Guid Id { get; init; }
    public required string Merchant { get; init; }
    public required string Url { get; init; }

    /// <summary><c>whsec_</c> and base64. Stored in plain text, because each delivery is signed with it.</summary>
    public string Secret { get; set; } = "";

    /// <summary>Also signs until <see cref="PreviousSecretUntil"/>, so that a receiver can switch secrets.</summary>
    public string? PreviousSecret { get; set; }

    public DateTime? PreviousSecretUntil { get; set; }

    /// <summary>One of <see cref="EndpointStates"/>.</summary>
    public string State { get; set; } = EndpointStates.Active;

    /// <summary>Why the endpoint is failing or disabled.</summary>
    public string? Reason { get; set; }

    /// <summary>Time since which every delivery failed, UTC.</summary>
    public DateTime? FailingSince { get; set; }

    /// <summary>
    /// Position among the merchant's endpoints, from 0; unique, so that concurrent registrations conflict. Null after removal.
    /// </summary>
    public int? Slot { get; set; }

    /// <summary>Receives the events of audit rows after this one.</summary>
    public long FromEvent { get; set; }

    public DateTime CreatedAt { get; init; }
    public DateTime UpdatedAt { get; set; }
    public long Version { get; set; } = 1;

    public static string NewSecret() => SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>The keys that sign a delivery now: of the secret, and of the previous one during a rotation.</summary>
    public IEnumerable<byte[]> Keys(DateTime now)
    {
        yield return Convert.FromBase64String(Secret[SecretPrefix.Length..]);
        if (PreviousSecret is { } previous && PreviousSecretUntil > now)
            yield return Convert.FromBase64String(previous[SecretPrefix.Length..]);
    }

    internal void RecordSuccess(DateTime now)
    {
        if (State == EndpointStates.Failing)
            (State, Reason, FailingSince, UpdatedAt) = (EndpointStates.Active, null, null, now);
    }

    /// <summary>Disables an endpoint that accepted nothing during the whole retry schedule of one delivery.</summary>
    /// <param name="error">Why the delivery failed.</param>
    /// <param name="givenUp">It was the delivery's last attempt.</param>
    /// <param name="retryTime">Length of the retry schedule.</param>
    /// <param name="now">UTC.</param>
    internal void RecordFailure(string error, bool givenUp, TimeSpan retryTime, DateTime now)
    {
        if (State == EndpointStates.Active)
            (State, Reason, FailingSince, UpdatedAt) = (EndpointStates.Failing, error, now, now);
        else if (State == EndpointStates.Failing && givenUp && now - FailingSince >= retryTime)
            Disable($"accepted nothing since {(FailingSince is { } since ? WebJson.Text(since) : "")}: {error}", now);
    }

    internal void Disable(string reason, DateTime now)
    {
        if (State is EndpointStates.Active or EndpointStates.Failing)
            (State, Reason, UpdatedAt) = (EndpointStates.Disabled, Text.Clean(reason, MaxReasonLength), now);
    }

    internal static void Map(EntityTypeBuilder<WebhookEndpoint> row)
    {
        row.ToTable("webhook_endpoints", table =>
            table.HasCheckConstraint("ck_webhook_endpoints_state", "state IN ('Active', 'Failing', 'Disabled', 'Removed')"));
        row.HasKey(x => x.Id);
        row.Property(x => x.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(x => x.Merchant).HasColumnName("merchant").HasMaxLength(FieldRules.MaxMerchantLength);
        row.Property(x => x.Url).HasColumnName("url").HasMaxLength(500);
        row.Property(x => x.Secret).HasColumnName("secret").HasMaxLength(100);
        row.Property(x => x.PreviousSecret).HasColumnName("previous_secret").HasMaxLength(100);
        row.Property(x => x.PreviousSecretUntil).HasColumnName("previous_secret_until");
        row.Property(x => x.State).HasColumnName("state").HasMaxLength(20);
        row.Property(x => x.Reason).HasColumnName("reason").HasMaxLength(MaxReasonLength);
        row.Property(x => x.FailingSince).HasColumnName("failing_since");
        row.Property(x => x.Slot).HasColumnName("slot");
        row.Property(x => x.FromEvent).HasColumnName("from_event");
        row.Property(x => x.CreatedAt).HasColumnName("created_at");
        row.Property(x => x.UpdatedAt).HasColumnName("updated_at");
        row.Property(x => x.Version).HasColumnName("version").IsConcurrencyToken();
        row.HasIndex(x => new { x.Merchant, x.CreatedAt });
        row.HasIndex(x => x.State);
        row.HasIndex(x => new { x.Merchant, x.Slot }).IsUnique().HasDatabaseName("ux_webhook_endpoints_slot").HasFilter("slot IS NOT NULL");
    }
}
