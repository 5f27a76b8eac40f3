namespace OrderSaga.Verifier;

/// <summary>Parsing shared by the commands.</summary>
public static class Arguments
{
    /// <summary>A setting has a section (<c>--Section:Key</c>), except <c>--Data</c>.</summary>
    public static bool IsSetting(string text) => text.StartsWith("--", StringComparison.Ordinal)
        && text.IndexOf('=', StringComparison.Ordinal) is > 2 and var end
        && (text[..end].Contains(':', StringComparison.Ordinal) || text[..end] == "--Data");

    public static string Value(IReadOnlyList<string> args, ref int i) => i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal)
        ? args[++i]
        : throw new ArgumentException($"{args[i]} needs a value.");
}
