using System.Runtime.InteropServices;

namespace Dtao.Storage;

/// <summary>Lets a thread run where the processor has nothing else to do. Where the system does not let it, it runs like any other.</summary>
internal static class LowPriority
{
    /// <summary>On Linux the runtime passes a thread's priority on to nobody, and a thread's niceness is its own.</summary>
    private const int Niceness = 15;

    /// <summary>From here on, for the calling thread.</summary>
    public static void Enter()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = SetPriority(which: 0, who: 0, Niceness);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // Then it takes its turn with the others.
        }
    }

    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, uint who, int priority);
}
