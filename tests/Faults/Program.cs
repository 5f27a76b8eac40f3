using System.Runtime.InteropServices;
using FaultRuns;

// See scripts/faults.
using var interrupted = new CancellationTokenSource();
void End(PosixSignalContext signal)
{
    signal.Cancel = !interrupted.IsCancellationRequested;
    interrupted.Cancel();
}

using var pressed = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var told = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
try
{
    return await Command.Run(args, Console.Out, interrupted.Token);
}
catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
{
    Console.WriteLine("Ended early.");
    return 130;
}
