using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Http;

namespace Orders.Api.Tests;

/// <summary>An installation of its own, because switches are global: two release managers, an operator and a merchant.</summary>
public sealed class SwitchShop : IAsyncLifetime
{
    string[] keys = [];
    TimeProvider? clock;

    public Installation Installation { get; private set; } = null!;
    public ApiHost Host { get; private set; } = null!;
    public Caller Kim { get; private set; } = null!;
    public Caller Lee { get; private set; } = null!;
    public Caller Olga { get; private set; } = null!;
    public Caller Shop { get; private set; } = null!;

    public static Task<SwitchShop> Start(Mode mode, params string[] settings) => Start(mode, null, settings);

    public static async Task<SwitchShop> Start(Mode mode, TimeProvider? clock, params string[] settings)
    {
        var shop = new SwitchShop { clock = clock };
        await shop.Open(mode, settings);
        return shop;
    }

    public async ValueTask InitializeAsync() => await Open(Mode.Embedded, []);

    /// <summary>Places an order; <paramref name="more"/> are further members of its body, each with a comma after it.</summary>
    public Task<Answer> Place(string key, string more) => Shop.Place(key, Caller.Order.Replace("\"lines\"", more + "\"lines\"", StringComparison.Ordinal));

    public async Task<Answer> Placed(string key, string more = "") => (await Place(key, more)).ShouldBe(202);

    public async Task Restart(params string[] settings)
    {
        await Host.DisposeAsync();
        await Serve(settings);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Installation.DisposeAsync();
    }

    async Task Open(Mode mode, string[] settings)
    {
        Installation = await mode.Fresh("orders");
        string Key(string name, string merchant, string role) => ApiKeys.Create(Installation.Directory, name, merchant, role);
        var catalogue = Key("catalogue", "house", Roles.Catalogue);
        keys =
        [
            Key("kim", "house", Roles.Release), Key("lee", "house", Roles.Release), Key("olga", "house", Roles.Operator), Key("shop", "shop", Roles.Orders),
        ];
        await Serve(["Lanes:Use=main,grey,vip", .. settings]);
        await new Caller(Host, "house", catalogue).Price("tea-001", 1250);
    }

    void Use(WebApplicationBuilder builder)
    {
        if (clock is not null)
            builder.Services.AddSingleton(clock);
    }

    async Task Serve(string[] settings)
    {
        Host = await ApiHost.Start(Installation, true, Use, settings);
        (Kim, Lee, Olga, Shop) = (new(Host, "house", keys[0]), new(Host, "house", keys[1]), new(Host, "house", keys[2]), new(Host, "shop", keys[3]));
    }
}

/// <summary>The calls that change switches, each with a reason and, by default, with the current entity tag.</summary>
static class SwitchCalls
{
    const string Reason = """{"reason":"a test"}""";

    public static string Body(string rules) => $$"""{"rules":{{rules}},"reason":"a test"}""";

    public static async Task<Answer> Put(Caller caller, string name, string rules, string? tag = null) => await caller.Send(
        HttpMethod.Put, "/switches/" + name, Body(rules), [("If-Match", tag ?? (await caller.Get("/switches/" + name)).Header("ETag")!)]);

    public static async Task<Answer> Approve(Caller caller, string name, string? tag = null) => await caller.Post(
        $"/switches/{name}/approve", Reason, ("If-Match", tag ?? (await caller.Get("/switches/" + name)).Header("ETag")!));

    public static Task<Answer> Kill(Caller caller, string name) => caller.Post($"/switches/{name}/kill", Reason);
}
