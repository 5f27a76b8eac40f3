using System.Globalization;

namespace OrderSaga.Verifier;

/// <summary>Options of the command line.</summary>
/// <param name="AtRest">Nothing is in flight: every order must be final.</param>
/// <param name="SettleSeconds">Orders unchanged for this time are checked for their final state.</param>
/// <param name="PayMarginSeconds">How long after its deadline a payment made in time may still be captured.</param>
/// <param name="Gateway">Reads the gateway's ledger too.</param>
/// <param name="ClientLog">The client's answers: a file of JSON lines.</param>
/// <param name="Json">File for the result as JSON.</param>
sealed record VerifyOptions(
    bool AtRest = false, int SettleSeconds = 60, int PayMarginSeconds = 30, bool Gateway = true, string? ClientLog = null, string? Json = null)
{
    public const string Usage = """
        verify: checks the databases of an installation against the invariants I1 to I14 and I17 to I19. Read-only; the system may be running.

          verify [--data DIR] [--at-rest | --settle N] [--pay-margin N] [--no-gateway] [--client-log FILE] [--json FILE] [--Section:Key=VALUE ...]

          --data DIR          data directory of an embedded installation; other databases need their settings
          --settle N          an order unchanged for N seconds is checked as if at rest; default: 60
          --at-rest           nothing is in flight: every order must be final and every outbox empty
          --pay-margin N      a payment made in time may be captured up to N seconds after the order's deadline; default: 30
          --no-gateway        skip the gateway's ledger; otherwise read from ConnectionStrings:sandbox or Gateway:Url
          --client-log FILE   the callers' answers, one JSON object per line: key, merchant, orderId, status, and sha256 or body;
                              without sha256 and body (for example after Prefer: wait) the bytes are not compared
          --json FILE         also write the result to FILE
          --Section:Key=VALUE any setting of the services, e.g. --Database:Mode=PostgreSql; environment variables work too
          --help              this text

        Exit codes: 0 all checked invariants hold; 1 some do not; 2 the verification failed.

        """;

    /// <summary>All other arguments, for the configuration.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Throws with an explanation if an argument is invalid.</summary>
    public static VerifyOptions Parse(IReadOnlyList<string> args)
    {
        var (options, settle) = (new VerifyOptions(), false);
        for (var i = 0; i < args.Count; i++)
        {
            settle |= args[i] == "--settle";
            options = args[i] switch
            {
                "--data" => options with { Settings = [.. options.Settings, "--Data=" + CommandLine.Value(args, ref i)] },
                "--at-rest" => options with { AtRest = true },
                "--settle" => options with { SettleSeconds = Seconds("--settle", CommandLine.Value(args, ref i)) },
                "--pay-margin" => options with { PayMarginSeconds = Seconds("--pay-margin", CommandLine.Value(args, ref i)) },
                "--no-gateway" => options with { Gateway = false },
                "--client-log" => options with { ClientLog = Existing(CommandLine.Value(args, ref i)) },
                "--json" => options with { Json = CommandLine.Value(args, ref i) },
                var setting when CommandLine.IsSetting(setting) => options with { Settings = [.. options.Settings, setting] },
                var unknown => throw new ArgumentException($"'{unknown}' is unknown. --help lists the options."),
            };
        }

        return settle && options.AtRest ? throw new ArgumentException("--at-rest and --settle exclude each other.") : options;
    }

    static int Seconds(string option, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 86_400 ? seconds
        : throw new ArgumentException($"{option} {text}: use whole seconds, 0 to 86400.");

    static string Existing(string file) => File.Exists(file) ? file : throw new ArgumentException($"--client-log {file}: file not found.");
}
