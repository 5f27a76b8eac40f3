using System.Diagnostics;

namespace OrderSaga.Bench;

/// <summary>The process of <see cref="StaticServer"/>, seen from its parent.</summary>
sealed class StaticChild : IDisposable
{
    readonly Process process;

    StaticChild(Process process, Uri url) => (this.process, Url) = (process, url);

    public Uri Url { get; }

    public int Id => process.Id;

    /// <param name="keys">The directory of the key file.</param>
    public static async Task<StaticChild> Start(string keys)
    {
        var child = Process.Start(new ProcessStartInfo("dotnet", [typeof(StaticChild).Assembly.Location, "static", keys])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false,
        })!;
        while (await child.StandardOutput.ReadLineAsync() is { } line)
            if (line.StartsWith(StaticServer.Listening, StringComparison.Ordinal))
                return new StaticChild(child, new Uri(line[StaticServer.Listening.Length..]));
        child.Dispose();
        throw new InvalidOperationException("The server of the constant page did not start.");
    }

    /// <summary>The process exits when its input closes.</summary>
    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
            process.Kill();
        process.Dispose();
    }
}
