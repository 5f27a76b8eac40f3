using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Http;

namespace Orders.Api.Tests.Rates;

/// <summary>Orders.Api with two keys of one merchant and one of another. Elapsed time is what the test says, so no permit comes back by itself.</summary>
sealed class RateShop : IAsyncDisposable
{
    readonly Installation installation;

    RateShop(Installation installation) => this.installation = installation;

    public ElapsedClock Clock { get; } = new();
    public ApiHost Host { get; private set; } = null!;

    /// <summary>Where the key file is.</summary>
    public string Directory => installation.Directory;

    /// <summary>The first key of the merchant.</summary>
    public Caller First { get; private set; } = null!;

    /// <summary>The second key of the same merchant.</summary>
    public Caller Second { get; private set; } = null!;

    /// <summary>A key of another merchant.</summary>
    public Caller Other { get; private set; } = null!;

    public static Task<RateShop> Open(params string[] settings) => Open(_ => { }, settings);

    /// <param name="keys">Changes the key file before the start.</param>
    /// <param name="settings">More settings.</param>
    public static async Task<RateShop> Open(Action<RateShop> keys, params string[] settings)
    {
        var shop = new RateShop(await Mode.Embedded.Fresh("orders"));
        try
        {
            await shop.Start(keys, settings);
            return shop;
        }
        catch
        {
            await shop.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sets the rates of a key in the key file; null removes them.</summary>
    public void SetRates(string key, string? rates)
    {
        var file = Path.Combine(Directory, ApiKeys.FileName);
        var root = JsonNode.Parse(File.ReadAllText(file))!;
        var definition = root["ApiKeys"]!["Keys"]![key]!.AsObject();
        definition.Remove("Rates");
        if (rates is not null)
            definition["Rates"] = JsonNode.Parse(rates);
        File.WriteAllText(file, root.ToJsonString());
    }

    /// <summary>How many of so many new orders are accepted, one after another; the others are refused for a rate.</summary>
    public static async Task<int> Accepted(Caller caller, int orders, string body = Caller.Order)
    {
        var accepted = 0;
        for (var i = 0; i < orders; i++)
        {
            var answer = await caller.Place(Caller.NewKey(), body);
            if (answer.Status == 202)
                accepted++;
            else
                answer.ShouldBeProblem(429, "too-many-requests").Header("Retry-After").ShouldNotBeNull();
        }

        return accepted;
    }

    public static string OrderOf(string customer) =>
        Caller.Order.Replace("\"payment\"", $"\"customer\":\"{customer}\",\"payment\"", StringComparison.Ordinal);

    public Task<int> Orders() => Host.Read(db => db.Orders.CountAsync());

    public async ValueTask DisposeAsync()
    {
        if (Host is not null)
            await Host.DisposeAsync();
        await installation.DisposeAsync();
    }

    async Task Start(Action<RateShop> keys, string[] settings)
    {
        var (one, two) = ($"one-{Guid.CreateVersion7():N}", $"two-{Guid.CreateVersion7():N}");
        var first = ApiKeys.Create(Directory, "first", one, Roles.Orders, Roles.Catalogue);
        var second = ApiKeys.Create(Directory, "second", one, Roles.Orders);
        var other = ApiKeys.Create(Directory, "other", two, Roles.Orders);
        keys(this);
        Host = await ApiHost.Start(installation, false, builder => builder.Services.AddSingleton<TimeProvider>(Clock), settings);
        (First, Second, Other) = (new Caller(Host, one, first), new Caller(Host, one, second), new Caller(Host, two, other));
        await First.Price("tea-001", 1250);
    }
}
