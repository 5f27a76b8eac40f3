using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Http;

/// <summary>The commands for API keys of the web services.</summary>
public static class ApiKeyCommand
{
    const string Usage = """
        create-api-key --name NAME --merchant MERCHANT --roles orders,catalogue,stock,operator,release,query [--expires TIME] [--data DIR]
        rotate-api-key --name NAME [--expires TIME] [--data DIR]
        revoke-api-key --name NAME [--data DIR]
        list-api-keys [--data DIR]
        TIME is UTC, for example 2027-01-31T00:00:00Z. DIR has the file api-keys.json; default: ApiKeys:Directory, or Data.
        """;

    /// <summary>Exit code: nothing was changed.</summary>
    const int Refused = 2;

    static readonly string[] Options = ["name", "merchant", "roles", "expires", "data"];

    /// <summary>
    /// Runs the command if the arguments name it and returns true. A new key is written to standard output, after it was stored.
    /// </summary>
    public static bool TryRun(string[] args)
    {
        if (args is not [("create-api-key" or "rotate-api-key" or "revoke-api-key" or "list-api-keys") and var command, .. var options])
            return false;
        try
        {
            Run(command, Parse(options));
        }
        catch (ArgumentException wrong)
        {
            Console.Error.WriteLine(wrong.Message + Environment.NewLine + Usage);
            Environment.ExitCode = Refused;
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException or JsonException)
        {
            Console.Error.WriteLine(failure.Message);
            Environment.ExitCode = Refused;
        }
        return true;
    }

    static void Run(string command, Dictionary<string, string> options)
    {
        var settings = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        var directory = options.GetValueOrDefault("data") ?? settings["ApiKeys:Directory"] ?? settings.GetDataDirectory();
        var (name, expires) = (options.GetValueOrDefault("name", ""), Time(options.GetValueOrDefault("expires")));
        switch (command)
        {
            case "create-api-key":
                var roles = options.GetValueOrDefault("roles", "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                Print(directory, ApiKeys.Create(directory, name, options.GetValueOrDefault("merchant", ""), roles, expires));
                break;
            case "rotate-api-key":
                Print(directory, ApiKeys.Rotate(directory, name, expires));
                break;
            case "revoke-api-key":
                ApiKeys.Revoke(directory, name);
                Console.Error.WriteLine($"Revoked {name} in {Path.Combine(directory, ApiKeys.FileName)}: running processes refuse it within seconds.");
                break;
            default:
                List(directory);
                break;
        }
    }

    static void Print(string directory, string key)
    {
        Console.Error.WriteLine($"Stored the key's hash in {Path.Combine(directory, ApiKeys.FileName)}; running processes load it. The key (shown once):");
        Console.WriteLine(key);
    }

    /// <summary>The keys of the file as a service would read them.</summary>
    static void List(string directory)
    {
        var found = ApiKeySet.Empty.Next(new ApiKeyFile(directory), new ApiKeySettings([], null));
        WriteRow("NAME", "MERCHANT", "CREATED", "EXPIRES", "STATE", "ROLES");
        foreach (var key in found.Keys)
            WriteRow(key.Name, key.Entry.Merchant!, $"{key.Entry.CreatedAt:u}", $"{key.Entry.ExpiresAt:u}",
                key.IsExpired(TimeProvider.System.GetUtcNow()) ? "expired" : "in force", string.Join(',', key.Entry.Roles!));
        foreach (var problem in found.Problems)
            Console.Error.WriteLine(problem);
        if (found.Problems.Count > 0)
            Environment.ExitCode = Refused;
    }

    static void WriteRow(string name, string merchant, string created, string expires, string state, string roles) =>
        Console.WriteLine($"{name,-20} {merchant,-20} {created,-21} {expires,-21} {state,-8} {roles}");

    /// <summary>Accepts <c>--name value</c> and <c>--name=value</c>. A misspelt option must not leave a key without its expiry.</summary>
    static Dictionary<string, string> Parse(string[] args)
    {
        var options = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < args.Length; i++)
        {
            var parts = args[i].Split('=', 2);
            var value = parts is [_, var given] ? given : args.ElementAtOrDefault(++i);
            if (value is null || !parts[0].StartsWith("--", StringComparison.Ordinal) || !Options.Contains(parts[0][2..], StringComparer.OrdinalIgnoreCase))
                throw new ArgumentException($"The option '{parts[0]}' is unknown or has no value.");
            options[parts[0][2..]] = value;
        }
        return options;
    }

    static DateTimeOffset? Time(string? text) => text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time
        : throw new ArgumentException($"'{text}' is not a time.");
}
