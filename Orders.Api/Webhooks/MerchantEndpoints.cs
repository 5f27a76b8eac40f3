using System.ComponentModel;
using Microsoft.EntityFrameworkCore;
using Orders.Model;
using Orders.Model.Webhooks;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Processing;

namespace Orders.Api.Webhooks;

/// <summary>A merchant's management of its endpoints. Each change is one transaction with its audit row.</summary>
static class MerchantEndpoints
{
    public static void MapMerchantEndpoints(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("", Register).WithName("RegisterWebhookEndpoint").WithSummary("Registers a URL to receive the merchant's order events from now on")
            .WithDescription("The secret that signs the deliveries (Standard Webhooks) is shown only in this answer.")
            .Produces<EndpointView>(StatusCodes.Status201Created)
            .RequestExample(new EndpointRequest(EndpointView.Example.Url)).ResponseExample(201, EndpointView.WithSecret)
            .ProducesProblem(ProblemTypes.InvalidUrl, ProblemTypes.TooManyEndpoints, ProblemTypes.EndpointExists);
        endpoints.MapGet("", List).WithName("ListWebhookEndpoints").WithSummary("The merchant's endpoints").LimitRate(QueryCost.Page)
            .Produces<Page<EndpointView>>().ResponseExample(200, new Page<EndpointView>([EndpointView.Example], null));
        ProducesNotFound(endpoints.MapGet("/{id}", Get)).WithName("GetWebhookEndpoint").WithSummary("One endpoint")
            .Produces<EndpointView>().ResponseExample(200, EndpointView.Example);
        ProducesNotFound(endpoints.MapDelete("/{id}", Remove)).WithName("RemoveWebhookEndpoint")
            .WithSummary("Removes an endpoint; its pending deliveries are dropped")
            .Produces(StatusCodes.Status204NoContent);
        ProducesNotFound(endpoints.MapPost("/{id}/secret", Rotate)).WithName("RotateWebhookSecret")
            .WithSummary("Creates a new secret, shown only in this answer")
            .WithDescription("Until previousSecretUntil each delivery has two signatures, of the new and the previous secret.")
            .Produces<EndpointView>().ResponseExample(200, EndpointView.WithSecret);
        ProducesNotFound(endpoints.MapPost("/{id}/enable", Enable)).WithName("EnableWebhookEndpoint").WithSummary("Enables a disabled endpoint")
            .WithDescription("Deliveries pending since it was disabled are sent now. The answer counts the missed events; sendMissed sends them too, "
                + "the oldest first, as many as an endpoint may have pending.")
            .LimitRate()
            .RequestExample(new EnableRequest(true)).Produces<EndpointView>().ResponseExample(200, EndpointView.WithMissed);
    }

