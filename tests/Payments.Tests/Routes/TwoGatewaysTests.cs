using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Payments.Tests;

/// <summary>
/// The 1,092 sequences at two gateways with a ledger each, without waiting: requests get lost, arrive late or cannot be sent, answers get lost,
/// processes die and the sweeper asks, by a printed seed. The two ledgers show whether the invariants hold.
/// </summary>
public sealed class TwoGatewaysTests(ITestOutputHelper output)
{
    static readonly string[] Tokens = ["tok_ok", "tok_declined", "tok_capture_refused", "tok_soft_declined"];

    static readonly string[] Common = [.. Bench.BackupArguments, "Routes:WarmPercent=20", "Gateway:SoftDeclines=issuer unavailable"];

    public enum Way
    {
        /// <summary>An unknown order waits; keys can be closed.</summary>
        Close,

        /// <summary>An unknown order waits; keys cannot be closed.</summary>
        Wait,

        /// <summary>An unknown order is authorized at the other gateway too.</summary>
        Hold,

        /// <summary>As Hold; keys can be closed, and an order that no gateway takes is declined.</summary>
        HoldCloseDecline,
    }

    public static TheoryData<string, Way> Matrix()
    {
        var matrix = new TheoryData<string, Way>();
        foreach (var database in Bench.Databases())
        foreach (var way in Enum.GetValues<Way>())
            matrix.Add(database.Data, way);
        return matrix;
    }

    [Theory, MemberData(nameof(Matrix))]
    public async Task Two_ledgers_together_hold_each_orders_money_once(string database, Way way)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var chance = new Random(seed);
        await using var bench = await Bench.Start(database, SettingsOf(way));
        bench.Gateway.Faults = bench.Backup.Faults = (operation, _) => FaultOf(operation, chance);
        var runs = Sequences.All.Select((sequence, i) => new Run(sequence, Tokens[i % Tokens.Length], Some.Order())).ToList();
        for (var step = 0; step < Sequences.MaxLength; step++)
        {
            foreach (var batch in runs.Where(run => run.Sequence.Length > step).Chunk(64))
                await Step(bench, batch, step, chance);
        }

        bench.Gateway.Faults = bench.Backup.Faults = (_, _) => Fault.None;
        await bench.Heal();
        await bench.Sweep();
        bench.Gateway.DeliverDelayed();
        bench.Backup.DeliverDelayed();
        for (var hour = 0; hour < 26; hour++)
            await bench.Sweep(TimeSpan.FromHours(1));
        await Check(bench, runs, way, seed);
    }

    static string[] SettingsOf(Way way) =>
    [
        .. Common,
        .. way is Way.Close or Way.HoldCloseDecline ? ["Gateway:CanCloseKeys=true", "Gateways:backup:CanCloseKeys=true"] : Array.Empty<string>(),
        .. way is Way.Hold or Way.HoldCloseDecline ? ["Routes:WhileUnknown=Hold", "Routes:MaxHoldAmount=1250"] : Array.Empty<string>(),
        $"Routes:WhenNone={(way == Way.HoldCloseDecline ? "Decline" : "Wait")}",
    ];

    static Fault FaultOf(string operation, Random chance) => chance.NextDouble() switch
    {
        < 0.10 => Fault.LostRequest,
        < 0.15 => Fault.LostAnswer,
        < 0.20 => Fault.ErrorAfter,
        < 0.25 => Fault.ErrorBefore,
        < 0.40 => Fault.NoConnection,
        < 0.50 when operation == "authorize" => Fault.Delayed,
        _ => Fault.None,
    };

    /// <summary>After a batch, calls are lost, made and answered, made and not answered, or wait; delayed requests arrive; the sweeper runs.</summary>
    static async Task Step(Bench bench, Run[] batch, int step, Random chance)
    {
        await bench.Deliver([.. batch.Select(run => Some.Command(run.Sequence[step], run.OrderId, run.Token))]);
        for (var round = 0; round < 2; round++)
        {
            var calls = bench.Waiting().Where(_ => chance.NextDouble() < 0.9).ToList();
            var results = (await bench.Call(calls)).Where(_ => chance.NextDouble() < 0.9).ToArray();
            chance.Shuffle(results);
            await bench.Commit(results);
        }

        if (chance.NextDouble() < 0.2)
            (chance.Next(2) == 0 ? bench.Gateway : bench.Backup).DeliverDelayed();
        if (chance.NextDouble() < 0.3)
            await bench.Sweep();
    }

    static async Task Check(Bench bench, List<Run> runs, Way way, int seed)
    {
        var branches = await bench.Read(db => db.Branches.AsNoTracking().ToDictionaryAsync(row => row.OrderId));
        var (main, backup) = (Rows(bench.Gateway), Rows(bench.Backup));
        foreach (var run in runs)
        {
            var orderId = run.OrderId.ToString();
            Check(run, branches.GetValueOrDefault(run.OrderId), [.. main[orderId]], [.. backup[orderId]], way, seed);
        }

        bench.Backup.Ledger.ShouldNotBeEmpty();
        await Audits.ShouldBeWhole(bench, runs.ConvertAll(run => run.OrderId));
    }

    static ILookup<string, GatewayOperation> Rows(FakeGateway gateway) => gateway.Ledger.ToLookup(row => row.Reference!);

    static void Check(Run run, PaymentBranch? branch, List<GatewayOperation> main, List<GatewayOperation> backup, Way way, int seed)
    {
        var why = $"{run} seed {seed} {way}: {branch?.State} at {branch?.Gateway}, main {Text(main)}, backup {Text(backup)}";
        List<GatewayOperation> all = [.. main, .. backup];
        all.Select(row => row.IdempotencyKey).ShouldBeUnique(why);
        Count(all, "capture").ShouldBeLessThanOrEqualTo(1, why);
        if (way is Way.Wait or Way.Close)
            Count(all, "authorize").ShouldBeLessThanOrEqualTo(1, why);
        var (own, other) = branch?.Gateway == "backup" ? (backup, main) : (main, backup);
        (Open(other), Net(other), Count(other, "capture")).ShouldBe((0, 0, 0), why);
        (Open(own), Net(own)).ShouldBe(branch?.State switch
        {
            BranchState.Tried or BranchState.CaptureRefused => (1, 0),
            BranchState.Confirmed => (0, 1),
            null or BranchState.Refused or BranchState.Cancelled => (0, 0),
            _ => throw new InvalidOperationException("still in progress: " + why),
        }, why);
        if (run.Sequence.Contains(Op.Cancel))
            branch!.State.ShouldBe(BranchState.Cancelled, why);
    }

    static int Count(List<GatewayOperation> rows, string operation) => rows.Count(row => row.Operation == operation && row.Status == "succeeded");

    static int Open(List<GatewayOperation> rows) => Count(rows, "authorize") - Count(rows, "void") - Count(rows, "capture");

    static int Net(List<GatewayOperation> rows) => Count(rows, "capture") - Count(rows, "refund");

    static string Text(List<GatewayOperation> rows) => string.Join(' ', rows.Select(row => row.Operation + ":" + row.Status));

    sealed record Run(Op[] Sequence, string Token, Guid OrderId)
    {
        public override string ToString() => $"{string.Join(' ', Sequence)} {Token}";
    }
}
