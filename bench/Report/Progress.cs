using System.Diagnostics;
using Spectre.Console;

namespace OrderSaga.Bench;

/// <summary>Prints progress to standard error; standard output has only the table.</summary>
static class Progress
{
    static readonly Stopwatch Watch = Stopwatch.StartNew();
    static readonly IAnsiConsole Out = Create();

    public static void Say(string line) => Out.MarkupLineInterpolated($"[grey]{Watch.Elapsed.TotalSeconds,6:0.0} s[/]  {line}");

    static IAnsiConsole Create()
    {
        if (!Console.IsErrorRedirected)
            return AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        var plain = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error), Ansi = AnsiSupport.No });
        plain.Profile.Width = Table.FileWidth;
        return plain;
    }
}
