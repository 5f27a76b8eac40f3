namespace OrderSaga.Bench;

/// <summary>Runs scenarios and prints the table.</summary>
static class Command
{
    public static async Task<int> Run(string[] args)
    {
        Options options;
        try
        {
            options = Options.Parse(args);
        }
        catch (ArgumentException wrong)
        {
            await Console.Error.WriteLineAsync($"{wrong.Message}\n\n{Options.Usage}");
            return 2;
        }

        using var stop = Leftovers.CleanUpOnStop();
        var results = new List<Result>();
        foreach (var scenario in options.Scenarios)
        {
            await foreach (var result in Scenarios.Run(scenario, options))
                results.Add(result);
        }

        Table.Print(results);
        if (options.Json is { } file)
            await JsonReport.Write(file, options, results);
        return results.TrueForAll(result => result.Findings.Count == 0) ? 0 : 1;
    }
}
