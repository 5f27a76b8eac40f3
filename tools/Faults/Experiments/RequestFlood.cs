using System.Net.Sockets;
using System.Text;

namespace FaultRuns.Experiments;

/// <summary>Sends requests at a steady rate over a few connections without waiting for the answers, and counts the answers by status.</summary>
sealed class RequestFlood : IAsyncDisposable
{
    const int Connections = 8;
    const int Status = 9;
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    readonly CancellationTokenSource stopped = new();
    readonly ConcurrentDictionary<string, int> answers = new(StringComparer.Ordinal);
    readonly Stopwatch watch = Stopwatch.StartNew();
    readonly Task all;

    /// <param name="at">The process.</param>
    /// <param name="rate">Requests per second.</param>
    /// <param name="request">The text of the next request.</param>
    public RequestFlood(Uri at, double rate, Func<string> request) =>
        all = Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Run(at, rate * Interval.TotalSeconds / Connections, request)));

    public override string ToString()
    {
        var counts = answers.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Value} x {pair.Key}");
        return string.Create(CultureInfo.InvariantCulture, $"{answers.Values.Sum() / watch.Elapsed.TotalSeconds:0}/s: {string.Join(", ", counts)}");
    }

    public async ValueTask DisposeAsync()
    {
        await stopped.CancelAsync();
        await all;
        stopped.Dispose();
    }

    async Task Run(Uri at, double perTick, Func<string> request)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(at.Host, at.Port, stopped.Token);
            await Task.WhenAll(Send(client.GetStream(), perTick, request), Count(client.GetStream()));
        }
        catch (Exception ended) when (stopped.IsCancellationRequested || ended is IOException or SocketException)
        {
            // The flood was stopped, or the server closed the connection.
        }
    }

    async Task Send(NetworkStream stream, double perTick, Func<string> request)
    {
        using var timer = new PeriodicTimer(Interval);
        var (due, text) = (0.0, new StringBuilder());
        while (await timer.WaitForNextTickAsync(stopped.Token))
        {
            for (due += perTick, text.Clear(); due >= 1; due--)
                text.Append(request());
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), stopped.Token);
        }
    }

    async Task Count(NetworkStream stream)
    {
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(stopped.Token) is { } line)
            if (line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal))
                answers.AddOrUpdate(line.Substring(Status, 3), 1, (_, times) => times + 1);
    }
}
