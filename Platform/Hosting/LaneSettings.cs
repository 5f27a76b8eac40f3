using Microsoft.Extensions.Configuration;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Hosting;

/// <summary>Settings of lanes. Bound from the section <c>Lanes</c>; checked at start.</summary>
public sealed class LaneSettings
{
    const int MaxShown = 80;

    /// <summary>
    /// The lanes of the installation, the same in every process: <c>main,grey,vip</c>. Each has queues of its own. A name has 1 to 20 letters a-z.
    /// </summary>
    public string Use { get; set; } = "main";

    /// <summary>The lanes whose queues this process reads. Default: all of Use.</summary>
    public string? Serve { get; set; }

    /// <summary>
    /// Lanes whose stalled orders move to the lane main after TakeOverSeconds: for example because no process reads the lane. Default: none,
    /// so they wait. The stalled orders of a lane that is not in Use always move.
    /// </summary>
    public string TakeOver { get; set; } = "";

    /// <summary>How long an order of such a lane must be overdue, and the recovery must have run, before it moves.</summary>
    public int TakeOverSeconds { get; set; } = 30;

    public IReadOnlyList<string> Used => field ??= Names(Use);

    public IReadOnlyList<string> Served => field ??= Names(Serve ?? Use);

    public IReadOnlyList<string> TakenOver => field ??= Names(TakeOver);

    /// <summary>The lane in which a message to an order of this lane is handled: main for a lane that is taken over or no longer used.</summary>
    public string Reachable(string lane) => Used.Contains(lane) && !TakenOver.Contains(lane) ? lane : Lane.Main;

    public static LaneSettings From(IConfiguration configuration)
    {
        var settings = configuration.GetSection("Lanes").GetStrict<LaneSettings>();
        settings.Check();
        return settings;
    }

    void Check()
    {
        if (Used.Where(lane => !Lane.IsName(lane)).Select(lane => (string?)lane).FirstOrDefault() is { } wrong)
            throw Wrong("Use", Use, $"'{Text.Clean(wrong, MaxShown)}' is no name of a lane: use 1 to 20 letters a-z, and not quorum or replies");
        if (!Used.Contains(Lane.Main) || Used.Distinct().Count() != Used.Count)
            throw Wrong("Use", Use, "it must list main and other lanes once each, like main,grey,vip");
        if (Served.Count == 0 || Served.Except(Used).Any())
            throw Wrong("Serve", Serve, $"it must list lanes of Lanes:Use, which is {Use}");
        if (TakenOver.Except(Used).Any() || TakenOver.Contains(Lane.Main))
            throw Wrong("TakeOver", TakeOver, $"it must list lanes of Lanes:Use, which is {Use}, except main");
        if (TakeOverSeconds is < 5 or > 86_400)
            throw new InvalidOperationException($"Lanes:TakeOverSeconds must be 5 to 86400; it is {TakeOverSeconds}.");
    }

    static InvalidOperationException Wrong(string setting, string? value, string why) => new($"Lanes:{setting} is '{Text.Clean(value, MaxShown)}': {why}.");

    static string[] Names(string text) => text.Length == 0 ? [] : text.Split(',', StringSplitOptions.TrimEntries);
}
