using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;

namespace Orders.Api.Tests.Keys;

/// <summary>Orders.Api with two merchants in its key file and one in its settings, what it logs about keys, and its metrics about them.</summary>
sealed class KeyShop : IAsyncDisposable
{
    /// <summary>How long a change of the key file may take, as the documents promise.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    readonly Installation installation;
    readonly LogLines log = new("ApiKeyRing", "AuthFailures");
    readonly MeterListener metrics = new();
    readonly ConcurrentDictionary<string, long> counted = new();

    KeyShop(Installation installation) => this.installation = installation;

    public ShiftedClock Clock { get; } = new();
    public ApiHost Host { get; private set; } = null!;
    public Caller First { get; private set; } = null!;
    public Caller Second { get; private set; } = null!;
    public Caller OfSettings { get; private set; } = null!;

    public string Directory => installation.Directory;
    public string File => Path.Combine(Directory, ApiKeys.FileName);

    /// <summary>Warnings and errors about keys so far.</summary>
    public IReadOnlyList<string> Log => log.Lines;

    /// <param name="prepare">Changes the directory before the start, and returns more settings.</param>
    /// <param name="more">More changes of the host.</param>
    public static async Task<KeyShop> Open(Func<KeyShop, string[]>? prepare = null, Action<KeyShop, WebApplicationBuilder>? more = null)
    {
        var shop = new KeyShop(await Mode.Embedded.Fresh("orders"));
        try
        {
            await shop.Start(prepare, more);
            return shop;
        }
        catch
        {
            await shop.DisposeAsync();
            throw;
        }
    }

    async Task Start(Func<KeyShop, string[]>? prepare, Action<KeyShop, WebApplicationBuilder>? more)
    {
        Count();
        var first = ApiKeys.Create(Directory, "first", "first", Roles.Orders, Roles.Catalogue);
        var second = ApiKeys.Create(Directory, "second", "second", Roles.Orders);
        var settings = prepare?.Invoke(this) ?? [];
        Host = await ApiHost.Start(installation, false, builder =>
        {
            builder.Logging.AddProvider(log);
            builder.Services.AddSingleton<TimeProvider>(Clock);
            more?.Invoke(this, builder);
        }, [.. TestKeys.Define("third", "third", "os_third", Roles.Orders), .. settings]);
        (First, Second) = (new Caller(Host, "first", first), new Caller(Host, "second", second));
        OfSettings = new Caller(Host, "third", "os_third");
    }

    /// <summary>The text of the key file after <paramref name="change"/> of its keys.</summary>
    public string Edited(Action<JsonObject> change)
    {
        var root = JsonNode.Parse(System.IO.File.ReadAllText(File))!;
        change(root["ApiKeys"]!["Keys"]!.AsObject());
        return root.ToJsonString();
    }

    /// <summary>A key as the file defines it.</summary>
    public JsonNode Definition(string name)
    {
        JsonNode? found = null;
        Edited(keys => found = keys[name]!.DeepClone());
        return found!;
    }

    public void Write(string text) => System.IO.File.WriteAllText(File, text);

    public static Task Becomes(Caller caller, params int[] status) => Eventually.Becomes(
        $"{caller.Merchant} gets {string.Join(" or ", status)}", () => StatusOf(caller), found => status.Contains(found), Limit);

    /// <summary>0 for a request that was in progress when its key was revoked: it is cut.</summary>
    static async Task<int> StatusOf(Caller caller)
    {
        try
        {
            return (await caller.Get("/orders")).Status;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    /// <summary>The state of the keys in /health/ready.</summary>
    public async Task<string> Health() => (string)(await First.Get("/health/ready")).ShouldBe(200).Json["checks"]!["keys"]!;

    /// <summary>The sum of a counter over all hosts of this process, of one reason if given.</summary>
    public long Counted(string metric, string reason = "") => counted.GetValueOrDefault($"{metric} {reason}");

    public async ValueTask DisposeAsync()
    {
        metrics.Dispose();
        if (Host is not null)
            await Host.DisposeAsync();
        await installation.DisposeAsync();
    }

    void Count()
    {
        metrics.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == Instruments.Name && instrument.Name is "ordersaga.keys.errors" or "ordersaga.auth.failures")
                self.EnableMeasurementEvents(instrument);
        };
        metrics.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            counted.AddOrUpdate($"{instrument.Name} {(tags.Length > 0 ? tags[0].Value : "")}", value, (_, sum) => sum + value));
        metrics.Start();
    }
}

/// <summary>A clock that the test sets forward; timers run in real time.</summary>
sealed class ShiftedClock : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
