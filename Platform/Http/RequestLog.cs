using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Rates;

namespace OrderSaga.Platform.Http;

/// <summary>
/// Logs one line for each accepted change with its caller. Refused, failed, repeated and anonymous requests get a bounded number of lines;
/// successful reads and probes only at level Debug.
/// </summary>
sealed class RequestLog(RequestDelegate next, LogSampler<RequestLog> sampler, ILogger<RequestLog> log)
{
    const int MaxMethodLength = 20;
    const int MaxPathLength = 200;

    public async Task InvokeAsync(HttpContext context)
    {
        var start = Stopwatch.GetTimestamp();
        await next(context);

        var (status, key, skipped) = (context.Response.StatusCode, context.User.Identity?.Name, 0L);
        var level = status < 500 && IsRead(context.Request.Method) ? LogLevel.Debug : LogLevel.Information;
        if (!log.IsEnabled(level))
            return;
        if (level == LogLevel.Information && (status >= 400 || key is null || IsReplay(context)) && !sampler.Takes($"{status} {key}", out skipped))
            return;

        using var scope = Instruments.OrderScope(context.Features.Get<LoggedOrder>()?.Id);
        log.Log(level, "{Method} {Path} answered {Status} in {Milliseconds:0.0} ms, key {Key}, from {Address}{Skipped}",
            MethodOf(context), PathOf(context), status, Stopwatch.GetElapsedTime(start).TotalMilliseconds, key ?? "none",
            context.Connection.RemoteIpAddress, skipped > 0 ? $"; {skipped} more were not logged" : "");
    }

    public static string MethodOf(HttpContext context) => Text.Cut(context.Request.Method, MaxMethodLength);

    public static string PathOf(HttpContext context) => Text.Cut(context.Request.Path.Value ?? "", MaxPathLength);

    static bool IsReplay(HttpContext context) => context.Response.Headers.ContainsKey(RequestLogging.ReplayedHeader);

    static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}

sealed record LoggedOrder(Guid Id);

public static class RequestLogging
{
    internal const string ReplayedHeader = "Idempotency-Replayed";

    /// <summary>Tells the caller that the request was handled before, and that this is its stored response.</summary>
    public static void MarkReplayed(this HttpContext context) => context.Response.Headers[ReplayedHeader] = "true";

    /// <summary>Sets the order id of the request on its log line and its span.</summary>
    public static void TagOrder(this HttpContext context, Guid orderId)
    {
        context.Features.Set(new LoggedOrder(orderId));
        Activity.Current?.SetTag(Instruments.OrderTag, orderId);
    }
}
