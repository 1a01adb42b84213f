namespace Dtao.Grains.Shell;

/// <summary>How many operations clients have under way in this process, and whether it takes another. One instance per process.</summary>
/// <remarks>
/// Counted where an operation enters its account and nowhere else: what actors do for one another is the rest of operations that were taken, and is never
/// turned away. One addition and one subtraction of a shared number for each operation; no queue, no clock.
/// Whoever is turned away is told <see cref="RefusalCode.Overloaded"/>: nothing is recorded, and the same operation may be sent again.
/// </remarks>
public sealed class OperationGate
{
    public const int OperationsMaxDefault = 50_000;
    public const int AccountShareDefault = 16;

    private readonly int _operationsMax;
    private readonly int _crowdedFrom;
    private readonly int _accountShare;
    private int _count;
    private long _turnedAway;

    /// <param name="operationsMax">So many operations are under way at once, and no more.</param>
    /// <param name="accountShare">From half of that on, an account that has so many under way begins no other: one that floods leaves room for the rest.</param>
    public OperationGate(int operationsMax = OperationsMaxDefault, int accountShare = AccountShareDefault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(operationsMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(accountShare, 1);
        _operationsMax = operationsMax;
        _crowdedFrom = operationsMax / 2;
        _accountShare = accountShare;
    }

    /// <summary>Operations that were let in and are not answered.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many were turned away since the process began.</summary>
    public long TurnedAway => Interlocked.Read(ref _turnedAway);

    /// <summary>Lets one operation in, or not. Each that was let in is followed by one <see cref="Leave"/>.</summary>
    /// <param name="ofAccount">How many the account has under way already.</param>
    public bool TryEnter(int ofAccount)
    {
        var count = Interlocked.Increment(ref _count);
        if (count <= _crowdedFrom || (count <= _operationsMax && ofAccount < _accountShare)) return true;
        Interlocked.Decrement(ref _count);
        Interlocked.Increment(ref _turnedAway);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _count);
}
