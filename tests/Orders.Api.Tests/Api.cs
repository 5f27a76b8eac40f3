using OrderSaga.Platform.Http;

namespace Orders.Api.Tests;

/// <summary>One installation per mode, shared by the tests; each test is a merchant of its own.</summary>
public sealed class Api : IAsyncLifetime
{
    const int Merchants = 150;
    static readonly Dictionary<Mode, Api> Started = [];
    static readonly SemaphoreSlim One = new(1);

    readonly Mode mode;
    readonly List<string> keys = [];
    int taken;

    public Api() : this(Mode.Embedded)
    {
    }

    Api(Mode mode) => this.mode = mode;

    public Installation Installation { get; private set; } = null!;
    public ApiHost Host { get; private set; } = null!;
    public Caller Catalogue { get; private set; } = null!;
    public Caller Stranger { get; private set; } = null!;

    /// <summary>A new merchant.</summary>
    public Caller Merchant()
    {
        var number = Interlocked.Increment(ref taken);
        return new Caller(Host, $"merchant-{number}", keys[number - 1]);
    }

    public static async Task<Api> Of(Mode mode)
    {
        await One.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (!Started.TryGetValue(mode, out var api))
            {
                Started[mode] = api = new Api(mode);
                await api.InitializeAsync();
            }

            return api;
        }
        finally
        {
            One.Release();
        }
    }

    public static async Task StopAll()
    {
        foreach (var api in Started.Values)
            await api.DisposeAsync();
    }

    public async ValueTask InitializeAsync()
    {
        Installation = await mode.Fresh("orders");
        for (var number = 1; number <= Merchants; number++)
            keys.Add(ApiKeys.Create(Installation.Directory, $"merchant-{number}", $"merchant-{number}", Roles.Orders));
        var catalogue = ApiKeys.Create(Installation.Directory, "catalogue", "house", Roles.Catalogue);
        Host = await ApiHost.Start(Installation);
        (Catalogue, Stranger) = (new Caller(Host, "house", catalogue), new Caller(Host, "", null));
        await Catalogue.Price("tea-001", 1250);
        await Catalogue.Price("mug-001", 899);
        await Catalogue.Price("dear-001", 900_000_000_000);
        await Catalogue.Price("dollar-001", 500, "USD");
    }

    public async ValueTask DisposeAsync()
    {
        if (Host is not null)
            await Host.DisposeAsync();
        if (Installation is not null)
            await Installation.DisposeAsync();
    }
}

/// <summary>Stops what <see cref="Api.Of"/> started.</summary>
public sealed class AllModes : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await Api.StopAll();
}
