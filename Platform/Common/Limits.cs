namespace OrderSaga.Platform.Common;

/// <summary>Limits of the messaging core. Bound from the section <c>Limits</c>; checked at start.</summary>
public sealed class Limits
{
    /// <summary>Maximum number of deliveries handled in one transaction.</summary>
    public int BatchSize { get; set; } = 64;

    /// <summary>Maximum number of messages in one envelope; one transaction's messages to one queue are packed in such envelopes.</summary>
    public int EnvelopeSize { get; set; } = 64;

    /// <summary>Concurrent batches of one endpoint. Deliveries of one order are handled by the same batcher.</summary>
    public int ConcurrentBatches { get; set; } = 1;

    /// <summary>Maximum number of unacknowledged deliveries of one endpoint.</summary>
    public int Prefetch { get; set; } = 256;

    /// <summary>Maximum body of one message; a larger one is stored as failed without being read.</summary>
    public int MaxMessageBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// Maximum size of the failed messages of one queue that wait for an operator. With RabbitMQ a further one returns to its queue, with growing
    /// delays, until some are replayed or discarded; that slows the queue's other messages.
    /// </summary>
    public int MaxFailedMegabytes { get; set; } = 1024;

    /// <summary>Maximum number of live event streams of one merchant in one process; more are refused (429).</summary>
    public int MaxStreamsPerMerchant { get; set; } = 100;

    /// <summary>How often one delivery runs after conflicts, each time in a fresh scope, before it counts as failed.</summary>
    public int MaxConflictAttempts { get; set; } = 8;

    /// <summary>How long an outbox row is leased to the process that wrote it, by the database's clock.</summary>
    public int OutboxLeaseSeconds { get; set; } = 10;

    /// <summary>Interval between two runs of the outbox sweeper.</summary>
    public int SweepIntervalMilliseconds { get; set; } = 1000;

    /// <summary>Maximum number of rows claimed by one sweep.</summary>
    public int SweepPageSize { get; set; } = 200;

    /// <summary>Maximum number of publishes that await the broker's confirm, for each destination of a database.</summary>
    public int MaxOutstandingConfirms { get; set; } = 256;

    /// <summary>
    /// Timeout of one publish. After it the destination counts as blocked; if the broker confirms no test message either, the broker counts as
    /// unavailable.
    /// </summary>
    public int PublishTimeoutSeconds { get; set; } = 5;

    /// <summary>
    /// Attempts to send an outbox row to a blocked destination before it is parked. With delays of up to a minute, 12 attempts take about eight
    /// minutes.
    /// </summary>
    public int MaxSendAttempts { get; set; } = 12;

    /// <summary>
    /// How long a receive endpoint may take to declare its queue and start; then it is restarted. Otherwise it could wait forever on a lost
    /// connection.
    /// </summary>
    public int ReceiverStartSeconds { get; set; } = 15;

    /// <summary>Interval between two samples of outbox age, parked rows and failed messages for the metrics.</summary>
    public int BacklogSampleIntervalSeconds { get; set; } = 5;

    /// <summary>How long the inbox keeps a message id.</summary>
    public int InboxRetentionDays { get; set; } = 7;

    /// <summary>Maximum body of one HTTP request.</summary>
    public int MaxRequestBytes { get; set; } = 64 * 1024;

    /// <summary>How long requests may take to finish when the process stops; then it closes their connections.</summary>
    public int ShutdownTimeoutSeconds { get; set; } = 3;

    /// <summary>Throws with an explanation if the limits are invalid or contradict each other.</summary>
    public void Check()
    {
        Require(BatchSize is >= 1 and <= 1000, "Limits:BatchSize must be 1 to 1000");
        Require(EnvelopeSize is >= 1 and <= 1000, "Limits:EnvelopeSize must be 1 to 1000");
        Require(ConcurrentBatches is >= 1 and <= 64, "Limits:ConcurrentBatches must be 1 to 64");
        Require(Prefetch >= BatchSize * ConcurrentBatches, "Limits:Prefetch must be at least BatchSize x ConcurrentBatches, or batches never fill");
        Require(MaxConflictAttempts is >= 1 and <= 100, "Limits:MaxConflictAttempts must be 1 to 100");
        Require(OutboxLeaseSeconds > PublishTimeoutSeconds,
            "Limits:OutboxLeaseSeconds must exceed PublishTimeoutSeconds, or the sweeper sends rows that are being sent");
        Require(SweepIntervalMilliseconds >= 10 && SweepPageSize >= 1 && MaxSendAttempts >= 1,
            "Limits:SweepIntervalMilliseconds, SweepPageSize and MaxSendAttempts must be positive");
        Require(MaxOutstandingConfirms >= 1 && PublishTimeoutSeconds >= 1, "Limits:MaxOutstandingConfirms and PublishTimeoutSeconds must be positive");
        Require(ReceiverStartSeconds is >= 1 and <= 300, "Limits:ReceiverStartSeconds must be 1 to 300");
        Require(MaxMessageBytes >= 1024 && MaxRequestBytes >= 1024, "Limits:MaxMessageBytes and MaxRequestBytes must be at least 1024");
        Require(MaxFailedMegabytes is >= 1 and <= 1_000_000, "Limits:MaxFailedMegabytes must be 1 to 1000000");
        Require(MaxStreamsPerMerchant is >= 1 and <= 100_000, "Limits:MaxStreamsPerMerchant must be 1 to 100000");
        Require(ShutdownTimeoutSeconds is >= 1 and <= 60, "Limits:ShutdownTimeoutSeconds must be 1 to 60");
        Require(InboxRetentionDays >= 1 && BacklogSampleIntervalSeconds >= 1, "Limits:InboxRetentionDays and BacklogSampleIntervalSeconds must be at least 1");
    }

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule);
    }
}
