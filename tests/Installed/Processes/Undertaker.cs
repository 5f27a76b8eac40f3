using System.Diagnostics;
using System.Globalization;

namespace Installed;

/// <summary>
/// Sees to it that no service outlives the tests, even when they are killed: a shell waits for the end of its input, which is
/// the end of this process, and then kills what is still on the list.
/// </summary>
static class Undertaker
{
    const string Script = "cat >/dev/null; for pid in $(cat \"$0\"); do kill -9 \"$pid\" 2>/dev/null; done; rm -f \"$0\"";

    static readonly Lock Gate = new();
    static readonly HashSet<int> Living = [];
    static readonly string List = Path.GetTempFileName();
    static readonly Process Shell = Process.Start(
        new ProcessStartInfo("/bin/sh", ["-c", Script, List]) { RedirectStandardInput = true, UseShellExecute = false })!;

    public static void Watch(int process)
    {
        // A process that has ended needs no shell any more: Ctrl+C reaches the shell as well.
        if (Shell.HasExited)
            throw new InvalidOperationException("The shell that cleans up has ended.");
        Change(() => Living.Add(process));
    }

    public static void Forget(int process) => Change(() => Living.Remove(process));

    static void Change(Func<bool> change)
    {
        lock (Gate)
        {
            change();
            File.WriteAllLines(List, Living.Select(process => process.ToString(CultureInfo.InvariantCulture)));
        }
    }
}