    public static TBuilder ProducesNotFound<TBuilder>(TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.ProducesProblem(ProblemTypes.InvalidId, ProblemTypes.EndpointNotFound);

    public static IQueryable<WebhookEndpoint> FindOwnEndpoints(OrdersDb db, HttpContext http)
    {
        var merchant = http.User.Merchant();
        return db.WebhookEndpoints.AsNoTracking().Where(row => row.Merchant == merchant && row.State != EndpointStates.Removed);
    }

    /// <exception cref="Problem">400: not an id. 404: the merchant has no such endpoint.</exception>
    public static async Task<WebhookEndpoint> FindOwnEndpoint(OrdersDb db, HttpContext http, string id)
    {
        var endpointId = Ids.Read(id);
        return await FindOwnEndpoints(db, http).SingleOrDefaultAsync(row => row.Id == endpointId, http.RequestAborted) ?? throw NotFoundProblem();
    }

    static async Task<IResult> Register(EndpointRequest request, HttpContext http, WebhookUrlPolicy destinations, UnitOfWork<OrdersDb> unitOfWork,
        WebhookSettings settings, TimeProvider clock)
    {
        var url = destinations.Check(request.Url);
        var made = await unitOfWork.Run(async work =>
        {
            var db = (OrdersDb)work.Db;
            var slot = FreeSlot(await FindOwnEndpoints(db, http).ToListAsync(http.RequestAborted), url, settings.MaxEndpoints);
            var now = clock.GetUtcNow();
            var endpoint = new WebhookEndpoint
            {
                Id = Guid.CreateVersion7(now),
                Merchant = http.User.Merchant(),
                Url = url,
                Secret = WebhookEndpoint.NewSecret(),
                Slot = slot,
                FromEvent = await db.Audit.MaxAsync(row => (long?)row.Id, http.RequestAborted) ?? 0,
                CreatedAt = now.UtcDateTime,
                UpdatedAt = now.UtcDateTime,
            };
            db.Add(endpoint);
            // Not the path: it may hold a secret.
            Audit(work, endpoint, "", http, new Uri(url).Host);
            return endpoint;
        });
        return Results.Created($"/webhook-endpoints/{made.Id}", EndpointView.Of(made) with { Secret = made.Secret });
    }

    /// <summary>A URL may be registered once, or it would get everything twice. If its secret was lost, a new one can be created.</summary>
    static int FreeSlot(List<WebhookEndpoint> own, string url, int max)
    {
        if (own.Find(row => row.Url == url) is { } existing)
            throw new Problem(ProblemTypes.EndpointExists,
                $"Endpoint {existing.Id} has this URL. POST /webhook-endpoints/{existing.Id}/secret creates a new secret; DELETE removes it.");
        if (own.Count >= max)
            throw new Problem(ProblemTypes.TooManyEndpoints, $"The maximum is {max}; remove one first.");
        // The lowest one: registrations at once conflict, and the next attempt sees the other's URL.
        return Enumerable.Range(0, max).First(slot => own.TrueForAll(row => row.Slot != slot));
    }

    static async Task<Page<EndpointView>> List([AsParameters] Paging paging, HttpContext http, OrdersDb db)
    {
        // A merchant has few endpoints, and their ids sort by creation time: take those after the cursor.
        var after = paging.After("webhook-endpoints", text => Guid.TryParseExact(text, "D", out _) ? text : null) ?? "";
        var own = await FindOwnEndpoints(db, http).ToListAsync(http.RequestAborted);
        var rows = own.Where(row => string.CompareOrdinal(row.Id.ToString(), after) > 0).OrderBy(row => row.Id.ToString(), StringComparer.Ordinal);
        return paging.Of("webhook-endpoints", rows, EndpointView.Of, row => row.Id);
    }

    static async Task<EndpointView> Get([Description("The endpoint id.")] string id, HttpContext http, OrdersDb db)
    {
        var endpoint = await FindOwnEndpoint(db, http, id);
        return EndpointView.Of(endpoint) with { Missed = await MissedDeliveries.Count(db, endpoint.Id, http.RequestAborted) };
    }

    static async Task<IResult> Remove([Description("The endpoint id.")] string id, HttpContext http, UnitOfWork<OrdersDb> unitOfWork, TimeProvider clock)
    {
        await Change(id, http, unitOfWork, clock, async (work, endpoint) =>
        {
            (endpoint.State, endpoint.Secret, endpoint.PreviousSecret, endpoint.Slot) = (EndpointStates.Removed, "", null, null);
            work.AllowLongStatements();
            // There may be many: a caller who leaves does not undo the removal.
            await ((OrdersDb)work.Db).WebhookDeliveries.Where(row => row.EndpointId == endpoint.Id && row.State == DeliveryStates.Pending)
                .ExecuteUpdateAsync(row => row.SetProperty(x => x.State, DeliveryStates.GivenUp).SetProperty(x => x.NextAttemptAt, (DateTime?)null)
                    .SetProperty(x => x.LastError, "the endpoint was removed"), CancellationToken.None);
        });
        return Results.NoContent();
    }

    static async Task<EndpointView> Rotate([Description("The endpoint id.")] string id, HttpContext http, UnitOfWork<OrdersDb> unitOfWork,
        WebhookSettings settings, TimeProvider clock)
    {
        var endpoint = await Change(id, http, unitOfWork, clock, (_, endpoint) =>
        {
            var now = clock.GetUtcNow().UtcDateTime;
            // Within the overlap the receivers' old secret continues to sign: the answer with the new one may have been lost.
            if (endpoint.PreviousSecret is null || endpoint.PreviousSecretUntil <= now)
                (endpoint.PreviousSecret, endpoint.PreviousSecretUntil) = (endpoint.Secret, now.AddHours(settings.RotationHours));
            endpoint.Secret = WebhookEndpoint.NewSecret();
            return Task.CompletedTask;
        });
        return EndpointView.Of(endpoint) with { Secret = endpoint.Secret };
    }

    static async Task<EndpointView> Enable(
        [Description("The endpoint id.")] string id, EnableRequest? request, HttpContext http, UnitOfWork<OrdersDb> unitOfWork, WebhookSettings settings,
        TimeProvider clock)
    {
        MissedEvents? missed = null;
        var enabled = await Change(id, http, unitOfWork, clock, async (work, endpoint) =>
        {
            var db = (OrdersDb)work.Db;
            missed = await MissedDeliveries.Count(db, endpoint.Id, http.RequestAborted);
            if (endpoint.State == EndpointStates.Disabled)
                (endpoint.State, endpoint.Reason, endpoint.FailingSince) = (EndpointStates.Active, null, null);
            if (missed is not null && request?.SendMissed == true)
                await MissedDeliveries.Send(work, endpoint.Id, settings.MaxPendingPerEndpoint, clock.GetUtcNow().UtcDateTime);
        });
        return EndpointView.Of(enabled) with { Missed = missed };
    }

    static Task<WebhookEndpoint> Change(
        string id, HttpContext http, UnitOfWork<OrdersDb> unitOfWork, TimeProvider clock, Func<UnitOfWorkContext, WebhookEndpoint, Task> change)
    {
        var requested = Ids.Read(id);
        return unitOfWork.Run(async work =>
        {
            var endpoint = (await work.Lock<WebhookEndpoint, Guid>([requested])).SingleOrDefault();
            if (endpoint is null || endpoint.Merchant != http.User.Merchant() || endpoint.State == EndpointStates.Removed)
                throw NotFoundProblem();
            var before = endpoint.State;
            await change(work, endpoint);
            endpoint.UpdatedAt = clock.GetUtcNow().UtcDateTime;
            Audit(work, endpoint, before, http, null);
            return endpoint;
        });
    }

    static void Audit(UnitOfWorkContext work, WebhookEndpoint endpoint, string before, HttpContext http, string? detail)
    {
        var call = http.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "";
        work.Audit(WebhookAudit.Subject, endpoint.Id.ToString(), before, endpoint.State, call, detail);
    }

    static Problem NotFoundProblem() => new(
        ProblemTypes.EndpointNotFound, "Check the id; GET /webhook-endpoints lists the endpoints of this key's merchant.");
}
