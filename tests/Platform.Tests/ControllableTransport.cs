using OrderSaga.Platform.Outbox;

namespace Platform.Tests;

/// <summary>The in-memory bus behind a broker that confirms nothing, or refuses everything, for as long as a test wants.</summary>
sealed class ControllableTransport(IServiceProvider services) : IMessageTransport
{
    /// <summary>Part of every destination, and of the probe.</summary>
    public const string Everything = "";

    readonly InMemoryTransport inner = new(services);
    volatile string? silent;
    volatile TaskCompletionSource confirm = new();
    int pending;

    /// <summary>Sends that wait for their confirm.</summary>
    public int Pending => Volatile.Read(ref pending);

    /// <summary>The error of each send.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>From now on nothing sent to such destinations is confirmed.</summary>
    public void StopConfirming(string destination) =>
        (confirm, silent) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), destination);

    /// <summary>Confirms all waiting and future sends.</summary>
    public void Confirm()
    {
        silent = null;
        confirm.SetResult();
    }

    public async Task Send(OutboxMessage message, CancellationToken cancel)
    {
        if (Refusal is not null)
            throw Refusal;
        Interlocked.Increment(ref pending);
        try
        {
            if (silent is { } part && message.Destination.Contains(part, StringComparison.Ordinal))
                await confirm.Task.WaitAsync(cancel);
        }
        finally
        {
            Interlocked.Decrement(ref pending);
        }

        await inner.Send(message, cancel);
    }

    public Task Probe(CancellationToken cancel) => silent == Everything ? confirm.Task.WaitAsync(cancel) : Task.CompletedTask;

    public bool? IsDestinationError(Exception failure) => failure is OperationCanceledException ? null : inner.IsDestinationError(failure);
}
