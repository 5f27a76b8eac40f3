namespace OrderSaga.Platform;

/// <summary>Every bound of the messaging core, with its unit. Bound from the section <c>Limits</c>; checked at start.</summary>
public sealed class Limits
{
    /// <summary>Deliveries handled in one transaction, at most.</summary>
    public int BatchSize { get; set; } = 64;

    /// <summary>Messages that travel in one envelope, at most: all messages of one transaction to one queue.</summary>
    public int EnvelopeSize { get; set; } = 64;

    /// <summary>Batches of one endpoint in progress at once. Deliveries of one order stay in one of them.</summary>
    public int Lanes { get; set; } = 1;

    /// <summary>Unacknowledged deliveries of one endpoint.</summary>
    public int Prefetch { get; set; } = 256;

    /// <summary>Body of one message, at most; a larger one is stored as failed without being read.</summary>
    public int MessageBytes { get; set; } = 1024 * 1024;

    /// <summary>Runs of one delivery in a fresh scope before it counts as failed, when conflicts are the cause.</summary>
    public int ConflictAttempts { get; set; } = 8;

    /// <summary>How long the process that wrote an outbox row has it to itself, by the database's clock.</summary>
    public int OutboxLeaseSeconds { get; set; } = 10;

    /// <summary>Between two polls of the outbox sweeper.</summary>
    public int SweepMilliseconds { get; set; } = 1000;

    /// <summary>Rows that one sweep claims.</summary>
    public int SweepPage { get; set; } = 200;

    /// <summary>Publishes that await the broker's confirm at once, for each destination of a database.</summary>
    public int PublishWindow { get; set; } = 256;

    /// <summary>
    /// How long one publish may take. After that its destination counts as blocked, or the broker as unavailable if it confirms nothing
    /// else either.
    /// </summary>
    public int PublishTimeoutSeconds { get; set; } = 5;

    /// <summary>
    /// Tries of one outbox row before it is parked, while its destination takes nothing. With a back-off of up to a minute: some eight
    /// minutes.
    /// </summary>
    public int ParkAfter { get; set; } = 12;

    /// <summary>Between two samples of the outbox's age, parked rows and failed messages for the metrics.</summary>
    public int BacklogSampleSeconds { get; set; } = 5;

    /// <summary>How long the inbox remembers a message.</summary>
    public int InboxDays { get; set; } = 7;

    /// <summary>Body of one HTTP request, at most.</summary>
    public int RequestBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// Queries about branches, histories and timelines that one key may send to one process, on average; more are answered 429.
    /// </summary>
    public int QueriesPerSecond { get; set; } = 100;

    /// <summary>Such queries of one key at once.</summary>
    public int QueryBurst { get; set; } = 200;

    /// <summary>How long requests have to end when the process stops; then their connections are cut.</summary>
    public int StopSeconds { get; set; } = 3;

    /// <summary>Throws what is wrong, in words, when the bounds do not fit together.</summary>
    public void Check()
    {
        Require(BatchSize is >= 1 and <= 1000, "Limits:BatchSize must be 1 to 1000");
        Require(EnvelopeSize is >= 1 and <= 1000, "Limits:EnvelopeSize must be 1 to 1000");
        Require(Lanes is >= 1 and <= 64, "Limits:Lanes must be 1 to 64");
        Require(Prefetch >= BatchSize * Lanes, "Limits:Prefetch must be at least BatchSize x Lanes, or batches never fill");
        Require(ConflictAttempts is >= 1 and <= 100, "Limits:ConflictAttempts must be 1 to 100");
        Require(OutboxLeaseSeconds > PublishTimeoutSeconds,
            "Limits:OutboxLeaseSeconds must exceed PublishTimeoutSeconds, or the sweeper sends what is being sent");
        Require(SweepMilliseconds >= 10 && SweepPage >= 1 && ParkAfter >= 1, "Limits:SweepMilliseconds, SweepPage and ParkAfter must be positive");
        Require(PublishWindow >= 1 && PublishTimeoutSeconds >= 1, "Limits:PublishWindow and PublishTimeoutSeconds must be positive");
        Require(MessageBytes >= 1024 && RequestBytes >= 1024, "Limits:MessageBytes and RequestBytes must be at least 1024");
        Require(QueriesPerSecond >= 1 && QueryBurst >= QueriesPerSecond, "Limits:QueriesPerSecond must be at least 1, QueryBurst not below it");
        Require(StopSeconds is >= 1 and <= 60, "Limits:StopSeconds must be 1 to 60");
        Require(InboxDays >= 1 && BacklogSampleSeconds >= 1, "Limits:InboxDays and BacklogSampleSeconds must be at least 1");
    }

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule);
    }
}
