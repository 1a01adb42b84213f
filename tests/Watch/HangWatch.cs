using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using Xunit.v3;

[assembly: Dtao.Tests.HangWatch]

namespace Dtao.Tests;

/// <summary>
/// Ends a test program that hangs, and says which test it was. Without it a test that never ends would let the whole run wait until somebody else gives up,
/// and the log would not name it.
/// </summary>
/// <remarks>Part of every test program. A fixture or a start that hangs is noticed too: then no test begins or ends for as long. DTAO_LONG=1 switches it off.</remarks>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class HangWatchAttribute : BeforeAfterTestAttribute
{
    /// <summary>Several times what the longest test of the ordinary run takes on two busy cores.</summary>
    private static readonly TimeSpan s_timeMax = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(15);
    private static readonly ConcurrentDictionary<string, (string Name, long Began)> s_running = new(StringComparer.Ordinal);
    private static readonly Timer? s_timer = Environment.GetEnvironmentVariable("DTAO_LONG") == "1" ? null : new Timer(_ => Look(), null, s_look, s_look);
    private static long s_lastChange = Environment.TickCount64;
    private static string s_lastEnded = "none";

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        GC.KeepAlive(s_timer);
        s_running[test.UniqueID] = (test.TestDisplayName, Environment.TickCount64);
        Volatile.Write(ref s_lastChange, Environment.TickCount64);
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        s_running.TryRemove(test.UniqueID, out _);
        s_lastEnded = test.TestDisplayName;
        Volatile.Write(ref s_lastChange, Environment.TickCount64);
    }

    private static void Look()
    {
        var now = Environment.TickCount64;
        var running = s_running.Values.Where(test => now - test.Began > s_timeMax.TotalMilliseconds)
            .Select(test => string.Create(CultureInfo.InvariantCulture, $"{test.Name} has run for {(now - test.Began) / 1_000} s")).ToArray();
        if (running.Length == 0 && now - Volatile.Read(ref s_lastChange) <= s_timeMax.TotalMilliseconds) return;
        var what = running.Length > 0
            ? string.Join("; ", running)
            : $"no test has begun or ended for {s_timeMax}; the last that ended was {s_lastEnded}, running are: {string.Join(", ", s_running.Values.Select(test => test.Name))}";
        Environment.FailFast($"HANG: {what}. The test program ends.");
    }
}
