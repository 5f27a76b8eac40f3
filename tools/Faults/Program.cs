using System.Runtime.InteropServices;
using FaultRuns;
using FaultRuns.Experiments;

// See scripts/faults and scripts/experiment.
using var interrupted = new CancellationTokenSource();
void End(PosixSignalContext signal)
{
    signal.Cancel = !interrupted.IsCancellationRequested;
    interrupted.Cancel();
}

using var pressed = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var received = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
try
{
    return args is ["experiment", .. var rest]
        ? await ExperimentCommand.Run(rest, Console.Out, interrupted.Token)
        : await Command.Run(args, Console.Out, interrupted.Token);
}
catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
{
    Console.WriteLine("Ended early.");
    return 130;
}
