using System.Diagnostics;
using System.Net.Http.Json;
using OrderSaga.Verifier;

namespace OrderSaga.Bench;

/// <summary>The gateway's process, seen from its parent.</summary>
sealed class GatewayChild : IDisposable
{
    readonly Process process;

    GatewayChild(Process process, Uri url) => (this.process, Url) = (process, url);

    public Uri Url { get; }

    public int Id => process.Id;

    public static async Task<GatewayChild> Start()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(GatewayChild).Assembly.Location, "gateway"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var child = Process.Start(start)!;
        var said = await child.StandardOutput.ReadLineAsync();
        if (said?.StartsWith(GatewayServer.Listening, StringComparison.Ordinal) == true)
            return new GatewayChild(child, new Uri(said[GatewayServer.Listening.Length..]));
        child.Dispose();
        throw new InvalidOperationException($"The gateway did not start; it said: {said}");
    }

    /// <summary>All operations requested from it.</summary>
    public async Task<IReadOnlyList<GatewayRow>> Ledger()
    {
        using var http = new HttpClient();
        return (await http.GetFromJsonAsync<List<GatewayRow>>(new Uri(Url, "ledger")))!;
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
