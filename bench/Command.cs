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
            try
            {
                await foreach (var result in Scenarios.Run(scenario, options))
                    results.Add(result);
            }
            catch (Exception failure) when (failure is not ArgumentException)
            {
                // The other results are still printed; this scenario counts as failed.
                results.Add(new Result(scenario, "failed", options.Mode, [], [failure.ToString()], new Dictionary<string, string>()));
            }
        }

        Table.Print(results);
        if (options.Json is { } file)
            await JsonReport.Write(file, options, results);
        if (options.Svg is { } picture)
            await Chart.Write(picture, results);
        return results.TrueForAll(result => result.Findings.Count == 0) ? 0 : 1;
    }
}
