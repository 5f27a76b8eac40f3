using System.Text.Json;

namespace FaultRuns.Client;

/// <summary>An acknowledged order of a customer.</summary>
public sealed record Placed(Guid Id, Draft Draft, Kind Kind, string Body, DateTime At);

/// <summary>
/// Callers that retry: without a response, or with one that says "later", they send the same order again under the same key until they get
/// a 2xx. They pay, abandon or cancel what they ordered, and repeat some of their keys: the stored response must be identical, byte for
/// byte.
/// </summary>
public sealed class Customers(FaultRun run, ClientLog log, StockLevels stockLevels, int seed)
{
    const int RepeatedOneOf = 10;
    static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    const int NoAnswer = 0;
    static readonly int[] Later =
        [NoAnswer, (int)HttpStatusCode.ServiceUnavailable, (int)HttpStatusCode.Conflict, (int)HttpStatusCode.TooManyRequests];

    readonly Random chance = new(seed);
    readonly ConcurrentDictionary<string, Placed> placed = new(StringComparer.Ordinal);
    int number;

    public ICollection<Placed> Orders => placed.Values;
    public int Count => placed.Count;

    /// <summary>How often each status was returned; 0 means no response.</summary>
    public ConcurrentDictionary<int, int> Answers { get; } = new();

    /// <summary>Places the next order by the seed and follows it until its customer does nothing more.</summary>
    /// <param name="leave">There is enough time left to wait for the payment deadline.</param>
    public Task Next(bool leave, CancellationToken cancel)
    {
        var kind = Kind.Of(chance.Next(100));
        if (kind == Kind.Left && !leave)
            kind = Kind.WithdrawnAtThePage;
        var sku = kind == Kind.SoldOut ? stockLevels.Empty : kind == Kind.Scarce ? stockLevels.Scarce : stockLevels.Usual[chance.Next(stockLevels.Usual.Count)];
        var key = $"fault-{seed}-{++number}-{Guid.CreateVersion7():N}";
        var draft = new Draft(key, sku, chance.Next(1, 4), kind.Token, kind == Kind.Left ? Command.ShortToPay : null);
        return Follow(draft, kind, cancel);
    }

    /// <summary>Repeats some of the keys long after their first response.</summary>
    public async Task RepeatRequests(CancellationToken cancel)
    {
        foreach (var order in Orders.Where(order => order.Id.ToByteArray()[^1] % RepeatedOneOf == 0))
            await Place(order.Draft, order.Kind, cancel);
    }

    async Task Follow(Draft draft, Kind kind, CancellationToken cancel)
    {
        var order = await Place(draft, kind, cancel);
        if (kind == Kind.Withdrawn)
            await run.Until($"{order.Id} is withdrawn", () => Withdraw(order.Id), cancel);
        else if (kind == Kind.Paid || kind == Kind.WithdrawnAtThePage)
            await AtThePage(order, kind, cancel);
    }

    async Task AtThePage(Placed order, Kind kind, CancellationToken cancel)
    {
        string? url = null;
        await run.Until($"{order.Id} has a page", async () =>
        {
            var now = await run.Shop.Get(order.Id);
            url = now.Payment.Url;
            return url is not null || now.Status is not ("Reserving" or "AwaitingPayment");
        }, cancel);
        if (url is not null && kind == Kind.Paid)
            await run.Until($"{order.Id} is paid", () => Press(url), cancel);
        else if (url is not null)
            await run.Until($"{order.Id} is withdrawn", () => Withdraw(order.Id), cancel);
    }

    async Task<Placed> Place(Draft draft, Kind kind, CancellationToken cancel)
    {
        Placed? answer = null;
        await run.Until($"{draft.Key} is answered", async () => (answer = await TryPlace(draft, kind, cancel)) is not null, cancel);
        return answer!;
    }

    async Task<Placed?> TryPlace(Draft draft, Kind kind, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(AnswerLimit);
        var (status, body) = await Post(draft, limit.Token);
        Answers.AddOrUpdate(status, 1, (_, times) => times + 1);
        if (status is >= 200 and < 300)
            return Record(draft, kind, status, body);
        if (!Later.Contains(status))
            run.Broken($"I3 {draft.Key} was answered {status}: {body}");
        return null;
    }

    async Task<(int Status, string Body)> Post(Draft draft, CancellationToken limit)
    {
        try
        {
            using var answer = await run.Shop.Post(draft, cancel: limit);
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(limit));
        }
        catch (Exception unavailable) when (Shop.IsUnavailable(unavailable))
        {
            return (NoAnswer, "");
        }
    }

    Placed Record(Draft draft, Kind kind, int status, string body)
    {
        var order = new Placed(JsonSerializer.Deserialize<Order>(body, JsonSerializerOptions.Web)!.Id, draft, kind, body, run.Now);
        var first = placed.GetOrAdd(draft.Key, order);
        log.Write(new Answer(order.At, "demo", draft.Key, order.Id, status, body, kind.Name, Again: first != order));
        if (first.Body != body)
            run.Broken($"I12 {draft.Key} was answered\n  {first.Body}\nand then\n  {body}");
        return order;
    }

    /// <summary>Also true if it is too late to cancel.</summary>
    async Task<bool> Withdraw(Guid order)
    {
        using var answer = await run.Shop.Cancel(order);
        return answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.Conflict;
    }

    static async Task<bool> Press(string url)
    {
        using var browser = new HttpClient { Timeout = AnswerLimit };
        using var answer = await browser.PostAsync(url + "/pay", null);
        return answer.IsSuccessStatusCode;
    }
}
