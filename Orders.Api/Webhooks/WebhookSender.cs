using System.Collections.Concurrent;
using Orders.Model;
using Orders.Model.Webhooks;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Processing;
using Serilog.Context;

namespace Orders.Api.Webhooks;

/// <summary>
/// Sends due deliveries, a bounded number concurrently, outside transactions; processes share the work by leases. While deliveries may be
/// waiting for a slot, each finished one wakes it: at the interval alone, an endpoint would get a few deliveries per second.
/// </summary>
sealed class WebhookSender(
    UnitOfWork<OrdersDb> unitOfWork, DueDeliveries due, WebhookClient client, WebhookSettings settings, TimeProvider clock,
    ILogger<WebhookSender> log)
    : WakeableService(TimeSpan.FromMilliseconds(settings.SendIntervalMilliseconds), log)
{
    readonly ConcurrentDictionary<Guid, (Sending Place, Task Sending)> inProgress = new();
    volatile bool slotsAreFull;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // One that does not finish in time is sent again when its lease ends.
        await Task.WhenAll(inProgress.Values.Select(one => one.Sending)).WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    protected override async Task Run(CancellationToken stop)
    {
        while (await Begin() > 0 && !stop.IsCancellationRequested)
        {
        }
    }

    /// <summary>Claims deliveries for the free slots and starts sending them; returns their number.</summary>
    async Task<int> Begin()
    {
        // First true: a delivery that finishes while its slot is being counted must wake it too.
        slotsAreFull = true;
        var places = inProgress.Values.Select(one => one.Place).ToList();
        slotsAreFull = new SendingShares(settings, places).IsAnyFull;
        var claimed = await due.Claim(places);
        foreach (var one in claimed)
        {
            var go = new TaskCompletionSource();
            inProgress[one.Delivery.Id] = (new Sending(one.Endpoint.Id, one.Endpoint.Merchant, one.Endpoint.State), Handle(one, go.Task));
            go.SetResult();
        }

        WebhookMetrics.SetSending(inProgress.Values.Select(one => one.Place));
        return claimed.Count;
    }

    async Task Handle(ClaimedDelivery claimed, Task listed)
    {
        await listed;
        using var order = LogContext.PushProperty("OrderId", claimed.Delivery.OrderId);
        try
        {
            var result = await client.Send(claimed.Delivery, claimed.Endpoint);
            FailPoint.Hit("webhooks.after-send");
            await unitOfWork.Run(work => RecordResult(work, claimed, result));
        }
        catch (Exception failure)
        {
            Log.LogError(failure, "Could not store the result of webhook {Delivery}; it is sent again when its lease ends", claimed.Delivery.Id);
        }
        finally
        {
            inProgress.TryRemove(claimed.Delivery.Id, out _);
            if (slotsAreFull)
                Wake();
        }
    }

    /// <summary>
    /// Locks the endpoint before the delivery, as everywhere. A success changes nothing in an active endpoint: without its lock, the
    /// deliveries to it do not wait for each other. Ignores the result if the lease was lost.
    /// </summary>
    async Task RecordResult(UnitOfWorkContext work, ClaimedDelivery claimed, SendResult result)
    {
        var sent = claimed.Delivery;
        var endpoint = result.Error is null && claimed.Endpoint.State == EndpointStates.Active
            ? claimed.Endpoint
            : (await work.Lock<WebhookEndpoint, Guid>([sent.EndpointId])).Single();
        var delivery = (await work.Lock<WebhookDelivery, Guid>([sent.Id])).SingleOrDefault();
        if (delivery is null || delivery.Lease != sent.Lease || delivery.State != DeliveryStates.Pending)
            return;
        var before = endpoint.State;
        delivery.Record(result, endpoint, settings.Retries, clock.GetUtcNow().UtcDateTime);
        if (before != endpoint.State)
        {
            work.Audit(WebhookAudit.Subject, endpoint.Id.ToString(), before, endpoint.State, "delivery", endpoint.Reason);
            work.AfterCommit(() => LogState(endpoint));
        }

        work.AfterCommit(() => WebhookMetrics.Sent(result.Error is null ? "delivered" : delivery.State == DeliveryStates.GivenUp ? "given up" : "failed"));
    }

    void LogState(WebhookEndpoint endpoint)
    {
        if (endpoint.State == EndpointStates.Disabled)
            WebhookMetrics.Disabled();
        Log.LogWarning("Webhook endpoint {Endpoint} of {Merchant} is {State}: {Reason}", endpoint.Id, endpoint.Merchant, endpoint.State, endpoint.Reason);
    }
}
