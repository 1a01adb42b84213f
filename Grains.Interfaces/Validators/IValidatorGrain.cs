using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Subnets;

namespace Dtao.Grains.Validators;

/// <summary>One hotkey: its owner and its take. Key: the hotkey in hexadecimal.</summary>
[Alias("dtao.IValidatorGrain")]
public interface IValidatorGrain : IGrainWithStringKey
{
    /// <summary>Decides increase_take, decrease_take, or try_associate_hotkey, exactly once by sender and sequence.</summary>
    [Alias("Execute")]
    Task<PoolReply> Execute(PoolCommand command);

    /// <summary>What such a call would do now; nothing is recorded.</summary>
    [Alias("Quote")]
    Task<CallQuote> Quote(PoolCommand command);

    /// <summary>What is known of the hotkey; null while nobody owns it. Durable facts only.</summary>
    [Alias("GetRecord")]
    Task<HotkeyFacts?> GetRecord();

    /// <summary>What is known of the hotkey, for a decision in this block; null while nobody owns it.</summary>
    /// <remarks>
    /// After "nobody owns it" nothing is decided here in an earlier block than the asker's, also when the sender has not seen that block: otherwise the decision and
    /// the operation that gives the hotkey its owner could lie in no order of blocks. Durable on return.
    /// </remarks>
    [Alias("GetRecordFor")]
    Task<HotkeyFacts?> GetRecordFor(BlockNumber block);

    /// <summary>The record as it stood before every operation that belongs to this block or a later one; null when nobody owned the hotkey then.</summary>
    /// <remarks>
    /// Asked by whoever makes the block, and by nobody before it has begun. The answer never changes: whatever is decided after it belongs to this
    /// block or a later one, also when the sender has not seen the block, and his answer tells him so. Durable on return.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The hotkey changed in a later block: this one is whole, and nobody waits for the answer.</exception>
    [Alias("GetRecordAtStart")]
    Task<HotkeyFacts?> GetRecordAtStart(BlockNumber block);

    /// <summary>
    /// Sets a hotkey that nobody owns aside for a decision that may give it to a coldkey. Until the holder has decided, nobody else is told whether it has an
    /// owner; a holder that has not decided anything lets go of it when it is asked. No effect when the hotkey has an owner. Durable on return.
    /// </summary>
    /// <param name="holder">The account of the subnet whose pool decides, or the lane's name.</param>
    [Alias("Reserve")]
    Task<ReservationStatus> Reserve(AccountId coldkey, AccountId holder);

    /// <summary>
    /// Sets a hotkey aside for a swap of keys, whether or not it has an owner: until the lane has decided, nothing is decided here and nobody is told of it.
    /// Durable on return.
    /// </summary>
    [Alias("HoldForSwap")]
    Task<HeldHotkey> HoldForSwap(AccountId coldkey);

    /// <summary>Takes over what a swap of keys made of the hotkey; null when nobody owns it any more. Once by batch. Durable on return.</summary>
    /// <param name="block">The block of the decision.</param>
    [Alias("TakeOver")]
    Task TakeOver(HotkeyFacts? facts, ulong batch, BlockNumber block);

    /// <summary>Gives a hotkey that was set aside to its owner. A repeat changes nothing. Durable on return.</summary>
    /// <param name="block">The block of the decision; the hotkey has an owner in no earlier one.</param>
    [Alias("EnsureOwner")]
    Task EnsureOwner(AccountId owner, BlockNumber block);

    /// <summary>Makes the hotkey a delegate with the default take unless it is one. A repeat changes nothing. Durable on return.</summary>
    /// <param name="block">The block of the operation that makes it one; it becomes one in no earlier block.</param>
    [Alias("EnsureDelegate")]
    Task EnsureDelegate(BlockNumber block);
}

/// <summary>What came of setting a hotkey aside for a swap.</summary>
/// <param name="IsHeld">False when another holder is about to decide: to be asked again.</param>
/// <param name="Facts">What it is while it is set aside; null when nobody owns it.</param>
[GenerateSerializer, Immutable, Alias("dtao.HeldHotkey")]
public sealed record HeldHotkey([property: Id(0)] bool IsHeld, [property: Id(1)] HotkeyFacts? Facts);

/// <summary>What came of setting a hotkey aside.</summary>
[GenerateSerializer, Alias("dtao.ReservationStatus")]
public enum ReservationStatus : byte
{
    None = 0,
    /// <summary>It is set aside, and nobody owns it.</summary>
    Reserved = 1,
    /// <summary>It has an owner.</summary>
    Owned = 2,
    /// <summary>Another holder is about to decide: to be asked again.</summary>
    Busy = 3,
}

/// <summary>A hotkey's facts. Ownership and being a delegate stay true once they are, but for swaps of keys, of which every pool hears before it opens.</summary>
[GenerateSerializer, Immutable, Alias("dtao.HotkeyFacts")]
public sealed record HotkeyFacts(
    [property: Id(0)] AccountId Hotkey, [property: Id(1)] AccountId Owner, [property: Id(2)] ushort? StoredTake, [property: Id(3)] BlockNumber LastTakeChange)
{
    public static HotkeyFacts Of(AccountId hotkey, HotkeyRecord record) => new(hotkey, record.Owner, record.StoredTake?.Parts, record.LastTakeChange);

    public HotkeyRecord ToRecord() => new(Owner)
    {
        StoredTake = StoredTake is { } take ? new Take(take) : null,
        LastTakeChange = LastTakeChange,
    };
}
