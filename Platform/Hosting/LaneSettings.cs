using Microsoft.Extensions.Configuration;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Hosting;

/// <summary>Settings of lanes. Bound from the section <c>Lanes</c>; checked at start.</summary>
public sealed class LaneSettings
{
    /// <summary>The lanes of the installation, the same in every process: <c>main,grey,vip</c>. Each has queues of its own.</summary>
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

    public IReadOnlyList<string> Used => Names(Use);

    public IReadOnlyList<string> Served => Names(Serve ?? Use);

    public IReadOnlyList<string> TakenOver => Names(TakeOver);

    /// <summary>The lane in which a message to an order of this lane is handled: main for a lane that is taken over or no longer used.</summary>
    public string Reachable(string lane) => Used.Contains(lane) && !TakenOver.Contains(lane) ? lane : Lane.Main;

    public static LaneSettings From(IConfiguration configuration)
    {
        var settings = configuration.GetSection("Lanes").Get<LaneSettings>() ?? new LaneSettings();
        settings.Check();
        return settings;
    }

    void Check()
    {
        if (!Used.Contains(Lane.Main) || Used.Distinct().Count() != Used.Count || !Used.All(Lane.IsName))
            throw new InvalidOperationException($"Lanes:Use must list main and other lanes once each, like main,grey,vip; it is '{Use}'.");
        if (Served.Count == 0 || Served.Except(Used).Any() || TakenOver.Except(Used).Any() || TakenOver.Contains(Lane.Main))
            throw new InvalidOperationException("Lanes:Serve must list lanes of Lanes:Use, and Lanes:TakeOver must list lanes of Lanes:Use except main.");
        if (TakeOverSeconds is < 5 or > 86_400)
            throw new InvalidOperationException("Lanes:TakeOverSeconds must be 5 to 86400.");
    }

    static string[] Names(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
