using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Validators;

/// <summary>Something that happened to a hotkey. Stored; kinds and fields are never renumbered.</summary>
public abstract record ValidatorEvent;

/// <summary>An operation was decided, refused, or found expired; the sender is told the same on a repeat.</summary>
/// <param name="After">The hotkey's record after it; null when the operation changed nothing.</param>
public sealed record HotkeyOperationDecided(
    AccountId Sender, ulong Sequence, ulong SettledBelow, BlockNumber LastValidBlock, HotkeyOutcome Outcome, HotkeyRecord? After) : ValidatorEvent;

/// <summary>The hotkey became a delegate with the default take because a pool's operation asked for it.</summary>
/// <param name="Block">The block to which it belongs; genesis in records from before the event carried it, which belong to the highest block seen.</param>
public sealed record DelegateEnsured(Take Take, BlockNumber Block) : ValidatorEvent;

/// <summary>Somebody is about to be told what the hotkey was at the start of this block: whatever comes after belongs to it or to a later one.</summary>
public sealed record StartTold(BlockNumber Block) : ValidatorEvent;

/// <summary>The hotkey was set aside for a decision that may give it an owner, or (null) is so no longer.</summary>
public sealed record HotkeyReserved(HotkeyReservation? Reservation) : ValidatorEvent;

/// <summary>A swap of keys made this of the hotkey.</summary>
/// <param name="After">Null when nobody owns it any more.</param>
/// <param name="Batch">The lane's; a repeat of it, or of an earlier one, changes nothing.</param>
public sealed record KeysSwapped(HotkeyRecord? After, ulong Batch, BlockNumber Block) : ValidatorEvent;

/// <summary>A decision of a pool or of the lane gave the hotkey its owner.</summary>
public sealed record OwnerEnsured(AccountId Owner, BlockNumber Block) : ValidatorEvent;
