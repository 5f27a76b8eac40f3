using System.Collections.Concurrent;
using Orders.Model;
using Orders.Model.Webhooks;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Processing;
using Serilog.Context;

namespace Orders.Api.Webhooks;

/// <summary>Sends due deliveries, a bounded number concurrently, outside transactions; processes share the work by leases.</summary>
sealed class WebhookSender(
    UnitOfWork<OrdersDb> unitOfWork, DueDeliveries due, WebhookClient client, WebhookSettings settings, TimeProvider clock,
    ILogger<WebhookSender> log)
    : BackgroundService
{
    readonly ConcurrentDictionary<Guid, (Sending Place, Task Sending)> inProgress = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(settings.SendIntervalMilliseconds), clock);
        while (await timer.WaitForTick(stoppingToken))
        {
            try
            {
                while (await Begin() > 0 && !stoppingToken.IsCancellationRequested)
                {
                }
            }
            catch (Exception failure)
            {
                log.LogWarning("Could not claim due webhooks; retrying: {Failure}", failure.Message);
            }
        }

        await Task.WhenAll(inProgress.Values.Select(one => one.Sending));
    }

    /// <summary>Claims deliveries for the free slots and starts sending them; returns their number.</summary>
    async Task<int> Begin()
    {
        var claimed = await due.Claim(inProgress.Values.Select(one => one.Place));
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
            await unitOfWork.Run(work => RecordResult(work, claimed.Delivery, result));
        }
        catch (Exception failure)
        {
            log.LogError(failure, "Could not store the result of webhook {Delivery}; it is sent again when its lease ends", claimed.Delivery.Id);
        }
        finally
        {
            inProgress.TryRemove(claimed.Delivery.Id, out _);
        }
    }

    /// <summary>Locks the endpoint before the delivery, as everywhere. Ignores the result if the lease was lost.</summary>
    async Task RecordResult(UnitOfWorkContext work, WebhookDelivery sent, SendResult result)
    {
        var endpoint = (await work.Lock<WebhookEndpoint, Guid>([sent.EndpointId])).Single();
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
        log.LogWarning("Webhook endpoint {Endpoint} of {Merchant} is {State}: {Reason}", endpoint.Id, endpoint.Merchant, endpoint.State, endpoint.Reason);
    }
}
