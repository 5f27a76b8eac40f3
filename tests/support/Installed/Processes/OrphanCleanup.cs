using System.Diagnostics;
using System.Globalization;

namespace Installed;

/// <summary>
/// Ensures that no process outlives the tests, even if they are killed. A shell waits for the end of its input, which is the end of this
/// process. It then kills the processes and removes the directories that are still on the list.
/// </summary>
public static class OrphanCleanup
{
    // Ctrl+C reaches the shell too and must not end it early. A server still writes for a moment after its main process is dead.
    const string Script = """
        trap '' INT HUP TERM; cat >/dev/null
        for pid in $(grep -v / "$0"); do kill -9 "$pid" 2>/dev/null; done
        for directory in $(grep / "$0"); do rm -rf "$directory" 2>/dev/null || { sleep 2; rm -rf "$directory"; }; done
        rm -f "$0"
        """;

    static readonly Lock Gate = new();
    static readonly HashSet<string> Left = [];
    static readonly string List = Path.GetTempFileName();
    static readonly Process Shell = Process.Start(
        new ProcessStartInfo("/bin/sh", ["-c", Script, List]) { RedirectStandardInput = true, UseShellExecute = false })!;

    public static void Watch(int process) => Add(process.ToString(CultureInfo.InvariantCulture));

    /// <summary>Adds a directory: an absolute path without spaces.</summary>
    public static void Watch(DirectoryInfo directory) => Add(directory.FullName);

    public static void Unwatch(int process) => Change(() => Left.Remove(process.ToString(CultureInfo.InvariantCulture)));

    static void Add(string what)
    {
        if (Shell.HasExited)
            throw new InvalidOperationException("The shell that cleans up has ended.");
        Change(() => Left.Add(what));
    }

    static void Change(Func<bool> change)
    {
        lock (Gate)
        {
            change();
            File.WriteAllLines(List, Left);
        }
    }
}
