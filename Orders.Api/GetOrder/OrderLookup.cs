using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Platform.Http;

namespace Orders.Api;

static class OrderLookup
{
    /// <summary>Loads the order of the caller's merchant; other merchants' orders count as not found.</summary>
    /// <exception cref="Problem">400: not an id. 404: order not found.</exception>
    public static Task<OrderState> FindOwnOrder(this OrdersDb db, HttpContext http, string id) => db.FindOrder(http, id, http.User.Merchant());

    /// <summary>As <see cref="FindOwnOrder"/>, but an operator finds the orders of every merchant.</summary>
    /// <exception cref="Problem">400: not an id. 404: order not found.</exception>
    public static Task<OrderState> FindReadableOrder(this OrdersDb db, HttpContext http, string id) =>
        db.FindOrder(http, id, http.User.IsInRole(Roles.Operator) ? null : http.User.Merchant());

    static async Task<OrderState> FindOrder(this OrdersDb db, HttpContext http, string id, string? merchant)
    {
        var orderId = Ids.Read(id);
        http.TagOrder(orderId);
        var found = db.Orders.AsNoTracking().Where(order => order.CorrelationId == orderId);
        if (merchant is not null)
            found = found.Where(order => order.Merchant == merchant);
        return await found.SingleOrDefaultAsync(http.RequestAborted)
            ?? throw new Problem(ProblemTypes.OrderNotFound,
                "Check the id and that this key's merchant placed the order; GET /orders lists its orders.");
    }
}

/// <summary>Answers with the order's deterministic JSON.</summary>
static class OrderResults
{
    public static IResult Order(OrderState order, int status = StatusCodes.Status200OK) => Json(OrderView.Json(order), status);

    public static IResult Json(byte[] body, int status) => new JsonBytesResult(body, status);

    sealed class JsonBytesResult(byte[] body, int status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = status;
            response.ContentType = "application/json";
            response.ContentLength = body.Length;
            response.Headers.CacheControl = "no-store";
            return response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
        }
    }
}
