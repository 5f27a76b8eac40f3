using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Retention;

/// <summary>The rows of one table that are deleted once they are old enough.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="Time">The column that holds the age of a row; the first column of an index. Rows without a time are kept.</param>
/// <param name="Days">How long rows are kept, days; 0: permanently.</param>
/// <param name="Only">SQL condition on the rows that may be deleted; it may use @before, the end of the retention period. None: all of them.</param>
public sealed record RetentionRule<TDb>(string Table, string Time, int Days, string? Only = null) where TDb : ServiceDb;

public static class RetentionSetup
{
    /// <summary>Lists a table that only grows, with the time for which its rows are kept.</summary>
    public static void AddRetention<TDb>(this WebApplicationBuilder builder, RetentionRule<TDb> rule) where TDb : ServiceDb =>
        builder.Services.AddSingleton(rule);

    /// <summary>The platform's own tables, and the job that deletes. The audit is kept: it proves what became of each order.</summary>
    internal static void AddPlatformRetention<TDb>(this WebApplicationBuilder builder) where TDb : ServiceDb
    {
        builder.Services.AddSingleton(services =>
            new RetentionRule<TDb>("inbox", "received_at", services.GetRequiredService<Limits>().InboxDays));
        builder.Services.AddSingleton(services =>
            new RetentionRule<TDb>("failed_messages", "replayed_at", services.GetRequiredService<RetentionSettings>().ReplayedMessageDays));
        builder.Services.AddSingleton<RetentionJob<TDb>>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RetentionJob<TDb>>());
    }
}
