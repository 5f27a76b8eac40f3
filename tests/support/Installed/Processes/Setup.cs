using Reconciler.Job;

namespace Installed;

/// <summary>How a system is started, where it differs from the usual.</summary>
public sealed record Setup
{
    /// <summary>Settings of all its processes, over its own.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>Called in the sandbox's place.</summary>
    public OutsideGateway? Gateway { get; init; }

    /// <summary>Where its files are; a directory for temporary ones without it.</summary>
    public string? Disk { get; init; }

    /// <summary>On servers, all services in one process.</summary>
    public bool OneProcess { get; init; }

    /// <summary>The processes that make up the system.</summary>
    public IReadOnlyList<string> Processes(Mode mode)
    {
        if (OneProcess || mode.Transport == "InMemory")
            return [Running.Embedded];
        return Gateway is null ? Running.Six : [.. Running.Six.Where(name => name != "Payments.Sandbox")];
    }
}

/// <summary>Somebody else's gateway, of the sandbox's contract.</summary>
/// <param name="Url">Its operations are under <c>v1/</c>.</param>
/// <param name="Ledger">All that it was asked to do.</param>
public sealed record OutsideGateway(Uri Url, Func<Task<IReadOnlyList<GatewayRow>>> Ledger);
