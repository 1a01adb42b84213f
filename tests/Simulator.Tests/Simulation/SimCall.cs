namespace Dtao.Simulator.Tests.Simulation;

/// <summary>What a caller gets: the answer, or nothing, which means "unknown".</summary>
internal readonly record struct Reply<T>(bool IsOk, T Value);

/// <summary>A call on its way.</summary>
internal abstract class SimCall
{
    /// <summary>No answer will come. The caller notices after a while.</summary>
    public abstract void Fail();
}

/// <inheritdoc/>
internal sealed class SimCall<T>(World world, SimActor? caller) : SimCall
{
    private readonly TaskCompletionSource<Reply<T>> _done = new();

    public Task<Reply<T>> Task => _done.Task;

    public void Answer(T value)
    {
        if (world.HasFaults && world.Random.Chance(25)) Fail();
        else world.Schedule.Add(caller, "answer arrives", () => _done.TrySetResult(new(true, value)));
    }

    public override void Fail() => world.Schedule.AddTimer(caller, "time-out", () => _done.TrySetResult(default));
}
