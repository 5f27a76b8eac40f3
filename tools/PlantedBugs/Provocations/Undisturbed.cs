using System.Diagnostics;

namespace PlantedBugs;

/// <summary>No process dies and no message is changed: bugs that ordinary orders show.</summary>
static partial class Provocations
{
    static readonly string[] Commands = [Queues.Orders, Queues.Inventory, Queues.Payments];

    /// <summary>Every kind of card, and more orders than stock. While no process dies, each message is sent once.</summary>
    public static async Task Load(Scene scene)
    {
        string[] cards = ["tok_ok", "tok_ok", "tok_ok", "tok_declined", "tok_capture_refused", "tok_error", "tok_timeout"];
        await using var wire = await Wire.To(scene.System);
        foreach (var queue in Commands)
            await wire.Watch(queue);
        string[] skus = [await scene.Shop.NewSku(1000), await scene.Shop.NewSku(5)];
        await scene.Place([.. from i in Enumerable.Range(0, 8) from card in cards select NewDraft(skus[i % 2], card)]);
        await scene.Rests();
        foreach (var again in wire.SentAgain())
            scene.Found($"I11 {again}, though no lease had run out");
    }

    /// <summary>Every message arrives three times and out of order; some orders wait for their customer. No copy is answered.</summary>
    public static async Task Copies(Scene scene)
    {
        await using var wire = await Wire.To(scene.System);
        await wire.Watch(Queues.Orders);
        var sku = await scene.Shop.NewSku(1000);
        await using var mangler = await Mangler.Start(scene.System.Broker, Commands, new Mangling(0, Copies: 3, TimeSpan.FromMilliseconds(100)), seed: 1);
        await scene.Place([.. Enumerable.Range(0, 30).Select(i => NewDraft(sku, i % 3 == 0 ? null : "tok_ok"))]);
        foreach (var order in await Waiting(scene))
            await scene.Shop.Pay(order.Payment.Url!);
        await scene.Rests();
        await mangler.End();
        foreach (var again in wire.AnsweredAgain())
            scene.Found($"I9 {again}");
    }

    /// <summary>Customers hesitate, and meanwhile an attacker reports their payment.</summary>
    public static async Task Hosted(Scene scene)
    {
        var sku = await scene.Shop.NewSku(1000);
        await scene.Place([.. Enumerable.Range(0, 6).Select(_ => NewDraft(sku, null))]);
        var orders = await Waiting(scene);
        var thought = Stopwatch.StartNew();
        foreach (var order in orders)
        {
            await Webhooks.Forge(scene.System, order);
            await Webhooks.Stale(scene.System, order);
        }

        await Eventually.Holds("the customers have waited for a while", () => thought.Elapsed > TimeSpan.FromSeconds(4));
        foreach (var order in orders)
            await scene.Shop.Pay(order.Payment.Url!);
    }

    /// <summary>Several callers place each order at once, and once more after it has ended.</summary>
    public static async Task SameKey(Scene scene)
    {
        var sku = await scene.Shop.NewSku(1000);
        var drafts = Enumerable.Range(0, 8).Select(_ => NewDraft(sku, "tok_ok")).ToList();
        await scene.Place([.. drafts.SelectMany(draft => Enumerable.Repeat(draft, 5))]);
        var first = await Task.WhenAll(drafts.Select(draft => Answer(scene, draft)));
        await scene.Rests();
        var later = await Task.WhenAll(drafts.Select(draft => Answer(scene, draft)));
        foreach (var (draft, one, other) in drafts.Zip(first, later).Where(answers => answers.Second != answers.Third))
            scene.Found($"I12 key {draft.Key} was answered {one}, and later {other}");
    }

    /// <summary>The switch of the flow changes while orders are in progress.</summary>
    public static async Task Flips(Scene scene)
    {
        var sku = await scene.Shop.NewSku(1000);
        var orders = scene.Place([.. Enumerable.Range(0, 120).Select(_ => NewDraft(sku, "tok_ok"))], callers: 4);
        for (var flip = 0; !orders.IsCompleted; flip++)
            if (flip % 2 == 0)
                await scene.Shop.SetSwitch("flow", """[{"value":"both-at-once"}]""");
            else
                await scene.Shop.KillSwitch("flow", scene.System.Url("Orders.Api"));
        await orders;
    }

    /// <summary>Every second order is in a lane of its own.</summary>
    public static async Task Lanes(Scene scene)
    {
        await scene.Shop.SetSwitch("lane", """[{"value":"grey","percent":50,"of":"orders"}]""");
        var sku = await scene.Shop.NewSku(1000);
        await scene.Place([.. Enumerable.Range(0, 40).Select(i => NewDraft(sku, i % 4 == 0 ? "tok_declined" : "tok_ok"))]);
    }

    static async Task<string> Answer(Scene scene, Draft draft)
    {
        using var answer = await scene.Shop.Post(draft);
        return await answer.Content.ReadAsStringAsync();
    }

    static Draft NewDraft(string sku, string? card) => new($"planted-{Guid.CreateVersion7():N}", sku, 1, card);

    /// <summary>The orders that wait for their customer, once all do.</summary>
    static async Task<List<Order>> Waiting(Scene scene)
    {
        var waiting = new List<Order>();
        foreach (var order in scene.Acknowledged)
            if ((await scene.Shop.Get(order)).Payment.Method == "hosted")
                waiting.Add(await Eventually.Becomes($"{order} can be paid", () => scene.Shop.Get(order), now => now.Payment.Url is not null));
        return waiting;
    }
}
