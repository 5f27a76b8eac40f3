using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Sandbox;

/// <summary>Writes commands to the ledger; concurrent ones share a transaction.</summary>
sealed class Ledger : IAsyncDisposable
{
    const int BatchSize = 64;

    readonly UnitOfWork<SandboxDb> unitOfWork;
    readonly WebhookSignal webhooks;
    readonly SandboxSettings settings;
    readonly TimeProvider clock;
    readonly Batcher<Entry> entries;

    public Ledger(UnitOfWork<SandboxDb> unitOfWork, WebhookSignal webhooks, SandboxSettings settings, TimeProvider clock)
    {
        (this.unitOfWork, this.webhooks, this.settings, this.clock) = (unitOfWork, webhooks, settings, clock);
        entries = new Batcher<Entry>(BatchSize, Handle);
    }

    /// <summary>Completes after the commit.</summary>
    public async Task<Outcome> Do(Command command)
    {
        var entry = new Entry(command, new TaskCompletionSource<Outcome>(TaskCreationOptions.RunContinuationsAsynchronously));
        await entries.Add(entry);
        return await entry.Done.Task;
    }

    public ValueTask DisposeAsync() => entries.DisposeAsync();

    /// <summary>A failing batch is split, so that no command fails because of another.</summary>
    Task Handle(IReadOnlyList<Entry> batch) => unitOfWork.RunSplitting(batch, Commit, (entry, error) => entry.Done.SetException(error));

    async Task Commit(IReadOnlyList<Entry> batch, TransactionRunner run)
    {
        List<Outcome> outcomes = [];
        await run(async work => outcomes = await Write(work, [.. batch.Select(x => x.Command)]));
        foreach (var (entry, outcome) in batch.Zip(outcomes))
            entry.Done.SetResult(outcome);
    }

    async Task<List<Outcome>> Write(UnitOfWorkContext work, IReadOnlyList<Command> commands)
    {
        var book = await LedgerRows.Open(work, commands);
        return [.. commands.Select(command => Apply(work, book, command))];
    }

    Outcome Apply(UnitOfWorkContext work, LedgerRows book, Command command)
    {
        if (command is KeyedCommand keyed && book.ByKey(keyed.Key) is { } earlier)
            return Repeat(keyed, earlier);

        return command switch
        {
            Authorize authorize => Apply(book, authorize),
            CloseKey close => Apply(book, close),
            Modification follow => Apply(work, book, follow),
            Conclude conclude => Apply(work, book, conclude),
            _ => throw new InvalidOperationException($"{command.GetType().Name} is not a ledger command."),
        };
    }

    static Outcome Repeat(KeyedCommand command, GatewayOperation earlier) => (command, earlier) switch
    {
        (CloseKey, _) => new Outcome(earlier, Replayed: true),
        (_, { Status: Statuses.Closed }) => new Outcome(null, Refusal: new Problem(ProblemTypes.KeyClosed, "Nothing was done. Use a new key.")),
        _ when command.Hash == earlier.RequestHash => new Outcome(earlier, Replayed: true),
        _ => new Outcome(null, Refusal: new Problem(ProblemTypes.IdempotencyKeyReused,
            "This Idempotency-Key was used with another operation or body. Send that request again, or use a new key.")),
    };

    Outcome Apply(LedgerRows book, Authorize command)
    {
        var operation = GatewayAnswer.Authorization(command, GatewayRules.Decide(command, Now()), NewId("auth"), Now());
        book.Write(operation);
        return new Outcome(operation);
    }

    Outcome Apply(LedgerRows book, CloseKey command)
    {
        var operation = GatewayAnswer.Closed(command, NewId("auth"), Now());
        book.Write(operation);
        return new Outcome(operation);
    }

    Outcome Apply(UnitOfWorkContext work, LedgerRows book, Modification step)
    {
        var target = book.ById(step.TargetId, step.Operation == Operations.Refund ? Operations.Capture : Operations.Authorize);
        if (target is null || (step.Operation == Operations.Refund && target.Status != Statuses.Succeeded))
            return new Outcome(null, Refusal: Missing(step, target));

        var account = book.Account(target.AuthorizationId);
        if (GatewayRules.IsOver(account.Authorization, Now()))
            Close(work, account.Authorization, GatewayRules.NotPaidInTime);
        if (GatewayRules.Refuse(step.Operation, account, step.Amount) is { } refusal)
            return new Outcome(null, Refusal: refusal);

        if (step.Operation == Operations.Void && account.Authorization.Status == Statuses.Pending)
            Change(work, account.Authorization, new Verdict(Statuses.Expired, "voided before it was paid"), "void");

        var operation = GatewayAnswer.Step(step, GatewayRules.Decide(step, account.Authorization), target, NewId(Prefix(step.Operation)), Now());
        book.Write(operation);
        return new Outcome(operation);
    }

    static Problem Missing(Modification step, GatewayOperation? target) => target is null
        ? new Problem(ProblemTypes.UnknownOperation, $"There is no operation {step.TargetId} to {step.Operation}.")
        : new Problem(ProblemTypes.CaptureDeclined, "No money was taken, so there is nothing to refund.");

    Outcome Apply(UnitOfWorkContext work, LedgerRows book, Conclude command)
    {
        if (book.ById(command.AuthorizationId, Operations.Authorize) is not { } authorization)
            return new Outcome(null, Refusal: new Problem(ProblemTypes.UnknownOperation, "Check the link."));
        if (GatewayRules.Decide(command, authorization, Now(), settings.LatePayment) is not { } verdict)
            return new Outcome(authorization, Replayed: true);

        Close(work, authorization, verdict);
        return new Outcome(authorization);
    }

    /// <summary>Adds a webhook about the change.</summary>
    void Close(UnitOfWorkContext work, GatewayOperation authorization, Verdict verdict)
    {
        Change(work, authorization, verdict, "hosted payment");
        if (settings.WebhookUrl is { } url)
        {
            work.Db.Add(GatewayWebhook.About(authorization, url, NewId("msg"), Now()));
            work.AfterCommit(webhooks.Raise);
        }
    }

    static void Change(UnitOfWorkContext work, GatewayOperation authorization, Verdict verdict, string cause)
    {
        work.Audit("authorization", authorization.Id, authorization.Status, verdict.Status, cause, verdict.Reason);
        authorization.Status = verdict.Status;
        authorization.Reason = verdict.Reason;
    }

    /// <summary>Whole milliseconds, because databases differ in their precision and answers must not.</summary>
    DateTime Now()
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);
    }

    string NewId(string prefix) => $"{prefix}_{Guid.CreateVersion7(clock.GetUtcNow()):N}";

    static string Prefix(string operation) => operation switch { Operations.Capture => "cap", Operations.Refund => "ref", _ => operation };

    sealed record Entry(Command Command, TaskCompletionSource<Outcome> Done);
}
