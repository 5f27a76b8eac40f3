using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Participants;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Payments.Tests;

/// <summary>
/// The payment participant step by step: its consumers on a real database in real transactions, its HTTP client against the fake gateway,
/// its sweeper. Nothing runs by itself; time stands still until the test moves it.
/// </summary>
sealed class Bench(Installation installation) : ServiceHost<PaymentsDb>(installation, owned: true)
{
    public static readonly string[] GatewayArguments =
        ["Gateway:Url=http://gateway/base", "Gateway:Key=test-key-of-the-gateway", $"Gateway:WebhookSecret={Signed.Secret}"];

    /// <summary>The settings of a second gateway, which is called if the first one certainly holds no money.</summary>
    public static readonly string[] BackupArguments =
        ["Gateways:backup:Url=http://backup/base", "Gateways:backup:Key=test-key-of-the-gateway", $"Gateways:backup:WebhookSecret={Signed.OtherSecret}",
         "Routes:Order=main,backup", "Routes:WarmPercent=0"];

    public FakeGateway Gateway { get; } = new();
    public FakeGateway Backup { get; } = new();
    public TestClock Clock { get; } = new();
    public UnitOfWork<PaymentsDb> UnitOfWork => Unit;
    public string Connection => Installation.Connection("payments");

    /// <summary>The databases available here: SQLite, and the servers that the environment names.</summary>
    public static TheoryData<string> Databases() =>
    [
        "Sqlite", .. Mode.Postgres is null ? Array.Empty<string>() : ["PostgreSql"],
        .. Mode.SqlServerConnection is null ? Array.Empty<string>() : ["SqlServer"],
    ];

    public static async Task<Bench> Start(string database = "Sqlite", params string[] settings)
    {
        var mode = new[] { Mode.Embedded, Mode.PostgreSql, Mode.SqlServer }.Single(mode => mode.Database == database);
        return await Make(new Bench(await mode.Fresh("payments")), [.. GatewayArguments, .. settings]);
    }

    /// <summary>Delivers the commands as one batch in one transaction; returns those that the fence refused.</summary>
    public async Task<List<IOrderMessage>> Deliver(IReadOnlyList<IOrderMessage> messages, bool crashBeforeCommit = false)
    {
        List<IOrderMessage> refused = [];
        await UnitOfWork.Run(async work =>
        {
            refused = [];
            await work.Services.GetRequiredService<PaymentRows>().Load(work, [.. messages.Select(Deliveries.Of)]);
            foreach (var message in messages)
            {
                if (!await Consume(work, message))
                    refused.Add(message);
            }

            if (crashBeforeCommit)
                throw new Crash();
        });
        return refused;
    }

    public Task<List<IOrderMessage>> Deliver(params IOrderMessage[] messages) => Deliver(messages, false);

    /// <summary>
    /// Makes the queued calls and those that follow from their responses; the responses of one round are committed as one batch.
    /// </summary>
    public async Task Drain()
    {
        while (Waiting() is { Count: > 0 } calls)
        {
            foreach (var batch in calls.Chunk(64))
                await Get<GatewayCalls>().CommitTogether(await Call(batch));
        }
    }

    /// <summary>Makes the queued calls; their results are not committed yet.</summary>
    public Task<CallResult[]> Call(IEnumerable<QueuedCall> calls) => Task.WhenAll(calls.Select(Get<GatewayCalls>().Call));

    public Task Commit(params CallResult[] results) => Get<GatewayCalls>().CommitTogether(results);

    /// <summary>Takes the calls queued in memory; without this they are lost, like in a crash.</summary>
    public List<QueuedCall> Waiting()
    {
        var calls = new List<QueuedCall>();
        while (Get<CallQueue>().TryTake(out var ready))
        {
            using (ready.Permit)
                calls.Add(ready.Call);
        }

        return calls;
    }

    /// <summary>Moves time and runs the sweeper until nothing is due except pending hosted payments.</summary>
    public async Task Heal()
    {
        await Drain();
        for (var attempt = 0; attempt < 50 && await Read(AnyUndecided); attempt++)
            await Sweep();
    }

    /// <summary>Expires all leases and delays, and runs the sweeper once.</summary>
    public async Task Sweep(TimeSpan? after = null)
    {
        Clock.Advance(after ?? TimeSpan.FromSeconds(31));
        while (await Get<AttemptSweeper>().Sweep() > 0)
            await Drain();
    }

    public T Resolve<T>(UnitOfWorkContext work) where T : notnull => work.Services.GetRequiredService<T>();

    public Task<PaymentBranch> Branch(Guid orderId) => Read(db => db.Branches.AsNoTracking().SingleAsync(row => row.OrderId == orderId));

