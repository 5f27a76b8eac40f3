using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Http;

/// <summary>Gives each request its <see cref="Deadline"/>; without time left the answer is 504.</summary>
sealed class DeadlineMiddleware(RequestDelegate next, HttpSettings settings, ILogger<DeadlineMiddleware> log)
{
    static readonly Counter<long> Refused = Instruments.Meter.CreateCounter<long>(
        "ordersaga.requests.deadline", "{request}", "Requests whose time was over before their response, by who limited it: caller or setting");

    readonly TimeSpan max = TimeSpan.FromSeconds(settings.DeadlineSeconds);

    public Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<NoDeadline>() is not null)
            return next(http);
        if (!Deadline.TryRead(http.Request.Headers[Deadline.Header], out var callersTime))
            return http.Refuse(new Problem(ProblemTypes.InvalidDeadline,
                $"Send the time that you wait for the response in whole milliseconds, at least 1, e.g. '{Deadline.Header}: 2000', or omit the header."));
        return callersTime < Deadline.Least ? Refuse(http, callersTime.Value, callersTime) : Run(http, callersTime);
    }

    async Task Run(HttpContext http, TimeSpan? callersTime)
    {
        var time = callersTime < max ? callersTime.Value : max;
        var deadline = new Deadline(http, time, callersTime);
        try
        {
            await next(http);
            return;
        }
        catch (Exception failure) when (deadline.IsOver && failure is not Problem && !http.Response.HasStarted)
        {
            // The engines report a cancelled statement with exceptions of their own.
            log.Log(Problems.IsAborted(failure) ? LogLevel.Debug : LogLevel.Warning, failure, "{Method} {Path} ended after its {Time}",
                RequestLog.MethodOf(http), RequestLog.PathOf(http), time);
        }
        finally
        {
            deadline.Dispose();
        }

        await Refuse(http, time, callersTime);
    }

    Task Refuse(HttpContext http, TimeSpan time, TimeSpan? callersTime)
    {
        Refused.Add(1, new KeyValuePair<string, object?>("limit", callersTime <= max ? "caller" : "setting"));
        return http.Refuse(Deadline.Refusal(time));
    }
}

sealed record NoDeadline;

public static class DeadlineExtensions
{
    /// <summary>
    /// The endpoint takes as long as it takes, and ignores the header: a stream, a large file, or a report over all data.
    /// </summary>
    public static TBuilder WithoutDeadline<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new NoDeadline());
}

/// <summary>Outgoing: tells the called service what is left, at most the timeout of the call. With too little left it does not call.</summary>
/// <param name="caller">The request that the call is made for, if there is one.</param>
/// <param name="timeout">The timeout of the call.</param>
public sealed class DeadlineHandler(IHttpContextAccessor caller, TimeSpan timeout) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var left = Deadline.LeftForCalls(caller.HttpContext) is { } limit && limit < timeout ? limit : timeout;
        if (left < Deadline.Least)
            throw Deadline.Refusal(left);
        request.Headers.Remove(Deadline.Header);
        request.Headers.Add(Deadline.Header, Deadline.Milliseconds(left));
        return base.SendAsync(request, cancellationToken);
    }
}
