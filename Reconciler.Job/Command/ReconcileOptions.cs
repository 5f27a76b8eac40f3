using System.Globalization;
using OrderSaga.Verifier;

namespace Reconciler.Job;

/// <summary>Options of the command line.</summary>
/// <param name="Day">Settlement day; default: yesterday, UTC.</param>
/// <param name="Order">Only this order.</param>
/// <param name="DryRun">Report without repairs; default: the opposite of <c>Reconciliation:RepairEnabled</c>.</param>
/// <param name="Report">Report file with the ending .html, .csv or .json.</param>
/// <param name="Settings">All other arguments, for the configuration.</param>
sealed record ReconcileOptions(DateOnly? Day, Guid? Order, bool? DryRun, string? Report, IReadOnlyList<string> Settings)
{
    public const string Usage = """
        Reconciler.Job reconcile: compares orders, stock, payments and settlement, and repairs what is safe.

          reconcile [--date yyyy-MM-dd] [--order ID] [--dry-run | --repair] [--report FILE] [--Section:Key=VALUE ...]

          --date yyyy-MM-dd   UTC day of the run and its report; default: yesterday
          --order ID          one order only
          --dry-run           report only; no repairs, no cases
          --repair            repair what the rules allow, within Reconciliation:MaxRepairs and MaxRepairAmount
                              (the default is the setting Reconciliation:RepairEnabled, which is off initially)
          --report FILE       write the report as .html, .csv or .json
          --Section:Key=VALUE any setting of the service, e.g. --Database:Mode=PostgreSql; environment variables work too
          --help              this text

        Exit codes: 0 the ledgers agree, or differ only in open cases; 1 new differences were found; 2 the command is invalid; 3 the run failed,
        was not judged, or could not start.

        """;

    /// <summary>Throws with an explanation if an argument is invalid.</summary>
    public static ReconcileOptions Parse(IReadOnlyList<string> args)
    {
        var options = new ReconcileOptions(null, null, null, null, []);
        for (var i = 0; i < args.Count; i++)
        {
            options = args[i] switch
            {
                "--date" => options with { Day = ReadDay(CommandLine.Value(args, ref i)) },
                "--order" => options with { Order = ReadOrder(CommandLine.Value(args, ref i)) },
                "--dry-run" when options.DryRun != false => options with { DryRun = true },
                "--repair" when options.DryRun != true => options with { DryRun = false },
                "--dry-run" or "--repair" => throw new ArgumentException("--dry-run and --repair exclude each other."),
                "--report" => options with { Report = ReadFile(CommandLine.Value(args, ref i)) },
                var setting when CommandLine.IsSetting(setting) => options with { Settings = [.. options.Settings, setting] },
                var unknown => throw new ArgumentException($"'{unknown}' is unknown. --help lists the options."),
            };
        }

        return options;
    }

    static DateOnly ReadDay(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw new ArgumentException($"--date {text}: use a day as yyyy-MM-dd, e.g. 2026-01-30.");

    static Guid ReadOrder(string text) => Guid.TryParseExact(text, "D", out var id) ? id
        : throw new ArgumentException($"--order {text}: use the order's id, a UUID such as 0199f0a0-7c1e-7000-8000-000000000000.");

    static string ReadFile(string text) => Path.GetExtension(text) is ".html" or ".csv" or ".json" ? text
        : throw new ArgumentException($"--report {text}: use a file name ending in .html, .csv or .json.");
}
