using Microsoft.Extensions.Configuration;

namespace OrderSaga.Platform;

/// <summary>
/// Enum members by their exact names. Enum.Parse and Enum.TryParse are banned: they also take numbers, lists, signs and blanks.
/// </summary>
public static class EnumNames
{
    /// <summary>The member of this name; null when there is none.</summary>
    /// <param name="word">What was given.</param>
    /// <param name="spell">How a member is spelled there; as in the code by default.</param>
    public static T? Find<T>(string? word, Func<T, string>? spell = null) where T : struct, Enum
    {
        foreach (var member in Enum.GetValues<T>())
            if (word is not null && (spell?.Invoke(member) ?? member.ToString()) == word)
                return member;
        return null;
    }

    /// <summary>As <see cref="Find"/>, for words that this system wrote itself.</summary>
    /// <exception cref="FormatException">There is no such member.</exception>
    public static T Of<T>(string word, Func<T, string>? spell = null) where T : struct, Enum =>
        Find<T>(word, spell) ?? throw new FormatException($"'{word}' is not one of {List<T>()}.");

    /// <summary>A setting that names a member, in upper or lower case.</summary>
    /// <exception cref="InvalidOperationException">There is no such member.</exception>
    public static T Setting<T>(this IConfiguration settings, string name, T otherwise) where T : struct, Enum
    {
        if (settings[name] is not { Length: > 0 } given)
            return otherwise;
        return Find<T>(given.ToUpperInvariant(), member => member.ToString().ToUpperInvariant())
            ?? throw new InvalidOperationException($"{name} '{given}' is not known: use {List<T>()}.");
    }

    /// <summary>All names, for a sentence.</summary>
    public static string List<T>() where T : struct, Enum => string.Join(", ", Enum.GetNames<T>());
}
