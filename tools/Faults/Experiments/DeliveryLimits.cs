using FaultRuns.Conditions;
using FaultRuns.Faults;

namespace FaultRuns.Experiments;

/// <summary>
/// The broker drops messages after three deliveries. Services are killed while they hold deliveries that they cannot finish, because a
/// table that they need is locked; so the same messages are delivered again and again.
/// </summary>
static class DeliveryLimits
{
    const int Deliveries = 3;
    const int KillsInARow = 5;
    const int Kills = 50;
    const double BusRate = 5;

    static readonly Victim[] Victims =
    [
        new("Orders.Sagas", "orders", "idempotency_keys"), new("Inventory.Worker", "inventory", "stock"),
        new("Payments.Worker", "payments", "payment_branches"),
    ];

    public static async Task Try(Trial trial)
    {
        var sku = await trial.Shop.NewSku(1_000_000);
        var (orders, keys) = (new List<PlacedOrder>(), new List<string>());
        trial.Row("killed", "kills", "HTTP orders", "bus orders");
        await using (await DeliveryLimit.Set(trial.Run, Deliveries))
            for (var kills = 0; kills < Kills; kills += KillsInARow)
            {
                var victim = Victims[kills / KillsInARow % Victims.Length];
                var (http, bus) = await Kill(trial, sku, victim);
                orders.AddRange(http);
                keys.AddRange(bus);
                trial.Row(victim.Service, kills + KillsInARow, orders.Count, keys.Count);
            }

        await trial.Run.Back([.. trial.Run.System.Services]);
        await Settle(trial, orders, keys);
    }

    static async Task<(IReadOnlyList<PlacedOrder>, IReadOnlyList<string>)> Kill(Trial trial, string sku, Victim victim)
    {
        await using var bus = await BusLoad.Start(trial, BusRate, sku);
        var load = trial.Load(sku);
        await Delay.For(1, trial.Cancel);
        await using (await HeldLock.Tables(trial.Run, victim.Database, [victim.Table], trial.Cancel))
            for (var kill = 0; kill < KillsInARow; kill++)
                await Kill(trial.Run.System.Of(victim.Service), trial.Cancel);

        await trial.Run.Back(victim.Service);
        return (await load.Stop(), await bus.Stop());
    }

    /// <summary>The service runs, has taken the waiting messages, and cannot handle them.</summary>
    static async Task Kill(ServiceProcess service, CancellationToken cancel)
    {
        await Eventually.Holds($"{service.Name} runs", async () => await service.Health() is not null, TimeSpan.FromMinutes(2));
        await Delay.For(2, cancel);
        await service.Kill();
        service.Start();
    }

    static async Task Settle(Trial trial, List<PlacedOrder> orders, List<string> keys)
    {
        var missing = keys.ToHashSet(StringComparer.Ordinal);
        try
        {
            await trial.AllEnd(orders);
            await Eventually.Holds("every order of the bus is there", async () =>
            {
                missing.ExceptWith(await trial.Read("orders", "SELECT idempotency_key FROM orders", row => row.GetString(0)));
                return missing.Count == 0;
            }, TimeSpan.FromMinutes(1));
            await trial.Run.System.Checker.AtRest(TimeSpan.FromMinutes(2));
        }
        catch (TimeoutException late)
        {
            trial.Require(false, late.Message);
        }

        var open = await trial.Open(orders);
        trial.Row("lost or open", "", open.Count, missing.Count);
        trial.Require(open.Count == 0, $"{open.Count} of {orders.Count} orders placed by HTTP are lost or have not ended");
        trial.Require(missing.Count == 0, $"{missing.Count} of {keys.Count} confirmed SubmitOrder messages have no order");
        foreach (var broken in await trial.Run.System.Checker.Broken([.. orders.Select(order => order.Id)]))
            trial.Require(false, broken);
    }

    sealed record Victim(string Service, string Database, string Table);
}
