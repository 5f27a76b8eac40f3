namespace OrderSaga.Bench;

/// <summary>The names of the figures of a run. Latencies are milliseconds; what is "per order" is per measured order.</summary>
static class Figure
{
    public const string Orders = "orders";
    public const string Completed = "completed";
    public const string SettledPerSecond = "settledPerSecond";
    public const string Seconds = "seconds";
    public const string PlacedPerSecond = "placedPerSecond";
    public const string PlacementP50 = "placementP50";
    public const string PlacementP99 = "placementP99";

    /// <summary>Placed to settled while the system is saturated.</summary>
    public const string FullP50 = "settleAtFullRateP50";
    public const string FullP95 = "settleAtFullRateP95";
    public const string FullP99 = "settleAtFullRateP99";

    /// <summary>Placed to settled at a share of the maximum rate.</summary>
    public const string PacedP50 = "settleAtPacedRateP50";
    public const string PacedP95 = "settleAtPacedRateP95";
    public const string PacedP99 = "settleAtPacedRateP99";
    public const string PacedSlowest = "settleAtPacedRateSlowest";

    /// <summary>Prefix of an order state: median time in it.</summary>
    public const string PacedIn = "paced.in.";

    /// <summary>Prefix of another figure, measured at the paced rate.</summary>
    public const string Paced = "paced.";

    public const string PacedRate = "pacedRate";
    public const string PacedPlacementP50 = "placementAtPacedRateP50";
    public const string PacedPlacementP99 = "placementAtPacedRateP99";

    /// <summary>CPU milliseconds per order: application, database and broker, and their sum. Driver and gateway are excluded.</summary>
    public const string CpuAll = "cpuPerOrder";
    public const string CpuApplication = "cpuPerOrder.application";
    public const string CpuDatabase = "cpuPerOrder.database";
    public const string CpuBroker = "cpuPerOrder.broker";

    /// <summary>The part of the database's CPU time that serves the connections of the measured system.</summary>
    public const string CpuConnections = CpuOf + CpuMeter.Connections;

    /// <summary>reads: what is "per order" is per read.</summary>
    public const string ReadsPerSecond = "readsPerSecond";
    public const string ReadP50 = "readP50";
    public const string ReadP99 = "readP99";

    /// <summary>Prefix of a process name.</summary>
    public const string CpuOf = "cpuPerOrder.of.";

    public const string Transactions = "transactionsPerOrder";
    public const string Statements = "statementsPerOrder";
    public const string Messages = "messagesPerOrder";
    public const string AllocatedKilobytes = "allocatedKilobytesPerOrder";

    /// <summary>Placements refused with 429 or 503 and not repeated.</summary>
    public const string Refused = "refused";
    public const string Accepted = "accepted";

    /// <summary>recover: orders that waited for the broker, seconds until the first of them was final, and their rate.</summary>
    public const string Backlog = "backlog";
    public const string ResumedAfter = "resumedAfterSeconds";
    public const string DrainedPerSecond = "drainedPerSecond";
    public const string DrainShare = "drainedShareOfPeak";
    public const string DrainShareInAll = "drainedShareOfPeakWithThePause";

    /// <summary>
    /// overload: orders settled during the overload, per second and as a share of the peak; seconds until latencies are normal again.
    /// </summary>
    public const string Goodput = "goodputPerSecond";
    public const string GoodputShare = "goodputShareOfPeak";
    public const string NormalAfter = "normalAfterSeconds";
}
