using System.Text;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>Runs histories on all cores; each history on one.</summary>
internal static class Search
{
    /// <returns>The lowest seed whose history breaks a rule, or null.</returns>
    public static ulong? FirstBroken(Bug bug, Scene scene, ulong count)
    {
        var next = 0UL;
        var broken = ulong.MaxValue;
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Work)).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        return broken == ulong.MaxValue ? null : broken;

        void Work()
        {
            while (true)
            {
                var seed = Interlocked.Increment(ref next);
                if (seed > count || seed > Volatile.Read(ref broken)) return;
                if (History.Run(seed, bug, scene) is null) continue;
                for (var known = Volatile.Read(ref broken); seed < known; known = Volatile.Read(ref broken))
                {
                    Interlocked.CompareExchange(ref broken, seed, known);
                }
            }
        }
    }
}

/// <summary>Runs a history again and writes down its last steps.</summary>
internal static class Story
{
    public const int LinesMax = 40;

    public static string Tell(ulong seed, Bug bug, Scene scene, int linesMax = LinesMax)
    {
        var lines = new Queue<string>();
        Violation? violation = null;
        var thread = new Thread(() => violation = History.Run(seed, bug, scene, line =>
        {
            lines.Enqueue(line);
            if (lines.Count > linesMax) lines.Dequeue();
        }));
        thread.Start();
        thread.Join();
        var text = new StringBuilder();
        text.Append("DTAO_SIM_SEED=").Append(seed).Append(": ").AppendLine(violation?.Rule ?? "no rule is broken");
        foreach (var line in lines) text.Append("  ").AppendLine(line);
        return text.ToString();
    }
}
