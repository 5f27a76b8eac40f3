using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Payments.Tests;

/// <summary>Where the process dies while it handles one command.</summary>
public enum CrashAt
{
    Never,

    /// <summary>Before the commit; the command comes again.</summary>
    BeforeCommit,

    /// <summary>
    /// After the commit, before the acknowledgement: the hand-over to the gateway is lost, the command comes again, the sweeper finds the
    /// attempt.
    /// </summary>
    AfterCommit,

    /// <summary>After the gateway has executed the call: its response is lost with the process, and the sweeper queries it.</summary>
    AfterGateway,
}

/// <summary>
/// Every sequence of Try, Confirm and Cancel up to length six, on the real consumers and a real database, with a crash at each of its
/// steps: 1,092 sequences, 19,137 runs. Each command is answered before the next; 64 orders share each batch. On a server each sequence
/// runs once for each kind of crash, which occurs at all of its steps.
/// </summary>
public sealed class SequenceTests
{
    public static TheoryData<string, CrashAt> Matrix()
    {
        var matrix = new TheoryData<string, CrashAt>();
        foreach (var database in Bench.Databases())
        foreach (var crash in Enum.GetValues<CrashAt>())
            matrix.Add(database.Data, crash);
        return matrix;
    }

    [Theory, MemberData(nameof(Matrix))]
    public async Task Every_sequence_answers_and_moves_money_as_modelled(string database, CrashAt crash)
    {
        Sequences.All.Count.ShouldBe(1092);
        await using var bench = await Bench.Start(database);
        var everywhere = database != "Sqlite" || crash == CrashAt.Never;
        for (var at = 0; at < (everywhere ? 1 : Sequences.MaxLength); at++)
        {
            var runs = Sequences.All.Where(sequence => sequence.Length > at).Select(sequence => new Run(sequence)).ToList();
            for (var step = 0; step < Sequences.MaxLength; step++)
            {
                foreach (var batch in runs.Where(run => run.Sequence.Length > step).Chunk(64))
                    await Step(bench, batch, step, everywhere || step == at ? crash : CrashAt.Never);
            }

            await Check(bench, runs);
        }
    }

    static async Task Step(Bench bench, Run[] batch, int step, CrashAt crash)
    {
        var commands = batch.Select(run => Some.Command(run.Sequence[step], run.OrderId)).ToArray();
        var refused = await Deliver(bench, commands, crash);
        await bench.Heal();
        var answers = await bench.TakeAnswers();
        foreach (var (run, command) in batch.Zip(commands))
        {
            var expected = run.Model.Handle(run.Sequence[step]);
            refused.Contains(command).ShouldBe(expected is null, run.ToString());
            answers[run.OrderId].Distinct().ShouldBe(expected is null ? [] : [expected], run.ToString());
        }
    }

    static async Task<List<IOrderMessage>> Deliver(Bench bench, IOrderMessage[] commands, CrashAt crash)
    {
        switch (crash)
        {
            case CrashAt.BeforeCommit:
                await Should.ThrowAsync<Crash>(() => bench.Deliver(commands, crashBeforeCommit: true));
                break;
            case CrashAt.AfterCommit:
                await bench.Deliver(commands);
                bench.Waiting();
                break;
            case CrashAt.AfterGateway:
                var refused = await bench.Deliver(commands);
                await bench.Call(bench.Waiting());
                return refused;
        }

        return await bench.Deliver(commands);
    }

    static async Task Check(Bench bench, List<Run> runs)
    {
        var orders = runs.ConvertAll(run => run.OrderId);
        var states = await bench.Read(db => db.Branches.AsNoTracking().ToDictionaryAsync(row => row.OrderId, row => row.State));
        var ledger = bench.Gateway.Ledger.ToLookup(received => Guid.Parse(received.Reference!), received => received.Operation);
        foreach (var run in runs)
        {
            (states.TryGetValue(run.OrderId, out var state) ? state.ToString() : "").ShouldBe(run.Model.State, run.ToString());
            string.Join(", ", ledger[run.OrderId]).ShouldBe(run.Model.Ledger, run.ToString());
        }

        await Audits.ShouldBeWhole(bench, orders);
    }

    sealed record Run(Op[] Sequence)
    {
        public Guid OrderId { get; } = Some.Order();
        public Model Model { get; } = new();

        public override string ToString() => string.Join(' ', Sequence);
    }
}
