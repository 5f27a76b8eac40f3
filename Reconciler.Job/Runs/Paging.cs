using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;

namespace Reconciler.Job;

/// <summary>Query parameters of a list.</summary>
sealed class Paging
{
    [FromQuery(Name = "cursor"), Description("nextCursor of the previous page.")]
    public string? Cursor { get; init; }

    [FromQuery(Name = "limit"), Description("Rows per page: 1 to 100, default 50.")]
    public string? Limit { get; init; }
}

/// <summary>The last row of a page of rows sorted by time, then id.</summary>
sealed record Place(DateTime At, Guid Id)
{
    public override string ToString() => $"{At.Ticks.ToString(CultureInfo.InvariantCulture)}|{Id}";

    public static Place? Read(string text) =>
        text.Split('|') is [var ticks, var id] && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        && at <= DateTime.MaxValue.Ticks && Guid.TryParseExact(id, "D", out var row)
            ? new Place(new DateTime(at, DateTimeKind.Utc), row)
            : null;
}
