using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Payments.Tests;

/// <summary>
/// The same 1,092 sequences without waiting: commands arrive during calls, calls and responses get lost, and the sweeper queries, by a
/// printed seed. The gateway's own ledger shows whether the invariants hold.
/// </summary>
public sealed class MixedTests(ITestOutputHelper output)
{
    static readonly string[] Tokens = ["tok_ok", "tok_declined", "tok_capture_refused"];

    public static TheoryData<string> Databases() => Bench.Databases();

    [Theory, MemberData(nameof(Databases))]
    public async Task Every_interleaved_sequence_keeps_money_consistent(string database)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var chance = new Random(seed);
        await using var bench = await Bench.Start(database);
        bench.Gateway.Faults = (_, _) => chance.NextDouble() < 0.3 ? (Fault)chance.Next(1, 5) : Fault.None;
        var runs = Sequences.All.Select((sequence, i) => new Run(sequence, Tokens[i % Tokens.Length], Some.Order())).ToList();
        for (var step = 0; step < Sequences.MaxLength; step++)
        {
            foreach (var batch in runs.Where(run => run.Sequence.Length > step).Chunk(64))
                await Step(bench, batch, step, chance);
        }

        bench.Gateway.Faults = (_, _) => Fault.None;
        await bench.Heal();
        var answers = await bench.TakeAnswers();
        var states = await bench.Read(db => db.Branches.AsNoTracking().ToDictionaryAsync(row => row.OrderId, row => row.State));
        foreach (var run in runs)
            Check(run, states.TryGetValue(run.OrderId, out var state) ? state : null, bench.Gateway, answers[run.OrderId].ToList(), seed);
        await Audits.ShouldBeWhole(bench, runs.ConvertAll(run => run.OrderId));
    }

    /// <summary>After a batch, calls are lost, made and answered, made and not answered, or wait; sometimes the sweeper runs.</summary>
    static async Task Step(Bench bench, Run[] batch, int step, Random chance)
    {
        await bench.Deliver([.. batch.Select(run => Some.Command(run.Sequence[step], run.OrderId, run.Token))]);
        var calls = bench.Waiting().Where(_ => chance.NextDouble() < 0.8).ToList();
        var results = (await bench.Call(calls)).Where(_ => chance.NextDouble() < 0.8).ToArray();
        chance.Shuffle(results);
        await bench.Commit(results);
        if (chance.NextDouble() < 0.2)
            await bench.Sweep();
    }

    static void Check(Run run, BranchState? state, FakeGateway gateway, List<string> answers, int seed)
    {
        var received = gateway.Ledger.Where(row => row.Reference == run.OrderId.ToString()).ToList();
        long Sum(string operation) => received.Where(row => row.Operation == operation && row.Status == "succeeded").Sum(row => row.Amount);
        var ledger = string.Join(' ', received.Select(row => row.Operation + ":" + row.Status));
        var why = $"{run} seed {seed}: {state}, ledger {ledger}, answers {string.Join(", ", answers)}";
        received.Select(row => row.Operation).ShouldBeUnique(why);
        var open = Sum("authorize") - Sum("void") - Sum("capture");
        var net = Sum("capture") - Sum("refund");
        (open, net).ShouldBe(state switch
        {
            BranchState.Tried or BranchState.CaptureRefused => (1250, 0),
            BranchState.Confirmed => (0, 1250),
            null or BranchState.Refused or BranchState.Cancelled => (0, 0),
            _ => throw new InvalidOperationException("still under way: " + why),
        }, why);
        if (run.Sequence.Contains(Op.Cancel))
        {
            state.ShouldBe(BranchState.Cancelled, why);
            answers.ShouldContain("PaymentCancelled", why);
        }
        else if (run.Sequence.Contains(Op.Try))
        {
            answers.ShouldContain(run.Token == "tok_declined" ? "PaymentDeclined: card declined" : "PaymentAuthorized", why);
        }
    }

    sealed record Run(Op[] Sequence, string Token, Guid OrderId)
    {
        public override string ToString() => $"{string.Join(' ', Sequence)} {Token}";
    }
}
