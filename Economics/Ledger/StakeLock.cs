namespace Dtao.Economics.Ledger;

/// <summary>Locked alpha and the conviction that it has earned, as they were in one block.</summary>
/// <param name="Mass">Alpha that cannot be unstaked.</param>
/// <param name="Conviction">Grows towards the mass the longer it is locked, and decides who owns the subnet.</param>
/// <param name="LastBlock">The block up to which both are reckoned.</param>
/// <remarks>Source: rule book 01, 9.1; staking/lock.rs :: LockState.</remarks>
public readonly record struct LockState(Alpha Mass, U64F64 Conviction, BlockNumber LastBlock)
{
    /// <summary>Rao under which mass and conviction together count as nothing.</summary>
    public const ulong DustMax = 100;

    public bool IsDust => Mass.Rao < DustMax && Conviction < U64F64.FromInteger(DustMax);

    public bool IsNothing => Mass.IsZero && Conviction.IsZero;

    public static LockState Nothing(BlockNumber block) => new(Alpha.Zero, U64F64.Zero, block);

    public LockState With(LockState added) => new(
        Mass.AddSaturating(added.Mass), Conviction.AddSaturating(added.Conviction), LastBlock > added.LastBlock ? LastBlock : added.LastBlock);

    public LockState Without(Alpha mass, U64F64 conviction) =>
        this with { Mass = Mass.SubtractSaturating(mass), Conviction = Conviction.SubtractSaturating(conviction) };
}

/// <summary>A coldkey's lock on a subnet; it has at most one there. It binds the coldkey's alpha on all hotkeys, and counts for one.</summary>
/// <param name="Hotkey">The hotkey that the conviction is for.</param>
public readonly record struct StakeLock(AccountId Hotkey, LockState State);

/// <summary>How a lock ages, and which sum of locks it belongs to. Numbers are stored.</summary>
public enum LockKind : byte
{
    None = 0,
    /// <summary>Its mass melts, so that alpha comes free; conviction ripens and melts.</summary>
    Decaying = 1,
    /// <summary>Its mass stays until the coldkey gives the mode up; conviction ripens towards it.</summary>
    Perpetual = 2,
    /// <summary>Decaying and for the subnet owner's hotkey: conviction is always the mass.</summary>
    DecayingOfOwner = 3,
    /// <summary>Perpetual and for the subnet owner's hotkey: conviction is always the mass.</summary>
    PerpetualOfOwner = 4,
}

/// <summary>Names one sum of locks of a subnet: those of a kind for one hotkey. The owner's hotkey is not named, for its sums go over with the role.</summary>
public readonly record struct LockBucket(LockKind Kind, AccountId Hotkey) : IComparable<LockBucket>
{
    public bool IsOfOwner => Kind is LockKind.DecayingOfOwner or LockKind.PerpetualOfOwner;

    public bool IsPerpetual => Kind is LockKind.Perpetual or LockKind.PerpetualOfOwner;

    public static LockBucket Of(bool isOfOwner, bool isPerpetual, AccountId hotkey) => isOfOwner
        ? new(isPerpetual ? LockKind.PerpetualOfOwner : LockKind.DecayingOfOwner, default)
        : new(isPerpetual ? LockKind.Perpetual : LockKind.Decaying, hotkey);

    public int CompareTo(LockBucket other) => Kind != other.Kind ? Kind.CompareTo(other.Kind) : Hotkey.CompareTo(other.Hotkey);
    public static bool operator <(LockBucket left, LockBucket right) => left.CompareTo(right) < 0;
    public static bool operator >(LockBucket left, LockBucket right) => left.CompareTo(right) > 0;
    public static bool operator <=(LockBucket left, LockBucket right) => left.CompareTo(right) <= 0;
    public static bool operator >=(LockBucket left, LockBucket right) => left.CompareTo(right) >= 0;
}

/// <summary>What a coldkey has chosen about locks on a subnet. Numbers are stored.</summary>
[Flags]
public enum LockChoices : byte
{
    None = 0,
    /// <summary>Its lock does not melt.</summary>
    Perpetual = 1,
    /// <summary>Others may transfer alpha to it with the lock that is on it.</summary>
    AcceptsLocked = 2,
}
