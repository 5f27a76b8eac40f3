using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using OrderSaga.Contracts;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Participants;
using OrderSaga.Platform.Processing;
using Shouldly;

namespace Testing;

/// <summary>What a sku, a card or another resource has.</summary>
public sealed record Balance(long Available, long Held, long Used);

/// <summary>
/// Every sequence of Try, Confirm and Cancel through a participant's consumers, its bus and its database, one order each, all orders
/// interleaved step by step. Those up to length 4, which reach every cell of the table, also run with too little to hold.
/// </summary>
/// <param name="amount">What each Try asks for.</param>
public abstract class FenceSequences<TDb, TBranch>(long amount) where TDb : ServiceDb where TBranch : BranchRow
{
    /// <summary>The name of its database.</summary>
    protected abstract string Database { get; }

    protected abstract Task<ParticipantHost<TDb>> Start(Installation installation, string[] settings, params IInterceptor[] interceptors);

    /// <summary>Adds a resource of which this much is available.</summary>
    protected abstract void Add(DbContext db, string resource, long available);

    /// <summary>The command; a Try asks for the amount of the resource.</summary>
    protected abstract IOrderMessage Message(Op op, Guid orderId, string resource);

    /// <summary>The answer in the words of the model.</summary>
    protected abstract string Text(IOrderMessage answer);

    /// <summary>The reason of the refusal if this much is available.</summary>
    protected abstract string Refusal(long available);

    protected abstract Task<Dictionary<string, Balance>> Balances(TDb db);

    public async Task RunAll(Mode mode, CrashBeforeCommit? crash = null)
    {
        await using var installation = await mode.Fresh(Database);
        // With two concurrent batches, one could take the crash meant for the other.
        await using var host = await Start(installation, crash is null ? [] : ["Limits:ConcurrentBatches=1"], crash is null ? [] : [crash]);
        var enough = Sequences.All.Select((ops, i) => new Run(ops, $"enough-{i}", amount, NewModel(amount)));
        var tooLittle = Sequences.All.Where(ops => ops.Length <= 4).Select((ops, i) => new Run(ops, $"short-{i}", amount - 1, NewModel(amount - 1)));
        List<Run> runs = [.. enough, .. tooLittle];
        await host.Unit.Run(work =>
        {
            runs.ForEach(run => Add(work.Db, run.Resource, run.Available));
            return Task.CompletedTask;
        });
        var inCommit = crash is not null && mode.Database == nameof(DatabaseMode.PostgreSql);
        if (inCommit)
            await CrashInCommit.Plant<TDb, TBranch>(host);

        var failures = 0;
        for (var step = 0; step < Sequences.MaxLength; step++)
        {
            crash?.NextStep();
            List<Run> now = [.. runs.Where(run => step < run.Ops.Length)];
            failures += await Step(host, now, step, crash is not null);
            (await host.Failures()).ShouldBe(failures);
            if (inCommit)
                (await CrashInCommit.Commits(host) % 2).ShouldBe(0, "each batch crashed once and then succeeded");
            else if (crash is not null)
                now.Where(run => run.Expected is not null).ShouldAllBe(run => crash.HasCrashed(run.OrderId));
        }

        if (inCommit)
            (await CrashInCommit.Commits(host)).ShouldBeGreaterThan(2 * Sequences.MaxLength, "every step crashed");
        await Check(host, runs);
    }

    FenceModel NewModel(long available) => new(available, amount, Refusal(available));

    /// <summary>Sends one message of each run and waits for its effects; returns how many had to be refused.</summary>
    async Task<int> Step(ParticipantHost<TDb> host, List<Run> runs, int step, bool again)
    {
        var (before, failedBefore) = (host.Answers.Count, await host.Failures());
        foreach (var run in runs)
            run.Expect(step, Message);
        var refused = runs.Count(run => run.Expected is null);

        foreach (var run in runs)
            await host.Send(run.Message, run.MessageId);
        await Arrive(host, before + runs.Count - refused, failedBefore + refused, $"step {step}");
        if (again)
        {
            // Not acknowledged: the same message again, which the inbox knows. Response lost: the same command in a new message, which the
            // fence knows.
            var handled = runs.Where(run => run.Expected is not null).ToList();
            foreach (var run in handled)
                await host.Send(run.Message, run.MessageId);
            foreach (var run in handled)
                await host.Send(run.Message);
            await Arrive(host, before + (2 * (runs.Count - refused)), failedBefore + refused, $"step {step} again");
        }

        var answered = host.Answers.Skip(before).ToLookup(answer => answer.OrderId, Text);
        foreach (var run in runs)
            answered[run.OrderId].Distinct().ShouldBe(run.Expected is null ? [] : [run.Expected], run.Because(step));
        return await host.Failures() - failedBefore;
    }

    static Task Arrive(ParticipantHost<TDb> host, int answers, int failures, string when) => Eventually.Holds(
        $"{answers} answers and {failures} failed messages in {when}",
        async () => host.Answers.Count >= answers && await host.Failures() >= failures,
        TimeSpan.FromSeconds(60));

    async Task Check(ParticipantHost<TDb> host, List<Run> runs)
    {
        var balances = await host.Read(Balances);
        var states = await host.Read(async db => (await db.Set<TBranch>().ToListAsync())
            .ToDictionary(branch => branch.OrderId, branch => db.Entry(branch).Property("State").CurrentValue!.ToString()));
        var audit = (await host.Read(db => db.Audit.AsNoTracking().OrderBy(row => row.Id).ToListAsync())).ToLookup(row => row.SubjectId);
        foreach (var run in runs)
        {
            var model = run.Model;
            balances[run.Resource].ShouldBe(new Balance(model.Available, model.Held, model.Used), run.Because(Sequences.MaxLength));
            states.GetValueOrDefault(run.OrderId).ShouldBe(model.Path.LastOrDefault(), run.Because(Sequences.MaxLength));
            var steps = audit[run.OrderId.ToString()].Select(row => (row.From, row.To));
            steps.ShouldBe(model.Path.Prepend("").Zip(model.Path), run.Because(Sequences.MaxLength));
        }

        CheckShared(balances, [.. runs.Select(run => run.Model)]);
    }

    /// <summary>Checks a resource that all orders share, if there is one.</summary>
    protected virtual void CheckShared(Dictionary<string, Balance> balances, IReadOnlyList<FenceModel> models)
    {
    }

    /// <summary>One order with a resource of its own.</summary>
    sealed class Run(Op[] ops, string resource, long available, FenceModel model)
    {
        public Op[] Ops => ops;
        public string Resource => resource;
        public long Available => available;
        public FenceModel Model => model;
        public Guid OrderId { get; } = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        public string? Expected { get; private set; }
        public IOrderMessage Message { get; private set; } = null!;
        public Guid MessageId { get; private set; }

        public void Expect(int step, Func<Op, Guid, string, IOrderMessage> message)
        {
            Expected = model.Handle(ops[step]);
            Message = message(ops[step], OrderId, resource);
            MessageId = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        }

        public string Because(int step) => $"step {step} of {string.Join(' ', ops)} with {available} available, order {OrderId}";
    }
}