    public Task<PaymentAttempt> Attempt(Guid orderId, Operation operation, string gateway = GatewaySettings.Main) =>
        Read(db => db.Attempts.AsNoTracking().SingleAsync(row => row.OrderId == orderId && row.Operation == operation && row.Gateway == gateway));

    /// <summary>The responses for the saga in the outbox since the last read: name and, if any, reason; by order.</summary>
    public Task<ILookup<Guid, string>> TakeAnswers() => Read(async db =>
    {
        var rows = await db.Outbox.AsNoTracking().ToListAsync();
        await db.Outbox.ExecuteDeleteAsync();
        return rows.OrderBy(row => row.CreatedAt).SelectMany(row => Unpacked.Of(row.Body)).ToLookup(answer => answer.CorrelationId!.Value, AnswerOf);
    });

    public async Task<string> Answers(Guid orderId) => string.Join(", ", (await TakeAnswers())[orderId]);

    /// <summary>
    /// The path of the branch by its audit rows, e.g. <c>Trying Tried</c>; each row must start where the previous one ended.
    /// </summary>
    public async Task<string> Path(Guid orderId)
    {
        var rows = await Read(db => db.Audit.AsNoTracking().Where(row => row.SubjectId == orderId.ToString()).OrderBy(row => row.Id).ToListAsync());
        foreach (var subject in rows.GroupBy(row => row.Subject))
            subject.Select(row => row.From).ShouldBe(subject.Select(row => row.To).Prepend("").SkipLast(1), $"the audit of the {subject.Key} has a gap");
        return string.Join(' ', rows.Where(row => row.Subject == "payment branch").Select(row => row.To));
    }

    protected override void Add(WebApplicationBuilder builder)
    {
        builder.AddPayments();
        builder.Services.AddHttpClient(GatewayBook.HttpClient("main")).ConfigurePrimaryHttpMessageHandler(() => Gateway);
        builder.Services.AddHttpClient(GatewayBook.HttpClient("backup")).ConfigurePrimaryHttpMessageHandler(() => Backup);
        builder.Services.AddSingleton<TimeProvider>(Clock);
        UseUnavailableBroker(builder.Services);
    }

    static Task<bool> AnyUndecided(PaymentsDb db) =>
        db.Attempts.AnyAsync(row => row.State == AttemptState.Sent || row.State == AttemptState.Unknown
            || (row.State == AttemptState.NotSent && row.NextAttemptAt != null));

    static async Task<bool> Consume(UnitOfWorkContext work, IOrderMessage message)
    {
        try
        {
            await (message switch
            {
                TryAuthorizePayment authorize => work.Services.GetRequiredService<TryAuthorizePaymentConsumer>().Consume(Deliveries.Of(authorize)),
                ConfirmPayment confirm => work.Services.GetRequiredService<ConfirmPaymentConsumer>().Consume(Deliveries.Of(confirm)),
                CancelPayment cancel => work.Services.GetRequiredService<CancelPaymentConsumer>().Consume(Deliveries.Of(cancel)),
                _ => throw new ArgumentOutOfRangeException(nameof(message)),
            });
            return true;
        }
        catch (BranchViolationException)
        {
            return false;
        }
    }

    static void UseUnavailableBroker(IServiceCollection services)
    {
        var real = services.Last(service => service.ServiceType == typeof(IBus));
        services.AddSingleton(provider => UnavailableBroker.Around((IBus)real.ImplementationFactory!(provider)));
    }

    static string AnswerOf(Unpacked answer) => answer.Message["reason"] is { } reason ? $"{answer.Type}: {reason}" : answer.Type;
}

/// <summary>The process dies here.</summary>
sealed class Crash : Exception;

static class Some
{
    public static readonly DateTime InAnHour = new(2026, 1, 31, 13, 0, 0, DateTimeKind.Utc);

    /// <summary>Also for tests that use the real clock.</summary>
    static readonly DateTime FarFuture = new(2126, 1, 31, 13, 0, 0, DateTimeKind.Utc);

    public static Guid Order() => Guid.CreateVersion7();

    public static TryAuthorizePayment Try(Guid orderId, string token = "tok_ok") =>
        new(orderId, new Money(1250, "EUR"), new PaymentInstruction("card", token), FarFuture);

    public static TryAuthorizePayment Hosted(Guid orderId) => new(orderId, new Money(1250, "EUR"), new PaymentInstruction("hosted"), InAnHour);

    public static IOrderMessage Command(Op op, Guid orderId, string token = "tok_ok") => op switch
    {
        Op.Try => Try(orderId, token),
        Op.Confirm => Confirm(orderId),
        _ => Cancel(orderId),
    };

    public static ConfirmPayment Confirm(Guid orderId) => new(orderId);

    public static CancelPayment Cancel(Guid orderId) => new(orderId, "test");
}
