namespace FaultRuns.Experiments;

/// <summary>The command-line options.</summary>
public sealed record ExperimentOptions
{
    public static readonly string Help = """
        scripts/experiment NAME,... [--rate ORDERS/S] [--seconds N] [--unpaid N] [--flips N] [--kills N] [--placements N] [--seed N]

          --rate      orders each second (default 20)
          --seconds   how long each phase is measured, and each condition lasts (default 20)
          --unpaid    hosted orders that are not paid, for unpaid-orders (default 3000)
          --flips, --kills   changes of the switch and kills of services, for switch-flips (default 100, 6)
          --placements   orders sent after the answer to kill, for switch-kill (default 2000)
          --seed      where and when services die (default 7)


        """ + string.Join('\n', Experiment.All.Select(one => $"  {one.Name,-18} {one.Question}"));

    public IReadOnlyList<Experiment> Experiments { get; init; } = [];
    public double Rate { get; init; } = 20;
    public int Seconds { get; init; } = 20;
    public int Unpaid { get; init; } = 3000;
    public int Flips { get; init; } = 100;
    public int Kills { get; init; } = 6;
    public int Placements { get; init; } = 2000;
    public int Seed { get; init; } = 7;

    /// <exception cref="ArgumentException">Says what is wrong.</exception>
    public static ExperimentOptions Parse(IReadOnlyList<string> args)
    {
        if (args.Count == 0)
            throw new ArgumentException(Help);
        var options = new ExperimentOptions { Experiments = [.. args[0].Split(',').Select(Named)] };
        for (var i = 1; i < args.Count; i += 2)
        {
            if (i + 1 == args.Count || !int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var number) || number < 1)
                throw new ArgumentException($"{args[i]} needs a whole number.\n{Help}");
            options = args[i] switch
            {
                "--rate" => options with { Rate = number },
                "--seconds" => options with { Seconds = number },
                "--unpaid" => options with { Unpaid = number },
                "--flips" => options with { Flips = number },
                "--kills" => options with { Kills = number },
                "--placements" => options with { Placements = number },
                "--seed" => options with { Seed = number },
                var unknown => throw new ArgumentException($"{unknown} is not an option.\n{Help}"),
            };
        }

        return options;
    }

    static Experiment Named(string name) =>
        Experiment.All.FirstOrDefault(one => one.Name == name) ?? throw new ArgumentException($"There is no experiment {name}.\n{Help}");
}
