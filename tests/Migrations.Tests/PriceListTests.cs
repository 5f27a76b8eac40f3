using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Configuration;
using Orders.Model;
using OrderSaga.Platform.Database;
using Shouldly;
using Testing;
using Xunit;

namespace Migrations.Tests;

/// <summary>The migration that numbers the changes of prices.</summary>
public sealed class PriceListTests
{
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Prices_that_exist_are_numbered(Mode mode)
    {
        await using var installation = await mode.Fresh("orders");
        var settings = new ConfigurationBuilder().AddInMemoryCollection(installation.Settings()).Build();
        await using var db = Schema.Context(settings.GetDatabaseMode(), "orders", settings.GetDatabaseConnection("orders"));
        await db.GetService<IMigrator>().MigrateAsync("Initial");
        foreach (var sku in new[] { "tea", "mug", "pot" })
            await db.Database.ExecuteSqlAsync(
                $"INSERT INTO products (sku, name, unit_price, currency, updated_at, version) VALUES ({sku}, {sku}, 1, 'EUR', {DateTime.UnixEpoch}, 1)");

        await db.Database.MigrateAsync();

        (await db.Set<Product>().Select(product => product.Changed).ToListAsync()).ShouldBe([1, 2, 3], ignoreOrder: true);
        (await db.Set<PriceList>().SingleAsync()).Version.ShouldBe(3);
    }
}
