using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;
using OrderSaga.Platform.Database;
using Shouldly;
using Testing;
using Xunit;

namespace OrderSaga.Inventory.Tests;

/// <summary>
/// Every sequence through the consumers, the bus and a database, one order each, all orders interleaved step by step. Those up to length 4,
/// which reach every cell of the table, also run with sold-out stock.
/// </summary>
public sealed class SequenceTests
{
    const string Hot = "hot";
    const int Quantity = 2;

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public Task Every_sequence_ends_as_modelled(Mode mode) => RunAll(mode, crash: null);

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public Task Every_sequence_ends_the_same_with_crashes_around_commits(Mode mode) => RunAll(mode, new CrashBeforeCommit());

    static async Task RunAll(Mode mode, CrashBeforeCommit? crash)
    {
        await using var installation = await mode.Fresh("inventory");
        // With two concurrent batches, one could take the crash meant for the other.
        await using var host = await TestHost.Start(installation, crash is null ? [] : [("Limits:ConcurrentBatches", "1")], crash is null ? [] : [crash]);
        var enough = Sequences.All.Select((ops, i) => new Run(ops, $"enough-{i}", Quantity));
        var soldOut = Sequences.All.Where(ops => ops.Length <= 4).Select((ops, i) => new Run(ops, $"short-{i}", Quantity - 1));
        List<Run> runs = [.. enough, .. soldOut];
        await Stock(host, runs);
        var inCommit = crash is not null && mode.Database == nameof(DatabaseMode.PostgreSql);
        if (inCommit)
            await CrashInCommit.Plant(host);

        var failures = 0;
        for (var step = 0; step < 6; step++)
        {
            crash?.NextStep();
            List<Run> now = [.. runs.Where(run => step < run.Ops.Length)];
            failures += await Step(host, now, step, crash is not null);
            (await host.Failures()).ShouldBe(failures);
            if (inCommit)
                (await CrashInCommit.Commits(host) % 2).ShouldBe(0, "each batch crashed once and then succeeded");
            else
                crash?.Orders.ShouldBe(now.Count(run => run.Expected is not null), "each of them crashed once");
        }

        if (inCommit)
            (await CrashInCommit.Commits(host)).ShouldBeGreaterThan(2 * 6, "every step crashed");

        await Check(host, runs);
    }

    static Task Stock(TestHost host, List<Run> runs) => host.Unit.Run(work =>
    {
        foreach (var run in runs)
            Add(work.Db, run.Sku, run.Stock);
        Add(work.Db, Hot, 1_000_000);
        return Task.CompletedTask;
    });

    static void Add(DbContext db, string sku, long quantity)
    {
        var level = new StockLevel { Sku = sku };
        level.Receive(quantity);
        db.Add(level);
    }

    /// <summary>Sends one message of each run and waits for its effects; returns how many had to be refused.</summary>
    static async Task<int> Step(TestHost host, List<Run> runs, int step, bool again)
    {
        var (before, failedBefore) = (host.Answers.Count, await host.Failures());
        foreach (var run in runs)
            run.Expect(step);
        var refused = runs.Count(run => run.Expected is null);

        // Messages that will be refused go last: each of them splits its batch into single messages.
        foreach (var run in runs.OrderBy(run => run.Expected is null))
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

        var answered = host.Answers.Skip(before).ToLookup(answer => answer.OrderId, Model.Text);
        foreach (var run in runs)
            answered[run.OrderId].Distinct().ShouldBe(run.Expected is null ? [] : [run.Expected], run.Because(step));
        return await host.Failures() - failedBefore;
    }

    static Task Arrive(TestHost host, int answers, int failures, string when) => Eventually.Holds(
        $"{answers} answers and {failures} failed messages in {when}",
        async () => host.Answers.Count >= answers && await host.Failures() >= failures,
        TimeSpan.FromSeconds(60));

    static async Task Check(TestHost host, List<Run> runs)
    {
        var levels = await host.Read(db => db.Stock.AsNoTracking().ToDictionaryAsync(level => level.Sku));
        var branches = await host.Read(db => db.Branches.AsNoTracking().ToDictionaryAsync(branch => branch.OrderId));
        var audit = (await host.Read(db => db.Audit.AsNoTracking().OrderBy(row => row.Id).ToListAsync())).ToLookup(row => row.SubjectId);
        foreach (var run in runs)
        {
            var (level, model) = (levels[run.Sku], run.Model);
            (level.Available, level.Held, level.Sold).ShouldBe((model.Available, model.Held, model.Sold), run.Because(6));
            (branches.GetValueOrDefault(run.OrderId)?.State.ToString()).ShouldBe(model.Path.LastOrDefault(), run.Because(6));
            var steps = audit[run.OrderId.ToString()].Select(row => (row.From, row.To));
            steps.ShouldBe(model.Path.Prepend("").Zip(model.Path), run.Because(6));
        }

        var hot = levels[Hot];
        (hot.Held, hot.Sold).ShouldBe((runs.Sum(run => run.Model.Held / Quantity), runs.Sum(run => run.Model.Sold / Quantity)));
        hot.Received.ShouldBe(hot.Available + hot.Held + hot.Sold);
    }

    /// <summary>One order: its own sku, whose units are checked exactly, and one unit of the shared sku.</summary>
    sealed class Run(Op[] ops, string sku, long stock)
    {
        public Op[] Ops => ops;
        public string Sku => sku;
        public long Stock => stock;
        public Model Model { get; } = new(stock, Quantity);
        public Guid OrderId { get; } = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        public string? Expected { get; private set; }
        public IOrderMessage Message { get; private set; } = null!;
        public Guid MessageId { get; private set; }

        public void Expect(int step)
        {
            Expected = Model.Handle(ops[step]);
            Message = Model.Message(ops[step], OrderId, new OrderLine(Hot, 1), new OrderLine(sku, Quantity));
            MessageId = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        }

        public string Because(int step) => $"step {step} of {string.Join(' ', ops)} with {stock} in stock, order {OrderId}";
    }
}
