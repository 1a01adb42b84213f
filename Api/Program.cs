using System.Runtime.InteropServices;
using Dtao.Api;
using Dtao.Api.Configuration;

using var stop = new CancellationTokenSource();
// The first signal stops cleanly; a second one of the same kind ends the process at once, as the system would.
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await ApiProcess.Run(args, Console.In, Console.Out, Console.Error, ProcessSettings.Environment(), stop.Token);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    if (signal.Cancel) stop.Cancel();
}
