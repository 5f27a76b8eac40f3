using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Http;

/// <summary>Logs one line per request; successful reads and probes only at level Debug.</summary>
sealed class RequestLog(RequestDelegate next, ILogger<RequestLog> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var start = Stopwatch.GetTimestamp();
        await next(context);

        var status = context.Response.StatusCode;
        var level = status < 500 && HttpMethods.IsGet(context.Request.Method) ? LogLevel.Debug : LogLevel.Information;
        if (!log.IsEnabled(level))
            return;

        using var scope = Instruments.OrderScope(context.Features.Get<LoggedOrder>()?.Id);
        log.Log(level, "{Method} {Path} answered {Status} in {Milliseconds:0.0} ms",
            context.Request.Method, context.Request.Path.Value, status, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
}

sealed record LoggedOrder(Guid Id);

public static class RequestLogging
{
    /// <summary>Sets the order id of the request on its log line and its span.</summary>
    public static void TagOrder(this HttpContext context, Guid orderId)
    {
        context.Features.Set(new LoggedOrder(orderId));
        Activity.Current?.SetTag(Instruments.OrderTag, orderId);
    }
}
