using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.LoadTest.Populations;

namespace Dtao.LoadTest.Plans;

/// <summary>Alpha that a staker knows to have; on root, TAO.</summary>
public readonly record struct BookPosition(NetUid Netuid, AccountId Hotkey, ulong Amount);

/// <summary>What a staker knows of its own means: what it began with, and what receipts have told it. Dividends are not known to it.</summary>
public sealed class StakerBook
{
    private readonly List<BookPosition> _positions = [];

    public ulong Free { get; private set; }

    public IReadOnlyList<BookPosition> Positions => _positions;

    public void AddFree(Int128 amount) => Free = (ulong)Int128.Clamp((Int128)Free + amount, 0, ulong.MaxValue);

    public void Add(NetUid netuid, AccountId hotkey, Int128 amount)
    {
        var place = _positions.FindIndex(position => position.Netuid == netuid && position.Hotkey == hotkey);
        var after = (place < 0 ? 0 : (Int128)_positions[place].Amount) + amount;
        if (place < 0)
        {
            if (after > 0) _positions.Add(new(netuid, hotkey, (ulong)Int128.Min(after, ulong.MaxValue)));
        }
        else if (after <= 0)
        {
            _positions.RemoveAt(place);
        }
        else
        {
            _positions[place] = _positions[place] with { Amount = (ulong)Int128.Min(after, ulong.MaxValue) };
        }
    }

    /// <summary>What is sent is not there for the next operation, whatever becomes of it; and is there again when it ended without effect.</summary>
    /// <param name="sign">-1 when it is sent, 1 when it has ended.</param>
    public void SetAside(Call call, int sign)
    {
        ArgumentNullException.ThrowIfNull(call);
        var amount = sign * (Int128)call.Amount;
        switch (call.Kind)
        {
            case CallKind.AddStake or CallKind.Transfer:
                AddFree(amount);
                break;
            case CallKind.RemoveStake or CallKind.SwapStake:
                Add(call.Netuid, call.Hotkey, amount);
                break;
        }
    }

    /// <summary>Takes up what an operation of this staker did.</summary>
    public void Settle(Call call, CallOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(outcome);
        if (call.Kind == CallKind.Transfer) AddFree(-(Int128)call.Amount);
        foreach (var move in outcome.Moves)
        {
            var isIn = move.Kind == StakeMoveKind.In;
            Add(move.Netuid, move.Hotkey, isIn ? move.Alpha.Rao : -((Int128)move.Alpha.Rao + move.Fee));
            if (call.Kind is CallKind.AddStake or CallKind.RemoveStake) AddFree(isIn ? -(Int128)move.Tao.Rao : move.Tao.Rao);
        }
    }
}

/// <summary>The books of the stakers that have acted so far. Safe for use by many threads.</summary>
/// <param name="start">What a staker has before its first operation.</param>
public sealed class StakerBooks(Func<int, StakerBook> start)
{
    private readonly Dictionary<int, StakerBook> _books = [];
    private readonly Lock _lock = new();

    public int Count
    {
        get
        {
            lock (_lock) return _books.Count;
        }
    }

    /// <summary>What every staker of a population has at genesis.</summary>
    public static StakerBooks OfGenesis(Population population)
    {
        ArgumentNullException.ThrowIfNull(population);
        return new(staker =>
        {
            var book = new StakerBook();
            book.AddFree(population.FreeOf(staker).Rao);
            for (var place = 0; place < population.Options.Positions; place++)
            {
                var position = population.PositionOf(staker, place);
                book.Add(position.Netuid, population.ValidatorHotkey(position.Validator), position.Amount);
            }

            return book;
        });
    }

    /// <summary>Lets a staker decide, and sets aside what its call takes.</summary>
    public Call? Decide(int staker, Func<StakerBook, Call?> decide)
    {
        ArgumentNullException.ThrowIfNull(decide);
        lock (_lock)
        {
            var book = Find(staker);
            var call = decide(book);
            if (call is not null) book.SetAside(call, -1);
            return call;
        }
    }

    /// <summary>An operation has ended.</summary>
    /// <param name="receiver">Who got what was sent, where it is one of these stakers.</param>
    public void End(int staker, Call call, Receipt? receipt, int? receiver)
    {
        ArgumentNullException.ThrowIfNull(call);
        lock (_lock)
        {
            var book = Find(staker);
            book.SetAside(call, 1);
            if (receipt is not { IsApplied: true, Outcome: { } outcome }) return;
            book.Settle(call, outcome);
            if (call.Kind == CallKind.Transfer && receiver is { } other) Find(other).AddFree(call.Amount);
        }
    }

    private StakerBook Find(int staker)
    {
        if (!_books.TryGetValue(staker, out var book)) _books.Add(staker, book = start(staker));
        return book;
    }
}
