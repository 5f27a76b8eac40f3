using OrderSaga.Platform.Http;

namespace Orders.Api.Tests.Keys;

/// <summary>A key stops working within ten seconds, whatever the state of the key file.</summary>
public sealed class RevocationTests
{
    [Fact]
    public async Task Revoking_ends_the_streams_and_waits_of_the_key()
    {
        await using var shop = await KeyShop.Open();
        await shop.First.Price("tea-001", 1);
        using var stream = await shop.First.Open($"/orders/{await shop.First.Placed()}/events");
        var othersOrder = await shop.Second.Placed();
        using var othersStream = await shop.Second.Open($"/orders/{othersOrder}/events");
        var waiting = shop.First.Place("waits", Caller.Order, ("Prefer", "wait=30"));
        await Eventually.Holds("the order is there", async () => (await shop.First.Get("/orders")).Json["items"]!.AsArray().Count == 2);

        ApiKeys.Revoke(shop.Directory, "first");

        await Should.ThrowAsync<HttpRequestException>(() => waiting.WaitAsync(KeyShop.Limit));
        await Should.ThrowAsync<IOException>(() => stream.ReadToEndAsync().WaitAsync(KeyShop.Limit));
        (await shop.First.Get("/orders")).ShouldBeProblem(401, "unauthorized");
        await shop.Host.Drive(othersOrder, OrderStates.Cancelled, "CancelOrder");
        (await othersStream.ReadToEndAsync().WaitAsync(KeyShop.Limit)).ShouldContain("Cancelled", customMessage: "another key's stream goes on");
    }

    [Theory]
    [InlineData("last brace missing")]
    [InlineData("comma missing")]
    [InlineData("empty")]
    [InlineData("half written")]
    [InlineData("line feed in another hash")]
    public async Task A_key_removed_from_a_broken_file_is_refused(string state)
    {
        await using var shop = await KeyShop.Open();
        (await shop.First.Get("/orders")).ShouldBe(200);
        var text = shop.Edited(keys =>
        {
            keys.Remove("first");
            if (state == "line feed in another hash")
                keys["second"]!["Sha256"] += "\n";
        });
        shop.Write(state switch
        {
            "last brace missing" => text[..text.LastIndexOf('}')],
            "comma missing" => text.Remove(text.IndexOf(',', StringComparison.Ordinal), 1),
            "empty" => "",
            "half written" => text[..(text.Length / 2)],
            _ => text,
        });

        await KeyShop.Becomes(shop.First, 401, 503);

        (await shop.Health()).ShouldBe("stale");
        shop.Log.ShouldContain(line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains(shop.File, StringComparison.Ordinal));
        shop.Counted("ordersaga.keys.errors").ShouldBePositive();
    }

    [Fact]
    public async Task A_broken_file_suspends_its_keys_until_repaired()
    {
        await using var shop = await KeyShop.Open();
        var text = shop.Edited(_ => { });
        shop.Write(text[..^10]);
        await KeyShop.Becomes(shop.Second, 503);
        (await shop.Second.Get("/orders")).ShouldBeProblem(503, "keys-unavailable").Header("Retry-After").ShouldBe("10");
        (await new Caller(shop.Host, "", "os_never").Get("/orders")).ShouldBeProblem(401, "unauthorized");
        (await shop.OfSettings.Get("/orders")).ShouldBe(200);

        shop.Write(text);
        await KeyShop.Becomes(shop.Second, 200);
        (await shop.Health()).ShouldBe("ready");
    }

    [Fact]
    public async Task A_missing_file_suspends_its_keys()
    {
        await using var shop = await KeyShop.Open();
        File.Delete(shop.File);
        await KeyShop.Becomes(shop.First, 503);
        (await shop.Health()).ShouldBe("stale");
    }

    [Fact]
    public async Task One_invalid_key_is_refused_alone()
    {
        await using var shop = await KeyShop.Open();
        shop.Write(shop.Edited(keys => keys["first"]!["ExpiresSoon"] = true));
        await KeyShop.Becomes(shop.First, 401);
        (await shop.Second.Get("/orders")).ShouldBe(200);
        (await shop.Health()).ShouldBe("stale");
        shop.Log.ShouldContain(line => line.Contains("the key 'first' is refused", StringComparison.Ordinal));
    }

    /// <summary>As secrets are mounted: a link to a file in a directory that is a link, and is replaced.</summary>
    [Fact]
    public async Task A_key_revoked_behind_links_is_refused()
    {
        var mount = "";
        await using var shop = await KeyShop.Open(shop =>
        {
            mount = Path.Combine(shop.Directory, "mount");
            Publish(mount, "1", File.ReadAllText(shop.File));
            File.CreateSymbolicLink(Path.Combine(mount, ApiKeys.FileName), Path.Combine("..data", ApiKeys.FileName));
            return ["--ApiKeys:Directory=" + mount];
        });
        (await shop.First.Get("/orders")).ShouldBe(200);

        Publish(mount, "2", shop.Edited(keys => keys.Remove("first")));
        await KeyShop.Becomes(shop.First, 401);

        ApiKeys.Revoke(mount, "second");
        await KeyShop.Becomes(shop.Second, 401);
        new FileInfo(Path.Combine(mount, ApiKeys.FileName)).LinkTarget.ShouldNotBeNull("the command changes the file behind the link");
        (await shop.Health()).ShouldBe("ready");
    }

    static void Publish(string mount, string version, string text)
    {
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(mount, version)).FullName, ApiKeys.FileName), text);
        File.Delete(Path.Combine(mount, "..data"));
        File.CreateSymbolicLink(Path.Combine(mount, "..data"), version);
    }
}
