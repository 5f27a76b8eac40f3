using System.Globalization;

namespace Reconciler.Job;

/// <summary>What the command line asks for.</summary>
/// <param name="AtRest">Nothing is in flight: every order must have ended.</param>
/// <param name="SettleSeconds">What did not move for so long is held against what must be in the end.</param>
/// <param name="PayMarginSeconds">How long after its deadline a payment that was made in time may still be captured.</param>
/// <param name="Gateway">Read the gateway's ledger too.</param>
/// <param name="ClientLog">What callers were told: a file of JSON lines.</param>
/// <param name="Json">Where the result goes as JSON.</param>
/// <param name="Help">Show the usage.</param>
sealed record VerifyOptions(
    bool AtRest = false, int SettleSeconds = 60, int PayMarginSeconds = 30, bool Gateway = true, string? ClientLog = null, string? Json = null,
    bool Help = false)
{
    public const string Usage = """
        verify: holds the books of an installation against the invariants I1 to I12, I17 and I18. It only reads, and may run while the system works.

          verify [--data DIR] [--at-rest | --settle N] [--pay-margin N] [--no-gateway] [--client-log FILE] [--json FILE] [--Section:Key=VALUE ...]

          --data DIR          the data directory of an embedded installation; others are named by their settings
          --settle N          an order that has not moved for N seconds must be as it is to be in the end; default: 60
          --at-rest           nothing is in flight: every order must have ended, and every outbox be empty
          --pay-margin N      a payment made in time may be captured up to N seconds after the order's deadline; default: 30
          --no-gateway        leave the gateway's ledger out; else it is read from ConnectionStrings:sandbox, or asked at Gateway:Url
          --client-log FILE   the answers that callers saw, one JSON object a line: key, merchant, orderId, status, and sha256 or body;
                              without sha256 and body (as for answers that waited for the end) the bytes are not compared
          --json FILE         write the result there too
          --Section:Key=VALUE any setting, as the services take it, e.g. --Database:Mode=PostgreSql; the environment counts too
          --help              this text

        Exit codes: 0 all that was checked holds; 1 something does not; 2 it could not be checked.

        """;

    /// <summary>The rest, for the configuration.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Throws what is wrong, in words.</summary>
    public static VerifyOptions Parse(IReadOnlyList<string> args)
    {
        var (options, settle) = (new VerifyOptions(), false);
        for (var i = 0; i < args.Count; i++)
        {
            settle |= args[i] == "--settle";
            options = args[i] switch
            {
                "--data" => options with { Settings = [.. options.Settings, "--Data=" + Arguments.Value(args, ref i)] },
                "--at-rest" => options with { AtRest = true },
                "--settle" => options with { SettleSeconds = Seconds("--settle", Arguments.Value(args, ref i)) },
                "--pay-margin" => options with { PayMarginSeconds = Seconds("--pay-margin", Arguments.Value(args, ref i)) },
                "--no-gateway" => options with { Gateway = false },
                "--client-log" => options with { ClientLog = Existing(Arguments.Value(args, ref i)) },
                "--json" => options with { Json = Arguments.Value(args, ref i) },
                "--help" or "-h" => options with { Help = true },
                var setting when Arguments.IsSetting(setting) => options with { Settings = [.. options.Settings, setting] },
                var unknown => throw new ArgumentException($"'{unknown}' is not known."),
            };
        }

        return settle && options.AtRest ? throw new ArgumentException("--at-rest and --settle exclude each other.") : options;
    }

    static int Seconds(string option, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 86_400 ? seconds
        : throw new ArgumentException($"{option} {text}: give whole seconds, 0 to 86400.");

    static string Existing(string file) => File.Exists(file) ? file : throw new ArgumentException($"--client-log {file}: there is no such file.");
}
