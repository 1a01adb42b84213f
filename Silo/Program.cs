using System.Runtime.InteropServices;
using Dtao.Silo.Configuration;
using Dtao.Silo.Running;
using Spectre.Console;

using var stop = new CancellationTokenSource();
// The first signal stops cleanly; a second one of the same kind ends the process at once, as the system would.
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await SiloRun.Start(args, AnsiConsole.Console, Console.In, Console.Out, Console.Error, stop.Token, SettingSources.OfProcess());

void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    if (signal.Cancel) stop.Cancel();
}
