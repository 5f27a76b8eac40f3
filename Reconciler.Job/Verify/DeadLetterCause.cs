using System.Text.RegularExpressions;

namespace Reconciler.Job;

/// <summary>
/// I18: what a dead letter's recorded cause says about it. A message that only met a database, broker or gateway that was unavailable should have waited;
/// a caller's mistake should have been answered. Both are named by the type of the exception, with which the cause begins.
/// </summary>
static partial class DeadLetterCause
{
    static readonly HashSet<string> Waits = new(StringComparer.Ordinal)
    {
        // The database. PostgresException is looked at by its SQLSTATE.
        "NpgsqlException", "SqlException", "SqliteException", "DbUpdateException", "DbUpdateConcurrencyException", "RetryLimitExceededException",
        // The broker.
        "RabbitMqConnectionException", "ConnectionException", "BrokerUnreachableException", "AlreadyClosedException", "OperationInterruptedException",
        "MessageReturnedException", "MessageNotConfirmedException", "PublishException", "PublishReturnException",
        // The gateway, the network and time.
        "GatewayUnavailableException", "HttpRequestException", "SocketException", "IOException", "EndOfStreamException", "TimeoutException",
        "TimeoutRejectedException", "BrokenCircuitException", "TaskCanceledException", "OperationCanceledException",
    };

    /// <summary>The rules for what callers send.</summary>
    static readonly HashSet<string> CallersMistakes = new(StringComparer.Ordinal) { "Problem", "ValidationException" };

    /// <returns>What is wrong with keeping such a message; none: it is rightly kept.</returns>
    public static string? Objection(string cause) => cause.Split(':')[0] switch
    {
        "PostgresException" when !IsOfTheData(cause) => "it waited for the database",
        var type when Waits.Contains(type) => "it waited for something that was unavailable",
        var type when CallersMistakes.Contains(type) => "it is a caller's mistake, and was not answered",
        _ => null,
    };

    /// <summary>22 data exception, 23 integrity constraint violation: the same on every healthy server.</summary>
    static bool IsOfTheData(string cause) => DataState().IsMatch(cause);

    [GeneratedRegex("^PostgresException: 2[23]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DataState();
}
