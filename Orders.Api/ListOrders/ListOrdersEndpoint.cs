using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Platform.Http;

namespace Orders.Api;

static class ListOrdersEndpoint
{
    public static void MapListOrders(this IEndpointRouteBuilder orders) => orders.MapGet("", List)
        .WithName("ListOrders")
        .WithSummary("The merchant's orders, newest first")
        .Produces<Page<OrderView>>()
        .ResponseExample(200, new Page<OrderView>([Examples.Completed], "MjAyNi0wMS0zMVQxMjowMDowMC4wMDBafDAxOWMx"))
        .ProducesProblem(ProblemTypes.InvalidCursor);

    static async Task<Page<OrderView>> List([AsParameters] Filter filter, HttpContext http, OrdersDb db)
    {
        var limit = Query.Limit(filter.Limit);
        var rows = await Select(db, http.User.Merchant(), filter)
            .OrderByDescending(order => order.CreatedAt).ThenByDescending(order => order.CorrelationId)
            .Take(limit + 1).ToListAsync(http.RequestAborted);
        return Page<OrderView>.Of(rows, limit, OrderView.Of, order => Query.Cursor("orders", new Place(order.CreatedAt, order.CorrelationId).ToString()));
    }

    static IQueryable<OrderState> Select(OrdersDb db, string merchant, Filter filter)
    {
        var rows = db.Orders.AsNoTracking().Where(order => order.Merchant == merchant);
        if (filter.Status is { } status)
        {
            if (!OrderStates.All.Contains(status))
                throw Query.Invalid("status", $"Use one of {string.Join(", ", OrderStates.All)}.");
            // A constant in the SQL text: one of the states has its own index.
            rows = rows.Where(order => order.State == EF.Constant(status));
        }
        if (Query.Instant("from", filter.From) is { } from)
            rows = rows.Where(order => order.CreatedAt >= from);
        if (Query.Instant("to", filter.To) is { } to)
            rows = rows.Where(order => order.CreatedAt < to);
        if (Query.Cursor("orders", filter.Cursor, Place.Read) is var (at, id))
            rows = rows.Where(order => order.CreatedAt <= at && (order.CreatedAt < at || order.CorrelationId.CompareTo(id) < 0));
        return rows;
    }

    /// <summary>The last row of a page: the next page starts after it, whatever was placed since.</summary>
    sealed record Place(DateTime At, Guid Id)
    {
        public override string ToString() => $"{At.Ticks.ToString(CultureInfo.InvariantCulture)}|{Id}";

        public static Place? Read(string text) =>
            text.Split('|') is [var ticks, var id] && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && at <= DateTime.MaxValue.Ticks && Guid.TryParseExact(id, "D", out var orderId)
                ? new Place(new DateTime(at, DateTimeKind.Utc), orderId)
                : null;
    }

    internal sealed class Filter
    {
        [FromQuery(Name = "status"), Description("Only orders in this state.")]
        public string? Status { get; init; }

        [FromQuery(Name = "from"), Description("Only orders placed at or after this instant, e.g. 2026-01-31T12:00:00Z.")]
        public string? From { get; init; }

        [FromQuery(Name = "to"), Description("Only orders placed before this instant.")]
        public string? To { get; init; }

        [FromQuery(Name = "cursor"), Description("nextCursor of the previous page.")]
        public string? Cursor { get; init; }

        [FromQuery(Name = "limit"), Description("Orders per page: 1 to 100, default 50.")]
        public string? Limit { get; init; }
    }
}
