using System.Net.Http.Headers;
using System.Net.Http.Json;
using Installed;

namespace OrderSaga.Bench;

/// <summary>Products and stock, set up over HTTP as an operator would.</summary>
static class Catalogue
{
    const int AtOnce = 32;

    /// <summary>Creates <paramref name="count"/> skus with stock.</summary>
    public static async Task<IReadOnlyList<string>> Stock(Running system, string prefix, int count, int pieces)
    {
        var skus = Enumerable.Range(0, count).Select(number => $"{prefix}-{number:0000}").ToList();
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", system.ApiKey);
        await Parallel.ForEachAsync(skus, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (sku, cancel) =>
        {
            using var product = await http.PutAsJsonAsync(
                new Uri(system.Url("Orders.Api"), $"products/{sku}"), new { name = sku, unitPrice = 1250, currency = "EUR" }, cancel);
            product.EnsureSuccessStatusCode();
            if (pieces == 0)
                return;
            using var receipt = await http.PostAsJsonAsync(
                new Uri(system.Url("Inventory.Worker"), $"stock/{sku}/receipts"), new { receiptId = "r-" + sku, quantity = pieces }, cancel);
            receipt.EnsureSuccessStatusCode();
        });
        return skus;
    }
}
