using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;

namespace Dtao.Grains.Validators;

/// <summary>Everything that one hotkey's actor owns.</summary>
public sealed class ValidatorState
{
    public AccountId Hotkey { get; set; }
    /// <summary>Null while nobody owns the hotkey.</summary>
    public HotkeyRecord? Record { get; set; }
    /// <summary>The lane's batch that last swapped this hotkey; 0 when none has.</summary>
    public ulong LastSwapBatch { get; set; }
    /// <summary>For whom a hotkey is set aside that has no owner, or is about to be swapped; null when it is not.</summary>
    public HotkeyReservation? Reservation { get; set; }
    /// <summary>The block in which the record last changed; null when it never has since genesis, or since before this was kept.</summary>
    public HotkeyChange? LastChange { get; set; }
    /// <summary>The highest block that this actor has decided in, or has told its record at the start of. Nothing is decided in an earlier one.</summary>
    public BlockNumber Seen { get; set; }
    /// <summary>Operations decided so far.</summary>
    public ulong Order { get; set; }
    /// <summary>What was answered to whom.</summary>
    public OutcomeBook<HotkeyOutcome> Outcomes { get; } = new(ValidatorModel.WriteOutcome, ValidatorModel.ReadOutcome);
}

/// <summary>A hotkey that a decision may be about to give to a coldkey.</summary>
/// <param name="Holder">The account of the subnet whose pool decides, or the lane's name.</param>
public sealed record HotkeyReservation(AccountId Holder, AccountId Coldkey);

/// <summary>The last block in which a hotkey's record changed.</summary>
/// <param name="Before">The record before the first change in that block; null when nobody owned the hotkey.</param>
/// <remarks>One is enough: no block begins before the one before it is whole, so nobody asks for the start of an earlier one any more.</remarks>
public sealed record HotkeyChange(BlockNumber Block, HotkeyRecord? Before);

/// <summary>What came of one operation on a hotkey.</summary>
/// <param name="Outcome">The rule's answer; null when the operation expired before it was decided, and never will be.</param>
/// <param name="Order">Its place in the hotkey's own order, from 1; 0 when it was never decided.</param>
public sealed record HotkeyOutcome(CallOutcome? Outcome, BlockNumber Block, ulong Order);
