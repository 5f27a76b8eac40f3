using System.Globalization;

namespace Reconciler.Job;

/// <summary>What the command line asks for.</summary>
/// <param name="Day">Settlement day; none: yesterday, UTC.</param>
/// <param name="Order">One order.</param>
/// <param name="DryRun">Find and report only; none: as <c>Reconciliation:Repair</c> is set.</param>
/// <param name="Report">Where the report goes: a file that ends in .html, .csv or .json.</param>
/// <param name="Help">Show the usage.</param>
/// <param name="Settings">The rest, for the configuration.</param>
sealed record ReconcileOptions(DateOnly? Day, Guid? Order, bool? DryRun, string? Report, bool Help, IReadOnlyList<string> Settings)
{
    public const string Usage = """
        Reconciler.Job reconcile: compares orders, stock, payments and settlement, and mends what is safe to mend.

          reconcile [--date yyyy-MM-dd] [--order ID] [--dry-run | --repair] [--report FILE] [--Section:Key=VALUE ...]

          --date yyyy-MM-dd   the UTC day that the run and its report are about; default: yesterday
          --order ID          one order only
          --dry-run           find and report; repair nothing, open no case
          --repair            repair what the policy allows, within Reconciliation:MostRepairs and MostRepairAmount
                              (default of the two: as Reconciliation:Repair is set; it is off at first)
          --report FILE       write the report: .html, .csv or .json
          --Section:Key=VALUE any setting, as the service takes it, e.g. --Database:Mode=PostgreSql; the environment counts too
          --help              this text

        Exit codes: 0 the ledgers agree, or differ only in open cases; 1 new differences were found; 2 the command was wrong; 3 the run failed,
        or could not begin.

        """;

    /// <summary>Throws what is wrong, in words.</summary>
    public static ReconcileOptions Parse(IReadOnlyList<string> args)
    {
        var options = new ReconcileOptions(null, null, null, null, false, []);
        for (var i = 0; i < args.Count; i++)
        {
            options = args[i] switch
            {
                "--date" => options with { Day = ReadDay(Arguments.Value(args, ref i)) },
                "--order" => options with { Order = ReadOrder(Arguments.Value(args, ref i)) },
                "--dry-run" when options.DryRun != false => options with { DryRun = true },
                "--repair" when options.DryRun != true => options with { DryRun = false },
                "--dry-run" or "--repair" => throw new ArgumentException("--dry-run and --repair exclude each other."),
                "--report" => options with { Report = ReadFile(Arguments.Value(args, ref i)) },
                "--help" or "-h" => options with { Help = true },
                var setting when Arguments.IsSetting(setting) => options with { Settings = [.. options.Settings, setting] },
                var unknown => throw new ArgumentException($"'{unknown}' is not known."),
            };
        }

        return options;
    }

    static DateOnly ReadDay(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw new ArgumentException($"--date {text}: give a day as yyyy-MM-dd, e.g. 2026-01-30.");

    static Guid ReadOrder(string text) => Guid.TryParseExact(text, "D", out var id) ? id
        : throw new ArgumentException($"--order {text}: give the order's id, a UUID such as 0199f0a0-7c1e-7000-8000-000000000000.");

    static string ReadFile(string text) => Path.GetExtension(text) is ".html" or ".csv" or ".json" ? text
        : throw new ArgumentException($"--report {text}: give a file that ends in .html, .csv or .json.");
}
