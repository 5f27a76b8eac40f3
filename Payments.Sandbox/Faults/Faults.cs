using System.Security.Cryptography;
using System.Text;
using OrderSaga.Platform.Common;

namespace OrderSaga.Sandbox;

/// <summary>The injected faults of one call.</summary>
sealed record Fault(bool Timeout, bool Error, bool Declined, bool CaptureDeclined, TimeSpan Delay);

/// <summary>Faults that the stand-in gateway injects. A rate is a share, 0 to 1, of the operations or of the webhooks.</summary>
sealed class FaultRates
{
    /// <summary>Share of calls that succeed but are never answered.</summary>
    public double TimeoutRate { get; set; }

    /// <summary>Share of calls that succeed but are answered with 500.</summary>
    public double ErrorRate { get; set; }

    /// <summary>Share of card authorizations that are declined.</summary>
    public double DeclineRate { get; set; }

    /// <summary>Share of captures that are declined.</summary>
    public double CaptureDeclineRate { get; set; }

    /// <summary>Share of webhooks that never arrive, although the gateway counts them as delivered.</summary>
    public double WebhookLossRate { get; set; }

    /// <summary>Share of webhooks that arrive twice.</summary>
    public double WebhookRepeatRate { get; set; }

    /// <summary>Delay before every answer.</summary>
    public int DelayMilliseconds { get; set; }

    /// <summary>Makes a run repeatable; default: a random seed, which is logged.</summary>
    public int? Seed { get; set; }

    public bool Any => TimeoutRate > 0 || ErrorRate > 0 || DeclineRate > 0 || CaptureDeclineRate > 0 || DelayMilliseconds > 0
        || WebhookLossRate > 0 || WebhookRepeatRate > 0;
}

/// <summary>
/// Chooses the faults of a call by its token or at random. The random choice depends on the seed and the call's key, not on the order of
/// calls.
/// </summary>
sealed class Faults
{
    readonly FaultRates rates;
    readonly int seed;
    readonly SandboxSettings settings;
    readonly ILogger<Faults> log;

    public Faults(IConfiguration configuration, SandboxSettings settings, ILogger<Faults> log)
    {
        (this.settings, this.log) = (settings, log);
        rates = configuration.GetSection("Sandbox:Faults").GetStrict<FaultRates>();
        seed = rates.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue);
    }

    /// <summary>Logs the configured faults at start.</summary>
    public void Announce()
    {
        double[] all =
            [rates.TimeoutRate, rates.ErrorRate, rates.DeclineRate, rates.CaptureDeclineRate, rates.WebhookLossRate, rates.WebhookRepeatRate];
        if (all.Any(rate => rate is not (>= 0 and <= 1)) || rates.DelayMilliseconds < 0)
            throw new InvalidOperationException("The rates in Sandbox:Faults must be 0 to 1, and DelayMilliseconds must not be negative.");
        if (rates.Any)
        {
            log.LogWarning(
                "Injecting faults: timeout {Timeout}, error {Error}, decline {Decline}, capture decline {CaptureDecline}, slow {Slow} ms, "
                + "webhook lost {Lost}, twice {Twice}, seed {Seed}",
                rates.TimeoutRate, rates.ErrorRate, rates.DeclineRate, rates.CaptureDeclineRate, rates.DelayMilliseconds,
                rates.WebhookLossRate, rates.WebhookRepeatRate, seed);
        }
    }

    /// <summary>The same for every call with this key; only the first one uses it.</summary>
    public Fault For(string key, string? token)
    {
        var chance = Chance(key);
        return new Fault(
            Timeout: chance.NextDouble() < rates.TimeoutRate || token == Tokens.Timeout,
            Error: chance.NextDouble() < rates.ErrorRate || token == Tokens.Error,
            Declined: chance.NextDouble() < rates.DeclineRate,
            CaptureDeclined: chance.NextDouble() < rates.CaptureDeclineRate,
            Delay: TimeSpan.FromMilliseconds(rates.DelayMilliseconds) + (token == Tokens.Slow ? settings.SlowTokenDelay : TimeSpan.Zero));
    }

    /// <summary>How often a delivery arrives that the gateway considers delivered: 0, 1 or 2 times.</summary>
    public int Arrivals(string webhookId)
    {
        var chance = Chance(webhookId);
        return chance.NextDouble() < rates.WebhookLossRate ? 0 : chance.NextDouble() < rates.WebhookRepeatRate ? 2 : 1;
    }

#pragma warning disable CA5394 // Faults must be repeatable, not secure.
    Random Chance(string key) => new(seed ^ BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(key))));
#pragma warning restore CA5394
}
