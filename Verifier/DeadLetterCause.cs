using System.Text.RegularExpressions;

namespace OrderSaga.Verifier;

/// <summary>
/// I18: judges a dead letter by its recorded cause. A message that met an unavailable database, broker or gateway should have waited, and a
/// caller's mistake should have been answered. The cause begins with the exception's type, which decides.
/// </summary>
static partial class DeadLetterCause
{
    static readonly HashSet<string> TransientTypes = new(StringComparer.Ordinal)
    {
        // Database. PostgresException is decided by its SQLSTATE.
        "NpgsqlException", "SqlException", "SqliteException", "DbUpdateException", "DbUpdateConcurrencyException", "RetryLimitExceededException",
        // Broker.
        "RabbitMqConnectionException", "ConnectionException", "BrokerUnreachableException", "AlreadyClosedException", "OperationInterruptedException",
        "MessageReturnedException", "MessageNotConfirmedException", "PublishException", "PublishReturnException",
        // Gateway, network and timeouts.
        "GatewayUnavailableException", "HttpRequestException", "SocketException", "IOException", "EndOfStreamException", "TimeoutException",
        "TimeoutRejectedException", "BrokenCircuitException", "TaskCanceledException", "OperationCanceledException",
    };

    /// <summary>Violations of input rules.</summary>
    static readonly HashSet<string> CallersMistakes = new(StringComparer.Ordinal) { "Problem", "ValidationException" };

    /// <returns>Why the message should not be a dead letter; null if it rightly is one.</returns>
    public static string? Objection(string cause) => cause.Split(':')[0] switch
    {
        "PostgresException" when !IsOfTheData(cause) => "it waited for the database",
        var type when TransientTypes.Contains(type) => "it waited for something that was unavailable",
        var type when CallersMistakes.Contains(type) => "it is a caller's mistake that was not answered",
        _ => null,
    };

    /// <summary>22 data exception, 23 integrity constraint violation: the same on every healthy server.</summary>
    static bool IsOfTheData(string cause) => DataState().IsMatch(cause);

    [GeneratedRegex("^PostgresException: 2[23]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DataState();
}
