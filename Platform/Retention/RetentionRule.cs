using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Retention;

/// <summary>Retention period of one table.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="Time">The column with the age of a row; first column of an index. Rows with NULL are kept.</param>
/// <param name="Days">How long rows are kept, days; 0: permanently.</param>
/// <param name="Only">SQL condition on the rows that may be deleted; may use @before, the end of the retention period. Null: all
/// rows.</param>
public sealed record RetentionRule<TDb>(string Table, string Time, int Days, string? Only = null) where TDb : DbContext;

public static class RetentionSetup
{
    /// <summary>Adds a growing table and how long its rows are kept.</summary>
    public static void AddRetention<TDb>(this WebApplicationBuilder builder, RetentionRule<TDb> rule) where TDb : DbContext =>
        builder.Services.AddSingleton(rule);

    /// <summary>Adds the platform's own tables and the job. The audit is kept: it documents each order's history.</summary>
    internal static void AddPlatformRetention<TDb>(this WebApplicationBuilder builder) where TDb : DbContext
    {
        builder.Services.AddSingleton(services =>
            new RetentionRule<TDb>("inbox", "received_at", services.GetRequiredService<Limits>().InboxRetentionDays));
        builder.Services.AddSingleton(services =>
            new RetentionRule<TDb>("failed_messages", "replayed_at", services.GetRequiredService<RetentionSettings>().ReplayedMessageRetentionDays));
        builder.Services.AddSingleton(services => new RetentionRule<TDb>(
            "failed_messages", "failed_at", services.GetRequiredService<RetentionSettings>().FailedMessageRetentionDays, "replayed_at IS NULL"));
        builder.Services.AddSingleton<RetentionJob<TDb>>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RetentionJob<TDb>>());
    }
}
