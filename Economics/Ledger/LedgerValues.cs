namespace Dtao.Economics.Ledger;

/// <summary>What the ledger knows of a hotkey.</summary>
public sealed record HotkeyRecord(AccountId Owner)
{
    /// <summary>The stored take; null while it was never set, read as <see cref="Economics.Take.Default"/>.</summary>
    public Take? StoredTake { get; init; }
    public bool IsDelegate => StoredTake is not null;
    public Take Take => StoredTake ?? Economics.Take.Default;
    /// <summary>The block of the last change of take; 0 = never (rule book 01, 6.12).</summary>
    public BlockNumber LastTakeChange { get; init; }
}

/// <summary>A hotkey's share pool on one subnet: the alpha (or root TAO) it holds and the sum of its shares.</summary>
public readonly record struct HotkeyPool(Alpha Value, SafeFloat Denominator)
{
    public bool IsEmpty => Value.IsZero && Denominator.IsZero;
}

/// <summary>Names one position: alpha of a coldkey on a hotkey on a subnet.</summary>
public readonly record struct PositionKey(NetUid Netuid, AccountId Hotkey, AccountId Coldkey);
