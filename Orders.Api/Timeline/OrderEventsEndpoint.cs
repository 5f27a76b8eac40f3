using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Platform.Http;

namespace Orders.Api;

/// <summary>The timeline, live: server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).</summary>
static class OrderEventsEndpoint
{
    /// <summary>Between signs of life on a quiet stream, so that proxies keep it and a broken one is noticed.</summary>
    static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(15);

    const string Example = """
        id: 2
        event: transition
        data: {"id":2,"at":"2026-01-31T12:00:00.034Z","from":"Reserving","to":"AwaitingPayment","cause":"StockReserved","detail":null}


        """;

    public static void MapOrderEvents(this IEndpointRouteBuilder orders) => orders.MapGet("/{id}/events", Stream)
        .WithName("GetOrderEvents")
        .WithSummary("Every transition of the order, live")
        .WithDescription("Server-sent events. The stream ends with the order; asked again then, it answers 204, which ends an EventSource.")
        .ReadsHeader("Last-Event-ID", false, "Only what came after this event.", "2")
        .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
        .Produces(StatusCodes.Status204NoContent)
        .ResponseExample(200, Example)
        .MayFail(400, "invalid-event-id", "The event id is not valid.")
        .MayFail(404, "order-not-found", "There is no such order.");

    static async Task Stream(
        [Description("The order id.")] string id, HttpContext http, OrdersDb db, OrderWatcher watcher, TimeProvider clock, IHostApplicationLifetime life)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, life.ApplicationStopping);
        var order = await db.Own(http, id);
        var last = LastEventId(http);
        var transitions = await Transitions.Of(db, order.CorrelationId, last, ends.Token);
        if (last > 0 && transitions.Count == 0 && Ended(order))
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        while (true)
        {
            last = await Write(http, transitions, last);
            if (Ended(order))
                return;
            if (!await Changed(watcher, order, clock, ends.Token))
            {
                if (ends.IsCancellationRequested)
                    return;
                await http.Response.WriteAsync(": still here\n\n", ends.Token);
                await http.Response.Body.FlushAsync(ends.Token);
            }

            // The row first: a change after it is seen as the next one.
            order = await db.Orders.AsNoTracking().SingleAsync(row => row.CorrelationId == order.CorrelationId, ends.Token);
            transitions = await Transitions.Of(db, order.CorrelationId, last, ends.Token);
        }
    }

    static bool Ended(OrderState order) => order.State is States.Completed or States.Cancelled;

    static long LastEventId(HttpContext http)
    {
        var given = http.Request.Headers["Last-Event-ID"].ToString();
        if (given.Length == 0)
            return 0;
        return long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            ? last
            : throw new Problem(400, "invalid-event-id", "The event id is not valid.", "Last-Event-ID is the id of an event of this stream, or absent.");
    }

    static async Task<long> Write(HttpContext http, List<Transition> transitions, long last)
    {
        foreach (var transition in transitions)
        {
            var data = JsonSerializer.Serialize(transition, JsonSerializerOptions.Web);
            await http.Response.WriteAsync($"id: {transition.Id}\nevent: transition\ndata: {data}\n\n", http.RequestAborted);
            last = transition.Id;
        }

        await http.Response.Body.FlushAsync(http.RequestAborted);
        return last;
    }

    static async Task<bool> Changed(OrderWatcher watcher, OrderState order, TimeProvider clock, CancellationToken ends)
    {
        using var quiet = new CancellationTokenSource(SignOfLife, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(quiet.Token, ends);
        try
        {
            await watcher.Changed(order.CorrelationId, order.Version, either.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
