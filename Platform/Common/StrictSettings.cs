using Microsoft.Extensions.Configuration;

namespace OrderSaga.Platform.Common;

public static class StrictSettings
{
    /// <summary>Binds the section to its class. A misspelt name stops the start; otherwise it would have no effect.</summary>
    /// <param name="section">The section.</param>
    /// <param name="others">Names in the section that are read elsewhere.</param>
    /// <exception cref="InvalidOperationException">The section has a name that is no setting, or a value of the wrong type.</exception>
    public static T GetStrict<T>(this IConfigurationSection section, params string[] others) where T : new()
    {
        string[] known =
        [
            .. typeof(T).GetProperties().Where(property => property.CanWrite || IsFilled(property.PropertyType)).Select(property => property.Name), .. others,
        ];
        if (section.GetChildren().FirstOrDefault(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw new InvalidOperationException(
                $"{unknown.Path} is not a setting. {section.Path} has: {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
        return section.Get<T>() ?? new T();
    }

    /// <summary>The binder fills a nested class, a list or a dictionary that has no setter.</summary>
    static bool IsFilled(Type type) => !type.IsValueType && type != typeof(string) && !type.Name.StartsWith("IReadOnly", StringComparison.Ordinal);
}
