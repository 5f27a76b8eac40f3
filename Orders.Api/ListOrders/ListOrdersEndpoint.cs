using System.ComponentModel;
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
        .LimitRate(QueryCost.Page)
        .Produces<Page<OrderView>>()
        .ResponseExample(200, new Page<OrderView>([Examples.Completed], "MjAyNi0wMS0zMVQxMjowMDowMC4wMDBafDAxOWMx"));

    static Task<Page<OrderView>> List([AsParameters] Filter filter, HttpContext http, OrdersDb db)
    {
        var rows = Select(db, http.User.Merchant(), filter);
        var newest = rows.OrderByDescending(order => order.CreatedAt).ThenByDescending(order => order.CorrelationId);
        return filter.Read("orders", newest, OrderView.Of, order => new Position(order.CreatedAt, order.CorrelationId), http.RequestAborted);
    }

    static IQueryable<OrderState> Select(OrdersDb db, string merchant, Filter filter)
    {
        var rows = db.Orders.AsNoTracking().Where(order => order.Merchant == merchant);
        // A constant in the SQL text: one of the states has its own index.
        if (Query.OneOf("status", filter.Status, OrderLifecycle.States) is { } status)
            rows = rows.Where(order => order.State == EF.Constant(status));
        if (Query.Instant("from", filter.From) is { } from)
            rows = rows.Where(order => order.CreatedAt >= from);
        if (Query.Instant("to", filter.To) is { } to)
            rows = rows.Where(order => order.CreatedAt < to);
        if (filter.After("orders", Position.Read) is var (at, id))
            rows = rows.Where(order => order.CreatedAt <= at && (order.CreatedAt < at || order.CorrelationId.CompareTo(id) < 0));
        return rows;
    }

    internal sealed class Filter : Paging
    {
        [FromQuery(Name = "status"), Description("Only orders in this state.")]
        public string? Status { get; init; }

        [FromQuery(Name = "from"), Description("Only orders placed at or after this instant, e.g. 2026-01-31T12:00:00Z.")]
        public string? From { get; init; }

        [FromQuery(Name = "to"), Description("Only orders placed before this instant.")]
        public string? To { get; init; }
    }
}
