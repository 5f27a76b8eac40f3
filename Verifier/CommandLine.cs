namespace OrderSaga.Verifier;

/// <summary>What the commands share.</summary>
public static class CommandLine
{
    const int Invalid = 2;

    /// <summary>
    /// Runs the command if the arguments name it and returns true. Its result is the exit code; 2 if an argument is invalid. Ctrl+C cancels
    /// it, and --help shows the usage instead.
    /// </summary>
    /// <param name="name">The command.</param>
    /// <param name="args">All arguments of the process.</param>
    /// <param name="usage">The text for --help.</param>
    /// <param name="parse">Reads the other arguments; throws an ArgumentException with an explanation.</param>
    /// <param name="run">The command; returns the exit code.</param>
    public static async Task<bool> TryRun<T>(
        string name, string[] args, string usage, Func<IReadOnlyList<string>, T> parse, Func<T, CancellationToken, Task<int>> run)
    {
        if (args.Length == 0 || args[0] != name)
            return false;
        if (args.Contains("--help") || args.Contains("-h"))
            await Console.Out.WriteLineAsync(usage);
        else
            Environment.ExitCode = await Run(args[1..], usage, parse, run);
        return true;
    }

    static async Task<int> Run<T>(string[] args, string usage, Func<IReadOnlyList<string>, T> parse, Func<T, CancellationToken, Task<int>> run)
    {
        T options;
        try
        {
            options = parse(args);
        }
        catch (ArgumentException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message + "\n\n" + usage);
            return Invalid;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        return await run(options, stop.Token);
    }

    /// <summary>A setting has a section (<c>--Section:Key</c>), except <c>--Data</c>.</summary>
    public static bool IsSetting(string text) => text.StartsWith("--", StringComparison.Ordinal)
        && text.IndexOf('=', StringComparison.Ordinal) is > 2 and var end
        && (text[..end].Contains(':', StringComparison.Ordinal) || text[..end] == "--Data");

    public static string Value(IReadOnlyList<string> args, ref int i) => i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal)
        ? args[++i]
        : throw new ArgumentException($"{args[i]} needs a value.");
}
