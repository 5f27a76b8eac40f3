using System.Text.RegularExpressions;

namespace EndToEnd.Tests;

/// <summary>Anybody on the network sends nonsense as fast as possible: the log stays small and true, and others are served.</summary>
public sealed partial class LogFloodTests
{
    const int Requests = 6000;
    const int MaxLogBytes = 100_000;

    const string Forged = "/x%0A04:59:59.999%20ERR%20OrderSaga.Payments:%20FORGED%0A";
    const string Escape = "/x%1B%5B2J%1B%5B31m%C2%9B";

    [Fact]
    public async Task A_flood_of_nonsense_leaves_a_small_and_true_log()
    {
        await using var system = await Running.Start(Mode.Embedded);
        using var shop = new Shop(system, system.ApiKey);
        var sku = await shop.NewSku(10);
        var log = new FileInfo(Path.Combine(system.Directory, "OrderSaga.Host.log"));
        var before = log.Length;

        var flood = Flood(system.Url("Orders.Api"));
        (await shop.PlaceAndEnd(sku, 1, "tok_ok")).Status.ShouldBe("Completed");
        await flood;

        log.Refresh();
        (log.Length - before).ShouldBeInRange(1000, MaxLogBytes);
        var lines = await File.ReadAllLinesAsync(log.FullName, TestContext.Current.CancellationToken);
        lines.ShouldContain(line => line.Contains("FORGED", StringComparison.Ordinal), "the request itself is logged");
        lines.ShouldAllBe(line => !line.StartsWith("04:59:59.999", StringComparison.Ordinal));
        lines.ShouldAllBe(line => !Control().IsMatch(line));
        lines.ShouldContain(line => line.Contains("more were not logged", StringComparison.Ordinal));
    }

    static async Task Flood(Uri url)
    {
        var forms = Forms().ToList();
        using var http = new HttpClient { BaseAddress = url };
        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, cancel) =>
        {
            using var request = forms[number % forms.Count]();
            using var answer = await http.SendAsync(request, cancel);
            ((int)answer.StatusCode).ShouldBeLessThan(500);
        });
    }

    /// <summary>No key, a wrong key, unknown paths and methods, a webhook without a signature, a customer's page that does not exist.</summary>
    static IEnumerable<Func<HttpRequestMessage>> Forms()
    {
        foreach (var method in (string[])["POST", "DELETE", "OPTIONS", "HEAD", "FORGED"])
            foreach (var path in (string[])[Forged, Escape, "/" + new string('A', 7000), "/orders", "/health/ready", "/webhooks/gateway", "/sandbox/pay/x/pay"])
                yield return () => new HttpRequestMessage(new HttpMethod(method), path);
        yield return () => new HttpRequestMessage(HttpMethod.Post, "/orders") { Headers = { { "Authorization", "Bearer os_wrong" } } };
        yield return () => new HttpRequestMessage(HttpMethod.Put, "/products/x") { Headers = { { "X-Api-Key", "os_wrong" } } };
    }

    [GeneratedRegex(@"[\p{Cc}\u2028\u2029]")]
    private static partial Regex Control();
}
