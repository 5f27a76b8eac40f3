using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Orders.Model;

namespace Installed;

public sealed record Money(long Amount, string Currency);
public sealed record Payment(string Method, string Status, string? Url);
public sealed record Order(Guid Id, string Status, string? Reason, Money Total, Payment Payment);
public sealed record Level(string Sku, long Received, long Available, long Held, long Sold);
public sealed record GatewayEntry(string Operation, string Status, long Amount, string Currency, string Reference);
public sealed record GatewayEntries(IReadOnlyList<GatewayEntry> Items);

/// <summary>An order: units of one sku, paid by a gateway token, or at the gateway's page if there is none.</summary>
public sealed record Draft(string Key, string Sku, int Quantity, string? Token, string? Class = null, string? Customer = null);

/// <summary>An HTTP client of the system, as one merchant.</summary>
public sealed class Shop : IDisposable
{
    public const long UnitPrice = 1250;

    /// <summary>An earlier version does not know every member.</summary>
    static readonly JsonSerializerOptions WithoutNulls = new(JsonSerializerOptions.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(40) };

    public Shop(Running system, string apiKey)
    {
        System = system;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
    }

    public Running System { get; }

    /// <summary>Creates a product with stock, under a name that no other story uses.</summary>
    public Task<string> NewSku(int pieces, string name = "tea") => Offer($"{name}-{Guid.CreateVersion7():N}", pieces);

    /// <summary>Creates a product with stock; repeating the call adds no more stock.</summary>
    public async Task<string> Offer(string sku, int pieces)
    {
        await SetPrice(sku, UnitPrice);
        if (pieces > 0)
            await Ok(http.PostAsJsonAsync(Stock($"stock/{sku}/receipts"), new { receiptId = "r-" + sku, quantity = pieces }));
        return sku;
    }

    /// <param name="sku">The product.</param>
    /// <param name="unitPrice">Its price.</param>
    /// <param name="process">Another process of Orders.Api than the first.</param>
    public Task SetPrice(string sku, long unitPrice, Uri? process = null) => Ok(http.PutAsJsonAsync(
        new Uri(process ?? System.Url("Orders.Api"), $"products/{sku}"), new { name = "Tea", unitPrice, currency = "EUR" }));

    public async Task<Level> LevelOf(string sku) => (await http.GetFromJsonAsync<Level>(Stock($"stock/{sku}")))!;

