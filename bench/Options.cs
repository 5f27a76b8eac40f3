using System.Globalization;

namespace OrderSaga.Bench;

/// <summary>Options of the command line.</summary>
sealed record Options
{
    public const string Usage = """
        Usage: bench SCENARIO... [OPTION VALUE]...
          scenarios: settle flash-1 flash-10 flash (both) mixed placement recover embedded aged overload growth queries reads side-by-side
          --mode servers|one-process|embedded          six processes on PostgreSQL and RabbitMQ (default), one process on them, one on SQLite
          --against NAMES|none                         baselines by the first letters of their names, comma-separated; default: those of the scenario
          --base DIRS     other checkouts, built, comma-separated: settle and embedded measure them in turn with this one, side-by-side at the same time
          --with NAME=VALUE      one more system like this one, with a setting or a variable of the runtime; may be repeated
          --runs 3        measured runs of each        --seconds 12        placing time of a run
          --orders N      maximum orders of a run      --in-flight 512     orders in progress at once
          --callers 256   concurrent callers           --rate 0.5          share of the maximum rate at which placed-to-settled is measured
          --outage 60     seconds, recover             --history 1000000   finished orders, aged and queries
          --json FILE     every raw figure         --svg FILE          a chart of the first scenario
        Servers: ORDERSAGA_TEST_POSTGRES and ORDERSAGA_TEST_RABBITMQ, see scripts/servers-up.
        """;

    public IReadOnlyList<string> Scenarios { get; private init; } = [];
    public string Mode { get; private init; } = "servers";
    public IReadOnlyList<string>? Against { get; private init; }
    public IReadOnlyList<string> Bases { get; private init; } = [];
    public IReadOnlyDictionary<string, string?> With { get; private init; } = new Dictionary<string, string?>();
    public int Runs { get; private init; } = 3;
    public double Seconds { get; private init; } = 12;
    public int Orders { get; private init; } = int.MaxValue;
    public int InFlight { get; init; } = 512;
    public int Callers { get; private init; } = 256;
    public double Rate { get; private init; } = 0.5;
    public int Outage { get; private init; } = 60;
    public int History { get; private init; } = 1_000_000;
    public string? Json { get; private init; }
    public string? Svg { get; private init; }

    public TimeSpan Duration => TimeSpan.FromSeconds(Seconds);

    /// <exception cref="ArgumentException">An argument is invalid; the message says which.</exception>
    public static Options Parse(IReadOnlyList<string> args)
    {
        var options = new Options();
        for (var i = 0; i < args.Count; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
                options = options with { Scenarios = [.. options.Scenarios, .. Expand(args[i])] };
            else if (i + 1 < args.Count)
                options = options.Set(args[i], args[++i]);
            else
                throw new ArgumentException($"{args[i]} needs a value.");
        }

        return options.Scenarios.Count > 0 ? options : throw new ArgumentException("Name a scenario.");
    }

    Options Set(string name, string value) => name switch
    {
        "--mode" when value is "servers" or "one-process" or "embedded" => this with { Mode = value },
        "--against" => this with { Against = value == "none" ? [] : value.Split(',') },
        "--base" when value.Split(',').All(root => File.Exists(Path.Combine(root, "OrderSaga.sln"))) =>
            this with { Bases = [.. value.Split(',').Select(Path.GetFullPath)] },
        "--with" when value.IndexOf('=', StringComparison.Ordinal) is > 0 and var at =>
            this with { With = new Dictionary<string, string?>(With) { [value[..at]] = value[(at + 1)..] } },
        "--runs" => this with { Runs = Whole(name, value) },
        "--seconds" => this with { Seconds = Whole(name, value) },
        "--orders" => this with { Orders = Whole(name, value) },
        "--in-flight" => this with { InFlight = Whole(name, value) },
        "--callers" => this with { Callers = Whole(name, value) },
        "--rate" when double.TryParse(value, CultureInfo.InvariantCulture, out var rate) && rate is > 0 and < 1 => this with { Rate = rate },
        "--outage" => this with { Outage = Whole(name, value) },
        "--history" => this with { History = Whole(name, value) },
        "--json" => this with { Json = value },
        "--svg" => this with { Svg = value },
        _ => throw new ArgumentException($"{name} {value} is invalid; see bench without arguments."),
    };

    static IEnumerable<string> Expand(string scenario) => scenario switch
    {
        "flash" => ["flash-1", "flash-10"],
        _ when Bench.Scenarios.Names.Contains(scenario) => [scenario],
        _ => throw new ArgumentException($"Unknown scenario {scenario}; see bench without arguments."),
    };

    static int Whole(string name, string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
        ? number : throw new ArgumentException($"{name} takes a whole number above 0, not {value}.");
}
