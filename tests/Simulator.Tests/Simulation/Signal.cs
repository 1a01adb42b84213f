namespace Dtao.Simulator.Tests.Simulation;

/// <summary>Something that many wait for. Each has a task of its own, since one with several waiters would send them to other threads.</summary>
internal sealed class Signal<T>
{
    private readonly List<TaskCompletionSource<T>> _waiting = [];
    private bool _isSet;
    private T _value = default!;

    public bool IsSet => _isSet;

    public Task<T> Wait()
    {
        if (_isSet) return Task.FromResult(_value);
        var done = new TaskCompletionSource<T>();
        _waiting.Add(done);
        return done.Task;
    }

    /// <summary>Lets all who wait go on, in the order in which they came.</summary>
    public void Set(T value)
    {
        if (_isSet) return;
        _isSet = true;
        _value = value;
        foreach (var done in _waiting) done.SetResult(value);
        _waiting.Clear();
    }
}
