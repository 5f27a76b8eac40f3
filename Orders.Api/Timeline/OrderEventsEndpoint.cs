using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;
using Orders.Model;

namespace Orders.Api;

/// <summary>
/// The order's own audit rows, live, without those of other services: server-sent events
/// (https://html.spec.whatwg.org/multipage/server-sent-events.html).
/// </summary>
static class OrderEventsEndpoint
{
    /// <summary>Interval of keep-alive comments on a quiet stream: proxies keep it open, and a broken one is noticed.</summary>
    static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(15);

    /// <summary>How long a browser waits before it reconnects, for example after a restart of this process; milliseconds.</summary>
    const string Retry = "retry: 2000\n\n";

    const string Example = """
        retry: 2000

        id: 2
        event: transition
        data: {"id":2,"at":"2026-01-31T12:00:00.034Z","from":"Reserving","to":"AwaitingPayment","cause":"StockReserved","detail":null}


        """;

    public static void MapOrderEvents(this IEndpointRouteBuilder orders) => orders.MapGet("/{id}/events", Stream)
        .WithName("GetOrderEvents")
        .WithSummary("Every transition of the order, live")
        .WithDescription("Server-sent events. The stream ends when the order is final. A later request gets 204, which stops an EventSource.")
        .AcceptsHeader("Last-Event-ID", false, "Only events after this one.", "2")
        .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
        .Produces(StatusCodes.Status204NoContent)
        .ResponseExample(200, Example)
        .ProducesProblem(ProblemTypes.InvalidId, ProblemTypes.OrderNotFound)
        .LimitRate().WithoutDeadline();

    static async Task Stream(
        [Description("The order id.")] string id, HttpContext http, OrdersDb db, OrderWatcher watcher, EventStreams streams, TimeProvider clock,
        IHostApplicationLifetime lifetime)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        var order = await db.FindOwnOrder(http, id);
        var last = LastEventId(http);
        using var stream = streams.Enter(http.User.Merchant());
        using var watch = watcher.Watch(order.CorrelationId, _ => true);
        var transitions = await Transitions.Of(db, order.CorrelationId, last, ends.Token);
        if (last > 0 && transitions.Count == 0 && OrderLifecycle.Of(order.State).IsFinal)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        if (http.IsHead())
            return;
        try
        {
            await Follow(http, db, watch, order, transitions, last, clock, ends.Token);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The caller disconnected, or this process stops: a browser reconnects after the retry time of the stream.
        }
    }

    static async Task Follow(
        HttpContext http, OrdersDb db, OrderWatch watch, OrderState order, List<Transition> transitions, long last, TimeProvider clock, CancellationToken ends)
    {
        await http.Response.WriteAsync(Retry, ends);
        while (true)
        {
            last = await Write(http, transitions, last);
            if (OrderLifecycle.Of(order.State).IsFinal)
                return;
            if (!await Changes(watch, order, clock, ends))
            {
                ends.ThrowIfCancellationRequested();
                await http.Response.WriteAsync(": still here\n\n", ends);
                await http.Response.Body.FlushAsync(ends);
            }

            // The row first: a later change shows as the next version.
            order = await db.Orders.AsNoTracking().SingleAsync(row => row.CorrelationId == order.CorrelationId, ends);
            transitions = await Transitions.Of(db, order.CorrelationId, last, ends);
        }
    }

    static long LastEventId(HttpContext http)
    {
        var given = http.Request.Headers["Last-Event-ID"].ToString();
        if (given.Length == 0)
            return 0;
        return long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            ? last
            : throw new Problem(ProblemTypes.InvalidId, "Use an event id of this stream as Last-Event-ID, or omit it.");
    }

    static async Task<long> Write(HttpContext http, List<Transition> transitions, long last)
    {
        foreach (var transition in transitions)
        {
            var data = JsonSerializer.Serialize(transition, WebJson.Options);
            await http.Response.WriteAsync($"id: {transition.Id}\nevent: transition\ndata: {data}\n\n", http.RequestAborted);
            last = transition.Id;
        }

        await http.Response.Body.FlushAsync(http.RequestAborted);
        return last;
    }

    static async Task<bool> Changes(OrderWatch watch, OrderState order, TimeProvider clock, CancellationToken ends)
    {
        using var quiet = new CancellationTokenSource(KeepAliveInterval, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(quiet.Token, ends);
        return await watch.Changes(order.Version, either.Token);
    }
}
