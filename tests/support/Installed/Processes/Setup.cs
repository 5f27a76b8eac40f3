using OrderSaga.Verifier;

namespace Installed;

/// <summary>Options for starting a system, where they differ from the defaults.</summary>
public sealed record Setup
{
    /// <summary>Settings of all processes; they override the defaults.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>The gateway to call instead of the sandbox.</summary>
    public OutsideGateway? Gateway { get; init; }

    /// <summary>Where its files are; a temporary directory by default.</summary>
    public string? Disk { get; init; }

    /// <summary>Another checkout with its build output, whose services and migrations run; this one by default.</summary>
    public string? Root { get; init; }

    /// <summary>On servers: run all services in one process.</summary>
    public bool OneProcess { get; init; }

    /// <summary>On servers: each process logs in to the broker as its own user, with the rights of scripts/broker-user.</summary>
    public bool BrokerUsers { get; init; }

    /// <summary>On servers: each process logs in to its database as its own role, with the rights of deploy/roles.postgresql.sql.</summary>
    public bool DatabaseRoles { get; init; }

    /// <summary>With <see cref="BrokerUsers"/>: an outside system that may order for the merchant demo.</summary>
    public string? OutsideSystem { get; init; }

    /// <summary>The processes of the system.</summary>
    public IReadOnlyList<string> Processes(Mode mode)
    {
        if (OneProcess || mode.Transport == "InMemory")
            return [Running.Embedded];
        return Gateway is null ? Running.Six : [.. Running.Six.Where(name => name != "Payments.Sandbox")];
    }
}

/// <summary>An external gateway with the sandbox's contract.</summary>
/// <param name="Url">The base URL; operations are under <c>v1/</c>.</param>
/// <param name="Ledger">All operations that it was asked for.</param>
public sealed record OutsideGateway(Uri Url, Func<Task<IReadOnlyList<GatewayRow>>> Ledger);
