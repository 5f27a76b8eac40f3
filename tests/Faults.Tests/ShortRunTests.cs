using FaultRuns;
using FaultRuns.Experiments;
using FaultRuns.Faults;
using FaultRuns.Servers;
using Shouldly;
using Testing;
using Xunit;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

namespace Faults.Tests;

/// <summary>A short fault run with a fixed seed. For the long ones see docs/reliability.md.</summary>
public sealed class ShortRunTests
{
    /// <summary>Without the minute-long broker outage.</summary>
    const string Kinds = "kill-at,kill,kill-two,kill-all,broker-kill,purge,database-kill,database-cut,database-slow";

    [Fact]
    public async Task A_minute_of_faults_under_load_breaks_no_invariant()
    {
        Assert.SkipWhen(Mode.Postgres is null || Mode.RabbitMq is null, "Without servers only the embedded modes run.");
        Assert.SkipWhen(OwnServers.Missing.Count > 0, "The fault run starts servers of its own; not installed: " + string.Join(", ", OwnServers.Missing));
        using var output = new StringWriter();
        var files = Path.Combine(AppContext.BaseDirectory, "run");
        string[] options = ["--duration", "50s", "--seed", "1", "--faults", Kinds, "--out", files];

        var code = await Command.Run(options, output, TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper?.WriteLine(output.ToString());
        code.ShouldBe(0, $"{output}\nLogs and report: {files}");
    }

    [Fact]
    public void The_same_seed_chooses_the_same_faults()
    {
        Dealt(7).ShouldBe(Dealt(7));
        Dealt(7).ShouldNotBe(Dealt(8));
        Names(Dealt(7)).ShouldBe(Names(Dealt(8)), "a complete deck each time");
    }

    [Fact]
    public void A_fault_waits_for_one_that_excludes_it()
    {
        var dealer = new FaultDeck([.. Catalogue.Deck(["kill"]).Where(fault => fault.Breaks.SequenceEqual(["Orders.Api"]))], 1);
        var first = dealer.Next()!.Value.Fault;
        dealer.Next().ShouldBeNull();
        dealer.Healed(first);
        dealer.Next().ShouldNotBeNull();
    }

    [Fact]
    public async Task A_fault_that_fails_to_heal_is_retried_alone()
    {
        Breaking first = new("Orders.Api", failures: 1), second = new("Orders.Sagas", failures: 0);
        var (run, injector) = Begin(first, second);
        await injector.Inject(first, new Random(1), TestContext.Current.CancellationToken);
        await injector.Inject(second, new Random(1), TestContext.Current.CancellationToken);
        run.Violations.ShouldBeEmpty("another fault was in progress");

        await injector.HealTheRest(TestContext.Current.CancellationToken);

        run.Violations.ShouldBeEmpty();
        (first.Done, second.Done).ShouldBe((2, 1));
    }

    [Fact]
    public async Task A_fault_that_never_heals_alone_is_reported()
    {
        Breaking first = new("Orders.Api", failures: 2), second = new("Orders.Sagas", failures: 0);
        var (run, injector) = Begin(first, second);
        await injector.Inject(second, new Random(1), TestContext.Current.CancellationToken);
        await injector.Inject(first, new Random(1), TestContext.Current.CancellationToken);

        await injector.HealTheRest(TestContext.Current.CancellationToken);

        run.Violations.ShouldHaveSingleItem().ShouldContain("Orders.Api did not heal");
    }

    [Fact]
    public void Every_fail_point_is_used_for_each_process_passing_it() =>
        Catalogue.Deck(["kill-at"]).SelectMany(fault => fault.Name.Split(':', ' ', '+')[1..^1]).Order(StringComparer.Ordinal)
            .ShouldBe(Repository.FailPoints.Listed.SelectMany(row => row.Processes.Where(process => !FailPointKills.OverTheBus.Contains((row.Name, process)))
                .Select(_ => row.Name)).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("--duration")]
    [InlineData("--duration", "soon")]
    [InlineData("--faults", "kill:Orders.Apo")]
    [InlineData("--speed", "1")]
    public async Task An_invalid_option_is_named(params string[] args)
    {
        using var output = new StringWriter();
        (await Command.Run(args, output, TestContext.Current.CancellationToken)).ShouldBe(2);
        output.ToString().ShouldContain(args[^1]);
    }

    /// <summary>Both faults are in progress.</summary>
    static (FaultRun Run, Injector Injector) Begin(params IFault[] faults)
    {
        var run = new FaultRun(null!, null!, null!, TextWriter.Null);
        var dealer = new FaultDeck(faults, 1);
        foreach (var _ in faults)
            dealer.Next().ShouldNotBeNull();
        return (run, new Injector(run, dealer));
    }

    /// <summary>Fails this many times, as when it calls a server that another fault has stopped.</summary>
    sealed class Breaking(string service, int failures) : IFault
    {
        public int Done { get; private set; }

        public string Name => service;

        public IReadOnlyList<string> Breaks => [service];

        public Task Inject(FaultRun run, Random chance, CancellationToken cancel) =>
            ++Done <= failures ? Task.FromException(new IOException("the database is being restarted")) : Task.CompletedTask;
    }

    [Theory]
    [InlineData("no-such-experiment")]
    [InlineData("read-only", "--speed", "1")]
    [InlineData("read-only", "--rate", "fast")]
    [InlineData("read-only", "--rate")]
    public async Task An_unknown_experiment_is_named(params string[] args)
    {
        using var output = new StringWriter();
        (await ExperimentCommand.Run(args, output, TestContext.Current.CancellationToken)).ShouldBe(2);
        output.ToString().ShouldContain(args.Length > 1 ? args[1] : args[0]);
    }

    [Fact]
    public void The_document_lists_each_experiment()
    {
        var document = Repository.Repo.Read("docs/reliability.md");
        Experiment.All.ShouldAllBe(one => document.Contains($"| `{one.Name}` |", StringComparison.Ordinal));
    }

    static IEnumerable<string> Names(IEnumerable<string> dealt) => dealt.Select(one => one[..one.LastIndexOf(' ')]).Order(StringComparer.Ordinal);

    static List<string> Dealt(int seed)
    {
        var deck = Catalogue.Deck([]);
        var dealer = new FaultDeck(deck, seed);
        return [.. Enumerable.Range(0, deck.Count).Select(_ =>
        {
            var (fault, chance) = dealer.Next()!.Value;
            dealer.Healed(fault);
            return $"{fault.Name} {chance.Next()}";
        })];
    }
}
