using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace OrderSaga.Platform.Database;

/// <summary>Another service's database, read-only: the connection itself refuses writes.</summary>
public sealed class ReadOnlyContext<TDb>(DbContextOptions<TDb> options) where TDb : DbContext
{
    public async Task<T> Query<T>(Func<TDb, Task<T>> query)
    {
        await using var db = (TDb)Activator.CreateInstance(typeof(TDb), options)!;
        return await query(db);
    }
}

public static class ReadOnlyContextSetup
{
    /// <summary>
    /// Registers read access to the primary of <paramref name="name"/>: code that acts on what it reads must not read a replica.
    /// </summary>
    public static void AddReadOnlyContext<TDb>(this WebApplicationBuilder builder, string name) where TDb : DbContext
    {
        var mode = builder.Configuration.GetDatabaseMode();
        var connection = builder.Configuration.GetDatabaseConnection(name);
        var options = new DbContextOptionsBuilder<TDb>();
        options.Use(mode, ReadOnly(mode, connection), DatabaseSettings.From(builder.Configuration));
        options.UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking);
        builder.Services.AddSingleton(new ReadOnlyContext<TDb>(options.Options));
    }

    internal static string GetReadOnlyConnection(this IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name + "-reader") ?? configuration.GetDatabaseConnection(name);

    internal static string ReadOnly(DatabaseMode mode, string connection) => mode switch
    {
        DatabaseMode.Sqlite => connection + ";Mode=ReadOnly",
        DatabaseMode.PostgreSql => connection + ";Options=-c default_transaction_read_only=on -c enable_seqscan=on",
        _ => connection + ";ApplicationIntent=ReadOnly",
    };
}
