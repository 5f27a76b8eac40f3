namespace FaultRuns;

/// <summary>The command-line options of a run.</summary>
public sealed record Options
{
    public const string Help = """
        scripts/faults [--duration 90s|20m] [--seed N] [--faults A,B,...] [--rate ORDERS/S] [--orders N] [--hands N] [--out DIR] [--list]

          --duration  how long faults are done (default 3m); the rest and the checks come on top
          --orders    or: until so many orders are placed
          --seed      the same seed deals the same faults and orders (default: from the clock; printed)
          --faults    only these kinds, or kind:detail; default all
          --rate      orders each second (default 10)
          --hands     faults at the same time (default 2)
          --out       the client's log, report.json and, after a violation, the services' logs (default TestResults/faults)
          --list      names the faults and ends
        """;

    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(3);
    public int Orders { get; init; } = int.MaxValue;
    public int Seed { get; init; } = (int)(TimeProvider.System.GetTimestamp() % 1_000_000);
    public IReadOnlyList<string> Faults { get; init; } = [];
    public double Rate { get; init; } = 10;
    public int Hands { get; init; } = 2;
    public string Out { get; init; } = Path.Combine("TestResults", "faults");
    public bool List { get; init; }

    /// <exception cref="ArgumentException">Says what is wrong.</exception>
    public static Options Parse(IReadOnlyList<string> args)
    {
        var options = new Options();
        for (var i = 0; i < args.Count; i++)
        {
            string Value() => ++i < args.Count ? args[i] : throw new ArgumentException($"{args[i - 1]} needs a value.");
            options = args[i] switch
            {
                "--duration" => options with { Duration = Time(Value()) },
                "--orders" => options with { Orders = (int)Number(Value()) },
                "--seed" => options with { Seed = (int)Number(Value()) },
                "--faults" => options with { Faults = Value().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) },
                "--rate" => options with { Rate = Number(Value()) },
                "--hands" => options with { Hands = (int)Number(Value()) },
                "--out" => options with { Out = Value() },
                "--list" => options with { List = true },
                var unknown => throw new ArgumentException($"{unknown} is not an option.\n{Help}"),
            };
        }

        return options.Orders < int.MaxValue && !args.Contains("--duration") ? options with { Duration = TimeSpan.FromHours(2) } : options;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"--seed {Seed} --rate {Rate} --hands {Hands}")
        + (Orders < int.MaxValue ? $" --orders {Orders}" : $" --duration {Duration.TotalSeconds:0}s")
        + (Faults.Count > 0 ? $" --faults {string.Join(',', Faults)}" : "");

    static TimeSpan Time(string text) => text[^1] == 'm' ? TimeSpan.FromMinutes(Number(text[..^1])) : TimeSpan.FromSeconds(Number(text.TrimEnd('s')));

    static double Number(string text) => double.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= 0
        ? number : throw new ArgumentException($"{text} is not a number.");
}
