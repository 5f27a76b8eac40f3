namespace PlantedBugs;

/// <summary>A short run that shows certain bugs, and finds nothing without them.</summary>
/// <param name="Name">As the patches name it.</param>
/// <param name="OneProcess">All services in one process; otherwise in six, some of which die.</param>
/// <param name="Settings">They override the defaults.</param>
/// <param name="Act">The actions of the run.</param>
sealed record Provocation(string Name, bool OneProcess, IReadOnlyDictionary<string, string?> Settings, Func<Scene, Task> Act)
{
    static readonly Dictionary<string, string?> Usual = [];
    static readonly Dictionary<string, string?> KnownSecret = new() { ["Gateway:WebhookSecret"] = Webhooks.Secret };
    static readonly Dictionary<string, string?> ShortIntervals = new() { ["Recovery:IntervalSeconds"] = "1", ["Recovery:LeaseSeconds"] = "4" };
    static readonly Dictionary<string, string?> NoAnswers = new() { ["Sandbox:Faults:ErrorRate"] = "1" };

    static readonly Dictionary<string, string?> TwoLanes = new() { ["Lanes:Use"] = "main,grey" };

    static readonly Dictionary<string, string?> LittleTime = new()
    {
        ["Orders:TimeToPay:Seconds"] = Provocations.SecondsToPay.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    public static IReadOnlyList<Provocation> All { get; } =
    [
        new("load", OneProcess: true, Usual, Provocations.Load),
        new("copies", OneProcess: true, Usual, Provocations.Copies),
        new("hosted", OneProcess: true, KnownSecret, Provocations.Hosted),
        new("same-key", OneProcess: true, Usual, Provocations.SameKey),
        new("flips", OneProcess: true, Usual, Provocations.Flips),
        new("lanes", OneProcess: true, TwoLanes, Provocations.Lanes),
        new("overtaken", OneProcess: false, Usual, Provocations.Overtaken),
        new("death-in-placement", OneProcess: false, Usual, Provocations.DeathInPlacement),
        new("death-on-the-bus", OneProcess: true, Usual, Provocations.DeathOnTheBus),
        new("behind", OneProcess: false, ShortIntervals, Provocations.Behind),
        new("late-capture", OneProcess: false, NoAnswers, Provocations.LateCapture),
        new("read-only", OneProcess: true, Usual, Provocations.ReadOnly),
        new("long-outage", OneProcess: false, LittleTime, Provocations.LongOutage),
    ];
}
