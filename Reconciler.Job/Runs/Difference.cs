using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Job;

/// <summary>What is stored about a difference, with each finding of it and with its case.</summary>
abstract class Difference
{
    protected Difference()
    {
    }

    [SetsRequiredMembers]
    protected Difference(Finding finding)
    {
        (Class, Severity, OrderId, Subject, Rule) = (finding.Class, finding.Severity, finding.OrderId, finding.Subject, finding.Rule);
        (Evidence, Remedy, Amount, Currency) = (finding.Evidence, finding.Remedy, finding.Amount, finding.Currency);
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Class}|{Rule}|{Amount}|{Currency}|{finding.FingerprintText}")));
    }

    [SetsRequiredMembers]
    protected Difference(Difference other)
    {
        (Class, Severity, OrderId, Subject, Rule) = (other.Class, other.Severity, other.OrderId, other.Subject, other.Rule);
        (Evidence, Remedy, Amount, Currency) = (other.Evidence, other.Remedy, other.Amount, other.Currency);
        Fingerprint = other.Fingerprint;
    }

    [MaxLength(60)] public required string Class { get; init; }
    public Severity Severity { get; init; }
    public Guid? OrderId { get; init; }
    [MaxLength(200)] public string? Subject { get; init; }
    [MaxLength(500), Column("rule_text")] public required string Rule { get; init; }

    /// <summary>What each ledger says, as JSON; of a case: what it said when the case was opened.</summary>
    public required string Evidence { get; set; }

    /// <summary>Hash of the differing states and amounts; changes when they change. Null in rows of older versions.</summary>
    [MaxLength(FingerprintLength)] public string? Fingerprint { get; init; }

    /// <summary>The command that makes the ledgers agree; of a case: if an operator decides so.</summary>
    public Remedy Remedy { get; init; }

    /// <summary>Minor units at stake.</summary>
    public long Amount { get; init; }

    [MaxLength(3)] public string? Currency { get; init; }

    internal const int KeyLength = 300;
    internal const int FingerprintLength = 64;
}
