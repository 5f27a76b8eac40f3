using System.Net.Sockets;
using FaultRuns.Faults;
using OrderSaga.Platform.Http;

namespace FaultRuns.Experiments;

/// <summary>One merchant tries to take what all merchants share, while another one places orders and receives webhooks.</summary>
static class MerchantAttacks
{
    const double MaxRatio = 1.5;
    const double MaxWebhookSeconds = 3;
    const int HangingReceivers = 10;
    const int HangingOrders = 200;
    const int Stock = 10_000;
    const int PiecesOfAHold = 100;

    static readonly (string What, Func<Scene, Task<IAsyncDisposable>> Begin)[] Attacks =
    [
        ("hanging receivers", HangingWebhooks),
        ("empty placements", scene => Flood(scene, 5000, () => scene.Request("POST", "/orders", ""))),
        ("unpaid holds", scene => Flood(scene, 100, () => scene.Request("POST", "/orders", Order(scene.Sku, PiecesOfAHold, "hosted")))),
        ("list queries", scene => Flood(scene, 500, () => scene.Request("GET", "/orders?limit=100", ""))),
    ];

    /// <summary>Unpaid orders end soon, so that the experiment does.</summary>
    public static Dictionary<string, string?> Settings => new()
    {
        ["Webhooks:AllowHttp"] = "true", ["Webhooks:PrivateHosts:0"] = "127.0.0.1", ["Orders:TimeToPay:Seconds"] = "120",
    };

    public static async Task Try(Trial trial)
    {
        await using var receiver = await HookReceiver.Start();
        using (var registered = await trial.Shop.Tell(receiver.Url))
            trial.Require(registered.IsSuccessStatusCode, $"the receiver was refused: {registered.StatusCode}");
        var scene = new Scene(trial, ApiKeys.Create(trial.Run.System.Directory, "attacker", "attacker", Roles.Orders), await trial.Shop.NewSku(Stock));
        using var attacker = new Shop(trial.Run.System, scene.Key);
        await Eventually.Holds("the attacker's key is in force", async () => (await attacker.Ask("products")).IsSuccessStatusCode);
        await Measure(scene, receiver);
        trial.Row("attack", "p50 s", "p99 s", "p99 before s", "p99 after s", "ratio", "last webhook s", "refused", "not completed", "attacker's answers");
        var before = await Measure(scene, receiver);
        foreach (var (what, begin) in Attacks)
        {
            Result during;
            string answers;
            await using (var attack = await begin(scene))
            {
                during = await Measure(scene, receiver);
                answers = attack.ToString()!;
            }

            var after = await Measure(scene, receiver);
            Judge(trial, what, before, during, after, answers);
            before = after;
        }

        await trial.Run.System.Checker.AtRest(TimeSpan.FromMinutes(5));
        foreach (var broken in await trial.Run.System.Checker.Broken([]))
            trial.Require(false, broken);
    }

    static void Judge(Trial trial, string what, Result before, Result during, Result after, string answers)
    {
        var ratio = during.Spread.P99 / Math.Max(before.Spread.P99, after.Spread.P99);
        trial.Row(what, during.Spread.P50, during.Spread.P99, before.Spread.P99, after.Spread.P99, ratio, during.LastWebhook, during.Refused,
            during.NotCompleted, answers);
        trial.Require(ratio <= MaxRatio, $"{what}: p99 is {ratio:0.00} times as long");
        trial.Require(during.LastWebhook <= MaxWebhookSeconds, $"{what}: a webhook took {during.LastWebhook:0.0} s");
        trial.Require(during.Refused == 0, $"{what}: {during.Refused} requests of the other merchant were refused");
        trial.Require(during.NotCompleted == 0, $"{what}: {during.NotCompleted} orders of the other merchant are not completed");
    }

    /// <summary>What the other merchant sees.</summary>
    static async Task<Result> Measure(Scene scene, HookReceiver receiver)
    {
        var trial = scene.Trial;
        var load = trial.Load(scene.Sku);
        await Delay.For(trial.Options.Seconds, trial.Cancel);
        var orders = await load.Stop();
        var spread = await trial.Spread(orders);
        var states = (await trial.Run.System.Checker.Orders()).ToDictionary(order => order.Id, order => order.State);
        return new Result(spread, await LastWebhook(receiver, orders), load.Answers.Where(pair => pair.Key != 202).Sum(pair => pair.Value),
            orders.Count(order => states[order.Id] != "Completed"));
    }

    /// <summary>The longest time from a request to the webhook about its order; infinite if one is missing after a minute.</summary>
    static async Task<double> LastWebhook(HookReceiver receiver, IReadOnlyList<PlacedOrder> orders)
    {
        try
        {
            var first = await Eventually.Becomes("each order has its webhook",
                () => Task.FromResult(receiver.Taken.Where(hook => hook.Type == "order.submitted").DistinctBy(hook => hook.OrderId)
                    .ToDictionary(hook => hook.OrderId, hook => hook.At)),
                taken => orders.All(order => taken.ContainsKey(order.Id)), TimeSpan.FromMinutes(1));
            return orders.Max(order => (first[order.Id] - order.At).TotalSeconds);
        }
        catch (TimeoutException)
        {
            return double.PositiveInfinity;
        }
    }

    static Task<IAsyncDisposable> Flood(Scene scene, double rate, Func<string> request) =>
        Task.FromResult<IAsyncDisposable>(new RequestFlood(scene.Trial.Run.System.Url("Orders.Api"), rate, request));

    /// <summary>Orders with a declined card cost nothing; each has two events for each receiver.</summary>
    static async Task<IAsyncDisposable> HangingWebhooks(Scene scene)
    {
        var silent = new SilentReceiver(new Shop(scene.Trial.Run.System, scene.Key));
        await silent.Register();
        var drafts = Enumerable.Range(0, HangingOrders).Select(_ => Trial.NewDraft(scene.Sku, "tok_declined")).ToList();
        await new Load(silent.Owner, drafts).Run(callers: 16);
        return silent;
    }

    static string Order(string sku, int quantity, string method) =>
        $$$"""{"currency":"EUR","lines":[{"sku":"{{{sku}}}","quantity":{{{quantity}}}}],"payment":{"method":"{{{method}}}"}}""";

    sealed record Result(Spread Spread, double LastWebhook, int Refused, int NotCompleted);

    /// <param name="Trial">Runs it.</param>
    /// <param name="Key">The attacker's API key.</param>
    /// <param name="Sku">Both merchants order this.</param>
    sealed record Scene(Trial Trial, string Key, string Sku)
    {
        public string Request(string method, string path, string body) =>
            $"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Key}\r\nIdempotency-Key: {Guid.CreateVersion7()}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
    }

    /// <summary>Accepts connections and never answers. Disposal removes its endpoints.</summary>
    sealed class SilentReceiver(Shop owner) : IAsyncDisposable
    {
        readonly TcpListener listener = new(IPAddress.Loopback, 0);
        readonly List<Guid> endpoints = [];

        public Shop Owner => owner;

        public async Task Register()
        {
            listener.Start();
            var url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/";
            while (endpoints.Count < HangingReceivers)
                endpoints.Add((await Shop.Read<Endpoint>(owner.Tell($"{url}?{endpoints.Count}"))).Id);
        }

        public override string ToString() => $"{HangingReceivers} receivers, {HangingOrders} orders";

        public async ValueTask DisposeAsync()
        {
            foreach (var endpoint in endpoints)
                (await owner.RemoveEndpoint(endpoint)).Dispose();
            owner.Dispose();
            listener.Dispose();
        }

        sealed record Endpoint(Guid Id);
    }
}
