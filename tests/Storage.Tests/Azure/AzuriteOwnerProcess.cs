using System.Diagnostics;
using System.Globalization;
using Dtao.AzuriteKit;

namespace Dtao.Storage.Tests;

/// <summary>A process that starts an emulator, says which, and waits until somebody kills it.</summary>
internal static class AzuriteOwnerProcess
{
    public const string Verb = "--own-azurite-until-killed";

    public static Process Start()
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, [Verb]) { RedirectStandardOutput = true };
        return Process.Start(start)!;
    }

    public static async Task<int> Run()
    {
        await using var server = await AzuriteServer.StartAsync();
        Console.Out.WriteLine(server.ProcessId.ToString(CultureInfo.InvariantCulture));
        await Task.Delay(Timeout.InfiniteTimeSpan);
        return 0;
    }
}
