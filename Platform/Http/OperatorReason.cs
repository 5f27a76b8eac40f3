using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace OrderSaga.Platform.Http;

/// <summary>The body of an operator's action.</summary>
/// <param name="Reason">The reason; stored in the audit.</param>
public sealed record OperatorReason(string? Reason)
{
    /// <summary>Maximum length of a reason.</summary>
    public const int MaxLength = 300;

    /// <summary>The reason, if it is valid.</summary>
    /// <exception cref="Problem">400: missing, too long or not printable.</exception>
    public static string Check(string? reason) =>
        reason is { Length: > 0 and <= MaxLength } && !string.IsNullOrWhiteSpace(reason) && !reason.Any(IsInvisible)
        ? reason
        : throw Problem.At(ProblemTypes.InvalidReason, "/reason", $"Give a reason for the audit: 1 to {MaxLength} printable characters.");

    /// <summary>A control character, or one that hides or reorders the text of an audit row.</summary>
    static bool IsInvisible(char one) => char.IsControl(one)
        || char.GetUnicodeCategory(one) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>Name of the operator's key.</summary>
    public static string By(HttpContext http) => http.User.Identity!.Name!;
}
