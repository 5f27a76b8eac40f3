using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform;

/// <summary>The body of every Program.cs: what keeps a process from starting is said in one sentence, without a stack or a core dump.</summary>
public static class Start
{
    /// <summary>Settings, addresses or files are not as they must be; starting again changes nothing.</summary>
    public const int WrongSettings = 2;

    const int Failure = 1;
    static volatile bool started;

    /// <summary>Runs <paramref name="program"/>.</summary>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> Of(Func<Task> program)
    {
        try
        {
            await program();
            return Environment.ExitCode;
        }
        catch (Exception failure) when (!started && Sentence(failure) is { } sentence)
        {
            await Console.Error.WriteLineAsync($"{AppDomain.CurrentDomain.FriendlyName} does not start: {sentence}");
            return WrongSettings;
        }
        catch (Exception failure)
        {
            await Console.Error.WriteLineAsync(failure.ToString());
            return Failure;
        }
    }

    /// <summary>What fails from now on is no matter of settings.</summary>
    internal static void Succeeded() => started = true;

    static string? Sentence(Exception failure) => failure switch
    {
        AggregateException { InnerExceptions: [var only] } => Sentence(only),
        // It may start the next time.
        _ when DatabaseErrors.MeansWait(failure) => null,
        InvalidOperationException or ArgumentException or FormatException or IOException or UnauthorizedAccessException or SocketException
            or SqliteException or InvalidDataException => failure.Message.ReplaceLineEndings(" "),
        _ => null,
    };
}
