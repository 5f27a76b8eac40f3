using System.ComponentModel;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Platform.Http;

namespace Orders.Api;

/// <summary>The entries of the price list that changed after a version, in the order of their changes.</summary>
/// <param name="Version">
/// The version of the list, at which the copy is after a page without more. If it is less than the caller's, the database was restored: read
/// from the start.
/// </param>
/// <param name="Items">Each entry once, as it is now.</param>
/// <param name="More">Further entries follow: read on after the version of the last item. Only a page without more completes a copy.</param>
public sealed record PriceChanges(long Version, IReadOnlyList<PriceChange> Items, bool More);

/// <summary>An entry of the price list and the version of its last change.</summary>
/// <param name="Sku">The stock keeping unit.</param>
/// <param name="Name">Name shown to customers.</param>
/// <param name="UnitPrice">Minor units.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Version">Every change has a higher version than all changes that were committed before it.</param>
public sealed record PriceChange(string Sku, string Name, long UnitPrice, string Currency, long Version);

/// <summary>For copies of the price list. Not under /products, where it would hide a sku called "changes".</summary>
static class PriceChangesEndpoint
{
    const int MaxItems = 1000;

    public static void MapPriceChanges(this IEndpointRouteBuilder app) => app.MapGet("/price-list/changes", Get)
        .WithName("ListPriceChanges").WithTags("Products").WithSummary("What changed in the price list after a version, for a copy of it")
        .RequireRole(Roles.Query, Roles.Operator).LimitRate()
        .Produces<PriceChanges>()
        .ResponseExample(200, new PriceChanges(17, [new PriceChange("tea-001", "Green tea, 100 g", 1250, "EUR", 17)], More: false));

    /// <summary>The version is read before the entries, so these have every change up to it.</summary>
    static async Task<PriceChanges> Get(
        [Description("The version of the caller's copy; 0, the default, lists all entries.")] string? after, OrdersDb db, CancellationToken cancel)
    {
        var from = Number(after);
        var version = await db.PriceLists.AsNoTracking().Select(list => list.Version).SingleOrDefaultAsync(cancel);
        var items = await db.Products.AsNoTracking().Where(product => product.Changed > from).OrderBy(product => product.Changed).Take(MaxItems + 1)
            .Select(product => new PriceChange(product.Sku, product.Name, product.UnitPrice, product.Currency, product.Changed)).ToListAsync(cancel);
        // A change that was committed between the two statements is among the entries.
        return items.Count > MaxItems
            ? new PriceChanges(version, items[..MaxItems], More: true)
            : new PriceChanges(items.Count > 0 ? Math.Max(version, items[^1].Version) : version, items, More: false);
    }

    static long Number(string? after) => after is null ? 0
        : long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version
        : throw Query.Invalid(nameof(after), "Use a version of the price list, a whole number from 0.");
}
