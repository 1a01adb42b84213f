namespace Dtao.Simulator.Tests.Simulation;

/// <summary>Everything that could happen next. The generator picks, so any order comes up, and one seed gives one order.</summary>
/// <remarks>
/// A turn runs on the caller's stack, with everything that it sets free by completing a task: no thread, no clock.
/// Turns of an actor that has died never run; those of a paused one wait.
/// </remarks>
internal sealed class Schedule(SeededRandom random)
{
    private readonly List<Turn> _turns = new(64);
    private readonly List<Turn> _timers = new(32);
    private readonly List<Turn> _asleep = new(16);

    private readonly record struct Turn(SimActor? Owner, Action Run, string Label);

    /// <summary>Called with a line for each step, while a history is told.</summary>
    public Action<string>? Trace { get; set; }

    public int Pending => _turns.Count + _timers.Count;

    public int Asleep => _asleep.Count;

    public void Add(SimActor? owner, string label, Action run) => _turns.Add(new(owner, run, label));

    /// <summary>Something that takes long: retries and time-outs.</summary>
    public void AddTimer(SimActor? owner, string label, Action run) => _timers.Add(new(owner, run, label));

    /// <summary>A message that may come very much later.</summary>
    public void AddSleeper(string label, Action run) => _asleep.Add(new(null, run, label));

    /// <summary>Runs one turn; false when nothing can run.</summary>
    public bool Step()
    {
        var kind = random.Below(32);
        if (kind == 0 && RunOne(_asleep)) return true;
        if (kind < 5 && RunOne(_timers)) return true;
        return RunOne(_turns) || RunOne(_timers);
    }

    /// <summary>Lets everything that slept arrive now.</summary>
    public void WakeSleepers()
    {
        _turns.AddRange(_asleep);
        _asleep.Clear();
    }

    /// <summary>Waits for a turn of its own: another may come between.</summary>
    public Task Yield(SimActor? owner, string label)
    {
        var done = new TaskCompletionSource();
        Add(owner, label, done.SetResult);
        return done.Task;
    }

    /// <summary>Waits long.</summary>
    public Task Delay(SimActor? owner, string label)
    {
        var done = new TaskCompletionSource();
        AddTimer(owner, label, done.SetResult);
        return done.Task;
    }

    private bool RunOne(List<Turn> turns)
    {
        while (turns.Count > 0)
        {
            var start = random.Below(turns.Count);
            var found = -1;
            for (var i = 0; i < turns.Count && found < 0; i++)
            {
                var at = (start + i) % turns.Count;
                if (turns[at].Owner is not { IsPaused: true }) found = at;
            }

            if (found < 0) return false;
            var turn = turns[found];
            turns[found] = turns[^1];
            turns.RemoveAt(turns.Count - 1);
            if (turn.Owner is { IsAlive: false }) continue;
            Trace?.Invoke(turn.Owner is null ? turn.Label : $"{turn.Owner}: {turn.Label}");
            turn.Run();
            return true;
        }

        return false;
    }
}
