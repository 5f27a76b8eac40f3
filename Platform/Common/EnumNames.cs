using Microsoft.Extensions.Configuration;

namespace OrderSaga.Platform.Common;

/// <summary>
/// Parses enum members by exact name. Enum.Parse and Enum.TryParse are banned: they also accept numbers, lists, signs and blanks.
/// </summary>
public static class EnumNames
{
    /// <summary>Returns the member with this name, or null.</summary>
    /// <param name="word">The name to look up.</param>
    /// <param name="spell">Converts a member to its external name; default: its name in the code.</param>
    public static T? Find<T>(string? word, Func<T, string>? spell = null) where T : struct, Enum
    {
        foreach (var member in Enum.GetValues<T>())
            if (word is not null && (spell?.Invoke(member) ?? member.ToString()) == word)
                return member;
        return null;
    }

    /// <summary>As <see cref="Find"/>, for names written by this system.</summary>
    /// <exception cref="FormatException">No such member exists.</exception>
    public static T Parse<T>(string word, Func<T, string>? spell = null) where T : struct, Enum =>
        Find<T>(word, spell) ?? throw new FormatException($"'{word}' is not one of {List<T>()}.");

    /// <summary>Reads a setting that names a member, in any case.</summary>
    /// <exception cref="InvalidOperationException">No such member exists.</exception>
    public static T GetEnum<T>(this IConfiguration settings, string name, T otherwise) where T : struct, Enum
    {
        if (settings[name] is not { Length: > 0 } given)
            return otherwise;
        return Find<T>(given.ToUpperInvariant(), member => member.ToString().ToUpperInvariant())
            ?? throw new InvalidOperationException($"{name} '{given}' is unknown: use {List<T>()}.");
    }

    /// <summary>All names, separated by commas, for a message.</summary>
    public static string List<T>() where T : struct, Enum => string.Join(", ", Enum.GetNames<T>());
}
