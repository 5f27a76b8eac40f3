using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Http;

namespace Orders.Api.Tests.Keys;

/// <summary>Where keys come from, and until when they count.</summary>
public sealed class KeySourceTests
{
    [Fact]
    public async Task An_expired_key_is_refused_and_its_stream_ends()
    {
        await using var shop = await KeyShop.Open();
        await shop.First.Price("tea-001", 1);
        var expires = shop.Clock.GetUtcNow().AddHours(1);
        var caller = new Caller(shop.Host, "guest", ApiKeys.Create(shop.Directory, "guest", "guest", [Roles.Orders], expires));
        await KeyShop.Becomes(caller, 200);
        using var stream = await caller.Open($"/orders/{await caller.Placed()}/events");

        shop.Clock.Shift = TimeSpan.FromMinutes(61);

        (await caller.Get("/orders")).ShouldBeProblem(401, "unauthorized").Text.ShouldContain($"'guest' expired at {expires:u}");
        await Should.ThrowAsync<IOException>(() => stream.ReadToEndAsync().WaitAsync(KeyShop.Limit));
        shop.Counted("ordersaga.auth.failures", "expired key").ShouldBePositive();
        (await shop.First.Get("/orders")).ShouldBe(200);
    }

    [Theory]
    [InlineData("--ApiKeys:Keys:second:Roles:1=operator")]
    [InlineData("--ApiKeys:Keys:SECOND:Roles:1=operator")]
    public async Task A_key_in_file_and_settings_stops_the_start(string setting) =>
        (await Should.ThrowAsync<InvalidOperationException>(() => KeyShop.Open(_ => [setting])))
            .Message.ShouldContain("the key 'second' is refused. Define it in one source only");

    [Fact]
    public async Task A_key_in_two_settings_sources_stops_the_start()
    {
        var inMemory = new Dictionary<string, string?> { ["ApiKeys:Keys:third:Roles:1"] = Roles.Operator };
        (await Should.ThrowAsync<InvalidOperationException>(() => KeyShop.Open(more: (_, builder) => builder.Configuration.AddInMemoryCollection(inMemory))))
            .Message.ShouldContain("the key 'third' is refused. Define it in one source only");
    }

    [Fact]
    public async Task A_key_that_a_second_source_defines_is_refused()
    {
        await using var shop = await KeyShop.Open();
        (await shop.OfSettings.Get("/orders")).ShouldBe(200);
        ApiKeys.Create(shop.Directory, "third", "third", Roles.Operator);
        await KeyShop.Becomes(shop.OfSettings, 401);
        (await shop.Health()).ShouldBe("stale");
        (await shop.First.Get("/orders")).ShouldBe(200);
    }

    [Fact]
    public async Task A_misspelt_field_of_a_key_stops_the_start() =>
        (await Should.ThrowAsync<InvalidOperationException>(() => KeyShop.Open(_ => ["--ApiKeys:Keys:third:ExpireAt=2026-01-31"])))
            .Message.ShouldContain("It has an unknown field: ExpireAt.");

    [Fact]
    public async Task The_key_file_sets_nothing_but_keys()
    {
        await using var shop = await KeyShop.Open(shop =>
        {
            shop.Write(shop.Edited(_ => { }).Insert(1, """ "Orders": { "MaxOrdersInProgress": "nonsense" }, """));
            return [];
        });
        (await shop.First.Get("/orders")).ShouldBe(200);
        shop.Host.Services.GetRequiredService<IConfiguration>()["Orders:MaxOrdersInProgress"].ShouldBeNull();
        ApiKeys.Rotate(shop.Directory, "second");
        File.ReadAllText(shop.File).ShouldContain("nonsense", customMessage: "the commands keep what is not theirs");
    }

    [Fact]
    public async Task A_broken_settings_file_has_no_keys()
    {
        await using var shop = await KeyShop.Open(shop =>
        {
            File.WriteAllText(SettingsOf(shop), new JsonObject
            {
                ["ApiKeys"] = new JsonObject { ["Keys"] = new JsonObject { ["fourth"] = shop.Definition("first") } },
            }.ToJsonString());
            shop.Write(shop.Edited(keys => keys.Remove("first")));
            return [];
        }, (shop, builder) => builder.Configuration.AddJsonFile(SettingsOf(shop), optional: false, reloadOnChange: true));
        (await shop.First.Get("/orders")).ShouldBe(200);

        await File.WriteAllTextAsync(SettingsOf(shop), "{");

        await KeyShop.Becomes(shop.First, 401);
        shop.Log.ShouldContain(line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains(SettingsOf(shop), StringComparison.Ordinal));
        (await shop.Health()).ShouldBe("stale");
        (await shop.Second.Get("/orders")).ShouldBe(200);
    }

    static string SettingsOf(KeyShop shop) => Path.Combine(shop.Directory, "settings.json");
}
