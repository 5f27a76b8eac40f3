using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using OrderSaga.Platform.Http;

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

/// <summary>Parses ids in paths.</summary>
static class Ids
{
    public const string Bad = "The id is invalid.";

    public static Guid Read(string id) => Guid.TryParseExact(id, "D", out var read) ? read
        : throw new Problem(400, "invalid-id", Bad, "Use the id from an answer, a UUID such as 0199f0a0-7c1e-7000-8000-000000000000.");
}
