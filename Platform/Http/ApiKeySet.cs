namespace OrderSaga.Platform.Http;

/// <summary>What the key file and the settings define at one moment.</summary>
/// <param name="Keys">The keys in force, until they expire.</param>
/// <param name="Suspended">The last keys of a file that cannot be read now.</param>
/// <param name="Problems">What is wrong with the sources, a sentence each.</param>
sealed record ApiKeySet(IReadOnlyList<ApiKey> Keys, IReadOnlyList<ApiKey> Suspended, IReadOnlyList<string> Problems)
{
    public static readonly ApiKeySet Empty = new([], [], []);

    /// <summary>See <see cref="ApiKey.Identity"/>.</summary>
    public IReadOnlySet<string> Identities { get; } = Keys.Select(key => key.Identity).ToHashSet();

    /// <summary>What was read: the file's text, null without one, and the settings.</summary>
    (string? Text, ApiKeySettings? Settings) Read { get; init; }

    /// <summary>
    /// Reads the file again. An invalid definition is a problem and no key, and so is a name that two sources define. If only the rates of a key
    /// are invalid, it keeps its former ones.
    /// </summary>
    /// <param name="file">It may be missing if this set has no key of it.</param>
    /// <param name="settings">The definitions in the settings.</param>
    /// <returns>This set if nothing changed.</returns>
    public ApiKeySet Next(ApiKeyFile file, ApiKeySettings settings)
    {
        var known = Keys.Concat(Suspended).Where(key => key.Source == file.Path).ToList();
        List<string> problems = settings.Failure is { } failure ? [failure] : [];
        string? text = null;
        try
        {
            text = file.ReadText();
            return text == Read.Text && settings == Read.Settings ? this : Of([.. settings.Definitions, .. file.Definitions(text)], []);
        }
        catch (InvalidDataException missing) when (known.Count == 0 && missing.InnerException is FileNotFoundException or DirectoryNotFoundException)
        {
            return Of(settings.Definitions, []);
        }
        catch (Exception unreadable)
        {
            problems.Add($"{unreadable.Message} Its {known.Count} keys are refused until it can be read.");
            return Of(settings.Definitions, known);
        }

        ApiKeySet Of(IEnumerable<ApiKeyDefinition> definitions, IReadOnlyList<ApiKey> suspended) =>
            new(ValidKeys(definitions, problems), suspended, problems) { Read = (text, settings) };
    }

    List<ApiKey> ValidKeys(IEnumerable<ApiKeyDefinition> definitions, List<string> problems)
    {
        var keys = new List<ApiKey>();
        foreach (var one in definitions.GroupBy(definition => definition.Name))
        {
            try
            {
                keys.Add(Single([.. one]));
            }
            catch (InvalidRatesException wrong) when (FormerKey(one.First()) is { } former)
            {
                problems.Add($"{former.Source}: the rates of the key '{one.Key}' are invalid, so its former rates stay. {wrong.Message}");
                keys.Add(former);
            }
            catch (Exception wrong)
            {
                problems.Add($"{string.Join(" and ", one.Select(definition => definition.Source))}: the key '{one.Key}' is refused. {wrong.Message}");
            }
        }

        return keys;
    }

    /// <summary>The key as this set has it, if the definition is the same but for its rates.</summary>
    ApiKey? FormerKey(ApiKeyDefinition definition)
    {
        var identity = new ApiKey(definition.Name, definition.Source, definition.Entry() with { Rates = null }).Identity;
        return Keys.Concat(Suspended).FirstOrDefault(key => key.Source == definition.Source && key.Identity == identity);
    }

    static ApiKey Single(ApiKeyDefinition[] definitions) => definitions is [var only]
        ? new ApiKey(only.Name, only.Source, only.Entry())
        : throw new ArgumentException("Define it in one source only: definitions of several sources mix.");
}
