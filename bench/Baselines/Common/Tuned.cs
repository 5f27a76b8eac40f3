using System.Diagnostics;

namespace OrderSaga.Bench;

/// <summary>Finds the best number of workers by measuring.</summary>
/// <param name="trial">Receives the result of each number.</param>
/// <param name="choices">Ascending; the warm-up uses the highest.</param>
/// <param name="run">Runs a number of orders with a number of workers.</param>
sealed class Tuned(Trial trial, IReadOnlyList<int> choices, Func<int, int, Task<double[]>> run)
{
    /// <summary>Each number is measured this often, in turn, so that a disturbance affects all.</summary>
    const int Rounds = 2;

    int chosen = choices[^1];

    public Task<double[]> Run(int orders) => run(orders, chosen);

    /// <summary>Chooses the fastest number. Call it after the warm-up.</summary>
    public async Task Choose()
    {
        var part = Math.Max(1, trial.Settings.WarmUpOrders / choices.Count);
        var seconds = choices.ToDictionary(workers => workers, _ => 0.0);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var workers in choices)
            {
                var start = Stopwatch.GetTimestamp();
                await run(part, workers);
                seconds[workers] += Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }

        chosen = seconds.MinBy(tried => tried.Value).Key;
        var rates = seconds.Select(tried => $"{tried.Key}: {Rounds * part / tried.Value:F0}/s");
        trial.AddNote("concurrency", $"{chosen}, the best of {string.Join(", ", rates)} after the warm-up");
    }
}
