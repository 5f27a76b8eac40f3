using OrderSaga.Verifier;
using Reconciler.Job;

namespace Reconciler.Tests;

/// <summary>Causes that do not justify discarding a message.</summary>
public sealed class DeadLetterCauseTests
{
    [Theory]
    [InlineData("PostgresException: 25006: cannot execute INSERT in a read-only transaction")]
    [InlineData("PostgresException: 57014: canceling statement due to statement timeout")]
    [InlineData("PostgresException: 25P03: terminating connection due to idle-in-transaction timeout")]
    [InlineData("NpgsqlException: Exception while reading from stream")]
    [InlineData("SqlException: Failed to update database because the database is read-only.")]
    [InlineData("SqliteException: SQLite Error 8: 'attempt to write a readonly database'.")]
    [InlineData("RabbitMqConnectionException: The message was not acknowledged")]
    [InlineData("TaskCanceledException: A task was canceled.")]
    [InlineData("HttpRequestException: Connection refused (127.0.0.1:9)")]
    public void A_transient_failure_cannot_be_discarded(string cause) => DeadLetterCause.Objection(cause)!.ShouldStartWith("it waited");

    [Fact]
    public void A_callers_mistake_cannot_be_discarded() =>
        DeadLetterCause.Objection("Problem: The request breaks a rule.")!.ShouldStartWith("it is a caller's mistake");

    [Theory]
    [InlineData("BranchViolationException: Order 1: Confirm of a branch that is Refused")]
    [InlineData("UnknownMessageType: no consumer of this queue accepts it")]
    [InlineData("MessageTooLarge: the body has 300000 bytes")]
    [InlineData("JsonException: '{' is invalid")]
    [InlineData("PostgresException: 22021: invalid byte sequence for encoding \"UTF8\": 0x00")]
    [InlineData("PostgresException: 23514: new row violates check constraint")]
    public void A_permanent_failure_is_a_valid_dead_letter(string cause) => DeadLetterCause.Objection(cause).ShouldBeNull();
}
