using System.Runtime;
using System.Runtime.InteropServices;
using Dtao.Client;

namespace Dtao.Benchmarks.Loads;

/// <summary>What was measured, and where: the first line of every report.</summary>
internal static class Machine
{
    public static string Line { get; } =
        $"Dtao {DtaoVersion.Text}, {RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} processors, {(GCSettings.IsServerGC ? "server" : "workstation")} GC";
}
