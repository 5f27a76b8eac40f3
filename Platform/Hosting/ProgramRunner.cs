using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Hosting;

/// <summary>
/// The body of every Program.cs: a process that cannot start says why in one sentence, without a stack trace or core dump.
/// </summary>
public static class ProgramRunner
{
    /// <summary>Exit code for wrong settings, addresses or files: a restart would fail again.</summary>
    public const int WrongSettings = 2;

    const int Failure = 1;
    static volatile bool started;

    /// <summary>Runs <paramref name="program"/>.</summary>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> Run(Func<Task> program)
    {
        try
        {
            await program();
            return Environment.ExitCode;
        }
        catch (Exception failure) when (!started && Explain(failure) is { } sentence)
        {
            await Console.Error.WriteLineAsync($"{AppDomain.CurrentDomain.FriendlyName} does not start: {sentence}");
            return WrongSettings;
        }
        catch (OperationCanceledException) when (!started)
        {
            // A stop while it started: nothing has begun.
            return Environment.ExitCode;
        }
        catch (Exception failure)
        {
            await Console.Error.WriteLineAsync(failure.ToString());
            return Failure;
        }
    }

    /// <summary>Later failures are not caused by settings.</summary>
    internal static void MarkStarted() => started = true;

    static string? Explain(Exception failure) => failure switch
    {
        AggregateException { InnerExceptions: [var only] } => Explain(only),
        // The next start may succeed.
        _ when DatabaseErrors.IsTransient(failure) => null,
        InvalidOperationException or ArgumentException or FormatException or IOException or UnauthorizedAccessException or SocketException
            or SqliteException or InvalidDataException => failure.Message.ReplaceLineEndings(" "),
        _ => null,
    };
}
