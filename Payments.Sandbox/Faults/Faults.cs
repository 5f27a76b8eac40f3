using System.Security.Cryptography;
using System.Text;

namespace OrderSaga.Sandbox;

/// <summary>How one call misbehaves.</summary>
sealed record Fault(bool Timeout, bool Error, bool Declined, bool CaptureDeclined, TimeSpan Delay);

/// <summary>Deliberate faults of the stand-in gateway. Rates are 0 to 1, of all calls that change something.</summary>
sealed class FaultRates
{
    /// <summary>Done, but the answer never comes.</summary>
    public double TimeoutRate { get; set; }

    /// <summary>Done, but answered with 500.</summary>
    public double ErrorRate { get; set; }

    /// <summary>Authorizations by card that are declined.</summary>
    public double DeclineRate { get; set; }

    /// <summary>Captures that are declined.</summary>
    public double CaptureDeclineRate { get; set; }

    /// <summary>Webhooks that never arrive, although the gateway counts them as delivered.</summary>
    public double WebhookLossRate { get; set; }

    /// <summary>Webhooks that arrive twice.</summary>
    public double WebhookRepeatRate { get; set; }

    /// <summary>Delay before every answer.</summary>
    public int SlowMilliseconds { get; set; }

    /// <summary>Makes a run repeatable; without it one is drawn and logged.</summary>
    public int? Seed { get; set; }

    public bool Any => TimeoutRate > 0 || ErrorRate > 0 || DeclineRate > 0 || CaptureDeclineRate > 0 || SlowMilliseconds > 0
        || WebhookLossRate > 0 || WebhookRepeatRate > 0;
}

/// <summary>
/// Decides how calls misbehave: by their token, or by chance. The chance of a call comes from the seed and its key, so that it
/// does not depend on which call came first.
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
        rates = configuration.GetSection("Sandbox:Faults").Get<FaultRates>() ?? new FaultRates();
        seed = rates.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue);
    }

    /// <summary>Says at start what calls have to expect.</summary>
    public void Announce()
    {
        double[] all =
            [rates.TimeoutRate, rates.ErrorRate, rates.DeclineRate, rates.CaptureDeclineRate, rates.WebhookLossRate, rates.WebhookRepeatRate];
        if (all.Any(rate => rate is not (>= 0 and <= 1)) || rates.SlowMilliseconds < 0)
            throw new InvalidOperationException("The rates in Sandbox:Faults must be 0 to 1, SlowMilliseconds must not be negative.");
        if (rates.Any)
        {
            log.LogWarning(
                "Faults on purpose: timeout {Timeout}, error {Error}, decline {Decline}, capture decline {CaptureDecline}, slow {Slow} ms, "
                + "webhook lost {Lost}, twice {Twice}, seed {Seed}",
                rates.TimeoutRate, rates.ErrorRate, rates.DeclineRate, rates.CaptureDeclineRate, rates.SlowMilliseconds,
                rates.WebhookLossRate, rates.WebhookRepeatRate, seed);
        }
    }

    /// <summary>The same for every call with this key; it matters for the first one only.</summary>
    public Fault For(string key, string? token)
    {
        var chance = Chance(key);
        return new Fault(
            Timeout: chance.NextDouble() < rates.TimeoutRate || token == Tokens.Timeout,
            Error: chance.NextDouble() < rates.ErrorRate || token == Tokens.Error,
            Declined: chance.NextDouble() < rates.DeclineRate,
            CaptureDeclined: chance.NextDouble() < rates.CaptureDeclineRate,
            Delay: TimeSpan.FromMilliseconds(rates.SlowMilliseconds) + (token == Tokens.Slow ? settings.SlowToken : TimeSpan.Zero));
    }

    /// <summary>How often a delivery that the gateway believes made arrives: not at all, once, or twice.</summary>
    public int Arrivals(string webhookId)
    {
        var chance = Chance(webhookId);
        return chance.NextDouble() < rates.WebhookLossRate ? 0 : chance.NextDouble() < rates.WebhookRepeatRate ? 2 : 1;
    }

#pragma warning disable CA5394 // Faults need to be repeatable, not unguessable.
    Random Chance(string key) => new(seed ^ BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(key))));
#pragma warning restore CA5394
}
