using System.Text;
using Microsoft.Extensions.Configuration;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Sealing;

/// <summary>How the audit is sealed. Bound from the section <c>Audit</c>; checked at start.</summary>
public sealed class AuditSettings
{
    /// <summary>In SealKeys: seals without a key.</summary>
    const string NoKey = "none";

    const int MinKeyLength = 32;

    /// <summary>Interval between two looks for rows that are not sealed.</summary>
    public int SealIntervalSeconds { get; set; } = 5;

    /// <summary>
    /// How long a missing audit id delays the seal; then its transaction counts as rolled back. Must be longer than any transaction.
    /// </summary>
    public int GapTimeoutSeconds { get; set; } = 60;

    /// <summary>
    /// The secret keys of the seals, newest first, separated by semicolons; 32 characters or more each. <c>none</c> stands for seals made
    /// without a key. Empty: no key. The same for all services and <c>verify</c>.
    /// </summary>
    public string SealKeys { get; set; } = "";

    /// <summary>The key of new seals; null: none.</summary>
    internal byte[]? Key => Keys[^1];

    /// <summary>The keys in the order of their use.</summary>
    public IReadOnlyList<byte[]?> Keys => SealKeys.Length == 0 ? [null]
        : [.. Parts.Reverse().Select(key => key == NoKey ? null : Encoding.UTF8.GetBytes(key))];

    string[] Parts => SealKeys.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public static AuditSettings From(IConfiguration configuration)
    {
        var settings = configuration.GetSection("Audit").GetStrict<AuditSettings>();
        settings.Check();
        return settings;
    }

    /// <summary>Throws with an explanation if the settings are invalid.</summary>
    public void Check()
    {
        Require(SealIntervalSeconds is >= 1 and <= 3600, "Audit:SealIntervalSeconds must be 1 to 3600");
        Require(GapTimeoutSeconds is >= 1 and <= 3600, "Audit:GapTimeoutSeconds must be 1 to 3600");
        Require(SealKeys.Length == 0 || (Parts.Length > 0 && Parts[0] != NoKey && Parts.All(key => key == NoKey || key.Length >= MinKeyLength)),
            "Audit:SealKeys must be keys of 32 characters or more, separated by semicolons, or none after them for seals without a key");
    }

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule + ".");
    }
}
