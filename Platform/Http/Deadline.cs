using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace OrderSaga.Platform.Http;

/// <summary>
/// The time that a request has: that of its caller or that of the setting, whichever is shorter. When it is over, <c>RequestAborted</c> is
/// cancelled, and with it the request's statements and calls. It has no effect any more once something is committed, or the response is being
/// written (docs/adr/0043).
/// </summary>
public sealed class Deadline : IHttpRequestLifetimeFeature, IDisposable
{
    /// <summary>Milliseconds that are left: relative, so that the clocks of caller and service do not matter.</summary>
    public const string Header = "Request-Deadline";

    /// <summary>With less time no work begins: its result would come too late.</summary>
    internal static readonly TimeSpan Least = TimeSpan.FromMilliseconds(5);

    /// <summary>Share of the time that a call leaves to its caller, which must still answer.</summary>
    const double CallersShare = 0.05;

    const int Running = 0;
    const int Over = 1;
    const int Lifted = 2;

    readonly HttpContext http;
    readonly TimeSpan time;
    readonly TimeSpan? callersTime;
    readonly IHttpRequestLifetimeFeature server;
    readonly CancellationToken disconnected;
    readonly CancellationTokenRegistration link;
    // Neither linked nor disposed: the timer may cancel it while the request ends.
    readonly CancellationTokenSource aborted = new();
    readonly Timer timer;
    readonly long start = Stopwatch.GetTimestamp();
    int state;

    internal Deadline(HttpContext http, TimeSpan time, TimeSpan? callersTime)
    {
        (this.http, this.time, this.callersTime) = (http, time, callersTime);
        server = http.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        disconnected = server.RequestAborted;
        link = disconnected.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), aborted);
        http.Features.Set(this);
        http.Features.Set<IHttpRequestLifetimeFeature>(this);
        timer = new Timer(static deadline => ((Deadline)deadline!).End(), this, time, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// What writes the response asks for it after the content type is set. Cancelled then, the framework would send a part of the body as if it
    /// were all.
    /// </summary>
    public CancellationToken RequestAborted
    {
        get
        {
            if (http.Response.ContentType is not null)
                Lift();
            return Volatile.Read(ref state) == Lifted ? disconnected : aborted.Token;
        }
        set => throw new NotSupportedException("The deadline of a request is its only source of cancellation.");
    }

    internal bool IsOver => Volatile.Read(ref state) == Over;

    /// <summary>No limit if the caller set none. It counts down also when something is committed.</summary>
    TimeSpan CallersTimeLeft => callersTime - Stopwatch.GetElapsedTime(start) ?? TimeSpan.MaxValue;

    /// <summary>The caller's time that is left for waiting, at most <paramref name="max"/>.</summary>
    public static TimeSpan LimitWait(HttpContext http, TimeSpan max) =>
        Of(http) is { } deadline && deadline.CallersTimeLeft < max ? Max(deadline.CallersTimeLeft - Least, TimeSpan.Zero) : max;

    /// <summary>
    /// Something is or may be committed: the request finishes, and its response says so. Endpoints that commit by <c>UnitOfWork</c> need not call
    /// it.
    /// </summary>
    public static void Lift(HttpContext? http) => Of(http)?.Lift();

    /// <summary>A commit is sent next. If it fails, its outcome is unknown: the response must not say that nothing was changed.</summary>
    /// <exception cref="OperationCanceledException">The time is over: nothing may be committed any more.</exception>
    internal static void LiftBeforeCommit(HttpContext? http)
    {
        if (Of(http) is { } deadline && Interlocked.CompareExchange(ref deadline.state, Lifted, Running) == Over)
            throw new OperationCanceledException("The time of the request is over.");
    }

    /// <summary>Cancelled when a call for this request must end, so that the request can still answer without its result.</summary>
    public static CancellationTokenSource ForCalls(HttpContext? http, CancellationToken cancel)
    {
        var calls = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (LeftForCalls(http) is { } left)
            calls.CancelAfter(Max(left, TimeSpan.Zero));
        return calls;
    }

    /// <summary>Null: no limit.</summary>
    internal static TimeSpan? LeftForCalls(HttpContext? http) => Of(http) is { } deadline && Volatile.Read(ref deadline.state) != Lifted
        ? ((deadline.time - Stopwatch.GetElapsedTime(deadline.start)) * (1 - CallersShare)) - Least : null;

    /// <summary>The problem of a request whose time is over.</summary>
    internal static Problem Refusal(TimeSpan time) => new(ProblemTypes.Deadline,
        $"The {Milliseconds(time)} ms of the request were too short. Nothing was changed. Send the same request again, with more time if you can wait.");

    internal static string Milliseconds(TimeSpan time) => Math.Max(0, (long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    /// <summary>Whole milliseconds, at least one; without the header null.</summary>
    internal static bool TryRead(StringValues header, out TimeSpan? time)
    {
        time = null;
        if (header.Count == 0)
            return true;
        if (!long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) || milliseconds < 1)
            return false;
        time = TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue));
        return true;
    }

    public void Dispose()
    {
        timer.Dispose();
        link.Unregister();
        http.Features.Set(server);
    }

    public void Abort() => server.Abort();

    static Deadline? Of(HttpContext? http) => http?.Features.Get<Deadline>();

    static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    void End()
    {
        if (Interlocked.CompareExchange(ref state, Over, Running) == Running)
            _ = aborted.CancelAsync(); // What it calls may block or throw, which a timer must not.
    }

    void Lift() => Interlocked.Exchange(ref state, Lifted);
}
