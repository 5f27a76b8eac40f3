using FaultRuns;

// See scripts/faults.
using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = !interrupted.IsCancellationRequested;
    interrupted.Cancel();
};
try
{
    return await Command.Run(args, Console.Out, interrupted.Token);
}
catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
{
    Console.WriteLine("Ended early.");
    return 130;
}
