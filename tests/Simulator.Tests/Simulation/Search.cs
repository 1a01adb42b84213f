using System.Text;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>Runs histories on all cores; each history on one.</summary>
internal static class Search
{
    /// <returns>The lowest of so many seeds after the given one whose history breaks a rule, or null.</returns>
    public static ulong? FirstBroken(Bug bug, Focus focus, ulong after, ulong count)
    {
        var next = after;
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
                if (seed > after + count || seed > Volatile.Read(ref broken)) return;
                if (History.Run(seed, bug, focus) is null) continue;
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

    public static string Tell(ulong seed, Bug bug, Focus focus, int linesMax = LinesMax)
    {
        var lines = new Queue<string>();
        Violation? violation = null;
        var thread = new Thread(() => violation = History.Run(seed, bug, focus, line =>
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
