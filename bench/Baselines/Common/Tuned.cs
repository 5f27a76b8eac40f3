using System.Diagnostics;

namespace OrderSaga.Bench;

/// <summary>A number of workers that is found by trying.</summary>
/// <param name="trial">Told what each number gave.</param>
/// <param name="choices">From low to high; the warm-up runs with the highest.</param>
/// <param name="run">So many orders with so many workers.</param>
sealed class Tuned(Trial trial, IReadOnlyList<int> choices, Func<int, int, Task<double[]>> run)
{
    /// <summary>Each is tried so often, in turn: a disturbance hits all alike.</summary>
    const int Rounds = 2;

    int chosen = choices[^1];

    public Task<double[]> Run(int orders) => run(orders, chosen);

    /// <summary>Takes the number that was the fastest. To be called once all code is warm.</summary>
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
        trial.Note("concurrency", $"{chosen}, the best of {string.Join(", ", rates)} after the warm-up");
    }
}