    /// <summary>POST /orders and its response; <paramref name="wait"/> is the number of seconds to wait for the final state.</summary>
    /// <param name="draft">The order.</param>
    /// <param name="wait">Seconds.</param>
    /// <param name="process">Another process of Orders.Api than the first.</param>
    /// <param name="cancel">Ends the call.</param>
    public Task<HttpResponseMessage> Post(Draft draft, int wait = 0, Uri? process = null, CancellationToken cancel = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, process is null ? Orders("orders") : new Uri(process, "orders"));
        request.Headers.Add("Idempotency-Key", draft.Key);
        if (wait > 0)
            request.Headers.Add("Prefer", $"wait={wait}");
        object payment = draft.Token is null ? new { method = "hosted" } : new { method = "card", token = draft.Token };
        var lines = new[] { new { sku = draft.Sku, quantity = draft.Quantity } };
        request.Content = JsonContent.Create(new { currency = "EUR", lines, payment, @class = draft.Class, customer = draft.Customer }, options: WithoutNulls);
        return http.SendAsync(request, cancel);
    }

    public async Task<Order> Place(string sku, int quantity, string? token, int wait = 30) =>
        await Read<Order>(Post(new Draft(Guid.CreateVersion7().ToString(), sku, quantity, token), wait));

    public async Task<Order> PlaceAndEnd(string sku, int quantity, string token) => await End((await Place(sku, quantity, token)).Id);

    public async Task<Order> Get(Guid order) => await Read<Order>(http.GetAsync(Orders($"orders/{order}")));

    public Task<HttpResponseMessage> Ask(string path) => http.GetAsync(Orders(path));

    /// <summary>The answer as text for a terminal.</summary>
    public Task<HttpResponseMessage> AskForText(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Orders(path));
        request.Headers.Accept.ParseAdd("text/plain");
        return http.SendAsync(request);
    }

    /// <summary>Registers a webhook URL.</summary>
    public Task<HttpResponseMessage> Tell(string url) => http.PostAsJsonAsync(Orders("webhook-endpoints"), new { url });

    public Task<HttpResponseMessage> RemoveEndpoint(Guid endpoint) => http.DeleteAsync(Orders($"webhook-endpoints/{endpoint}"));

    /// <summary>A response whose body is streamed.</summary>
    public Task<HttpResponseMessage> Stream(string path, string? lastEventId)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Orders(path));
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        return http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Sets the rules of a switch, whatever they were.</summary>
    public async Task SetSwitch(string name, string rules)
    {
        var body = JsonNode.Parse($$"""{"rules":{{rules}},"reason":"a test"}""");
        using var request = new HttpRequestMessage(HttpMethod.Put, Orders("switches/" + name)) { Content = JsonContent.Create(body) };
        using (var read = await http.GetAsync(Orders("switches/" + name)))
            request.Headers.IfMatch.Add(read.EnsureSuccessStatusCode().Headers.ETag!);
        await Ok(http.SendAsync(request));
    }

    /// <summary>Kills a switch through a process of Orders.Api.</summary>
    public Task KillSwitch(string name, Uri process) => Ok(http.PostAsJsonAsync(new Uri(process, $"switches/{name}/kill"), new { reason = "a test" }));

    public Task<Order> Reaches(Guid order, string status) => Eventually.Becomes($"{order} is {status}", () => Get(order), now => now.Status == status);

    public Task<Order> End(Guid order, TimeSpan? within = null) =>
        Eventually.Becomes($"{order} has ended", () => Get(order), now => OrderLifecycle.Of(now.Status).IsFinalOrInReview, within ?? TimeSpan.FromSeconds(30));

    public Task<HttpResponseMessage> Cancel(Guid order) => http.PostAsJsonAsync(Orders($"orders/{order}/cancel"), new { reason = "changed their mind" });

    /// <summary>Pays like a customer: opens the page, then submits its form.</summary>
    public async Task Pay(string url)
    {
        using var browser = new HttpClient();
        (await browser.GetStringAsync(url)).ShouldContain("/pay\"", Case.Sensitive, "the form of the page");
        await PressPay(url);
    }

    /// <summary>Submits the form alone, which the page may no longer show.</summary>
    public async Task PressPay(string url)
    {
        using var browser = new HttpClient();
        using var answer = await browser.PostAsync(url + "/pay", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, "the page that the form leads to");
    }

    /// <summary>The operations of an order in the gateway's own ledger.</summary>
    public async Task<IReadOnlyList<GatewayEntry>> Ledger(Guid order)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(System.Url("Payments.Sandbox"), $"sandbox/v1/operations?reference={order}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", System.GatewayKey);
        return (await Read<GatewayEntries>(http.SendAsync(request))).Items;
    }

    /// <summary>The last message with this text in its body that a service has stored as failed.</summary>
    public async Task<JsonNode?> LastFailed(string service, string text)
    {
        foreach (var item in (await Read<JsonNode>(http.GetAsync(new Uri(System.Url(service), "failed-messages"))))["items"]!.AsArray())
            if (await Read<JsonNode>(http.GetAsync(new Uri(System.Url(service), $"failed-messages/{item!["id"]}"))) is var failed
                && ((string?)failed["bodyText"])?.Contains(text, StringComparison.Ordinal) == true)
                return failed["message"];
        return null;
    }

    public Task<HttpResponseMessage> Replay(string service, Guid failed) =>
        http.PostAsync(new Uri(System.Url(service), $"failed-messages/{failed}/replay"), null);

    /// <summary>No response, or none in time. A connection reset during connecting is reported as the socket's error.</summary>
    public static bool IsUnavailable(Exception failure) => failure is HttpRequestException or OperationCanceledException or IOException or SocketException;

    public void Dispose() => http.Dispose();

    Uri Orders(string path) => new(System.Url("Orders.Api"), path);

    Uri Stock(string path) => new(System.Url("Inventory.Worker"), path);

    public static async Task<T> Read<T>(Task<HttpResponseMessage> call)
    {
        using var answer = await Ok(call);
        return (await answer.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web))!;
    }

    static async Task<HttpResponseMessage> Ok(Task<HttpResponseMessage> call)
    {
        var answer = await call;
        answer.IsSuccessStatusCode.ShouldBeTrue(
            $"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri} answered {(int)answer.StatusCode}: "
            + $"{await answer.Content.ReadAsStringAsync()}");
        return answer;
    }
}
