using Microsoft.Extensions.Configuration;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Http;

/// <summary>The command <c>create-api-key</c> of the web services.</summary>
public static class ApiKeyCommand
{
    const string Usage = "create-api-key --name NAME --merchant MERCHANT --roles orders,catalogue,stock,operator,query [--data DIR]";

    /// <summary>Runs the command if the arguments name it and returns true. The key is written to standard output.</summary>
    public static bool TryRun(string[] args)
    {
        if (args.Length == 0 || args[0] != "create-api-key")
            return false;

        var settings = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args[1..]).Build();
        try
        {
            var directory = settings["ApiKeys:Directory"] ?? settings.GetDataDirectory();
            var roles = (settings["roles"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var key = ApiKeys.Create(directory, settings["name"] ?? "", settings["merchant"] ?? "", roles);
            Console.Error.WriteLine($"Stored the key's hash in {Path.Combine(directory, ApiKeys.FileName)}; running processes load it. The key (shown once):");
            Console.WriteLine(key);
        }
        catch (ArgumentException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            Console.Error.WriteLine(Usage);
            Environment.ExitCode = 2;
        }
        return true;
    }
}
