namespace PlantedBugs;

/// <summary>Services die or are unavailable, in the same way each time.</summary>
static partial class Provocations
{
    /// <summary>A Cancel arrives before its Try.</summary>
    public static async Task Overtaken(Scene scene)
    {
        var sku = await scene.Shop.NewSku(1000);
        await scene.System.Of("Inventory.Worker").Kill();
        await scene.Place([.. Enumerable.Range(0, 5).Select(_ => NewDraft(sku, "tok_ok"))]);
        foreach (var order in scene.Acknowledged)
        {
            using var requested = await scene.Shop.Cancel(order);
            await scene.Shop.Reaches(order, "Cancelling");
        }

        await using var wire = await Wire.To(scene.System);
        await Eventually.Holds("Try and Cancel wait", async () => await wire.Waiting(Queues.Inventory) >= 2 * scene.Acknowledged.Count);
        await wire.Reverse(Queues.Inventory);
        await scene.System.AllUp();
    }

    /// <summary>The API dies with orders written and not committed; the callers retry.</summary>
    public static async Task DeathInPlacement(Scene scene)
    {
        var sku = await scene.Shop.NewSku(1000);
        await scene.Arm("Orders.Api", "orders.before-commit:1");
        var load = scene.Place([.. Enumerable.Range(0, 40).Select(_ => NewDraft(sku, "tok_ok"))]);
        await scene.DiesAndComesBack("Orders.Api");
        await load;
    }

    /// <summary>A caller on the bus sends each order once; the service that handles them dies before its commit.</summary>
    public static async Task DeathOnTheBus(Scene scene)
    {
        var sku = await scene.Shop.NewSku(1000);
        await scene.Arm("Orders.Sagas", "orders.before-commit:1");
        await using var wire = await Wire.To(scene.System);
        var keys = Enumerable.Range(0, 20).Select(i => $"bus-{i}").ToList();
        foreach (var key in keys)
            await wire.Send(Queues.SubmitOrder, new SubmitOrder("demo", key, "EUR", [new OrderLine(sku, 1)], new PaymentInstruction("card", "tok_ok")));
        await scene.DiesAndComesBack("Orders.Sagas");
        var missing = keys;
        if (!await scene.Comes(async () => (missing = await Missing(scene, keys)).Count == 0))
            scene.Found($"I3 {missing.Count} orders are lost that the broker had confirmed, the first with key {missing[0]}");
    }

    static async Task<List<string>> Missing(Scene scene, List<string> keys) =>
        [.. keys.Except((await scene.System.Checker.Orders()).Select(order => order.IdempotencyKey))];

    /// <summary>The saga is unavailable while recovery sends repeatedly.</summary>
    public static async Task Behind(Scene scene)
    {
        var sku = await scene.Shop.NewSku(1000);
        await scene.System.Of("Inventory.Worker").Kill();
        await scene.System.Of("Orders.Sagas").Kill();
        await scene.Place([.. Enumerable.Range(0, 5).Select(_ => NewDraft(sku, "tok_ok"))]);
        await using var wire = await Wire.To(scene.System);
        await Eventually.Holds("recovery has sent three times",
            async () => await wire.Waiting(Queues.Orders) >= 3 * scene.Acknowledged.Count, TimeSpan.FromSeconds(60));
        await scene.System.AllUp();
    }

    /// <summary>
    /// Money is captured before the saga learns of the cancellation; the gateway executes everything and responds to nothing.
    /// </summary>
    public static async Task LateCapture(Scene scene)
    {
        await scene.Place([NewDraft(await scene.Shop.NewSku(1000), null)]);
        var order = (await Waiting(scene)).Single();
        await scene.System.Of("Orders.Sagas").Kill();
        using var requested = await scene.Shop.Cancel(order.Id);
        await using var wire = await Wire.To(scene.System);
        await scene.Shop.Pay(order.Payment.Url!);
        await BranchIs(scene, order.Id, "Tried");
        await wire.Send(Queues.Payments, new ConfirmPayment(order.Id));
        await BranchIs(scene, order.Id, "Confirmed");
        await Eventually.Holds("the cancellation and both answers wait", async () => await wire.Waiting(Queues.Orders) >= 3);
        await wire.LoseAllBut<CancelOrder>(Queues.Orders);
        await scene.System.AllUp();
    }

    static async Task BranchIs(Scene scene, Guid order, string state)
    {
        var sql = $"SELECT state FROM payment_branches WHERE order_id = '{order}'";
        await Eventually.Becomes($"the payment of {order} is {state}",
            async () => (await scene.System.Read("payments", sql, row => row.GetString(0))).Single(), now => now == state);
    }
}
