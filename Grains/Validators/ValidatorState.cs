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
    /// <summary>The highest block that this actor has decided in.</summary>
    public BlockNumber Seen { get; set; }
    /// <summary>Operations decided so far.</summary>
    public ulong Order { get; set; }
    /// <summary>What was answered to whom.</summary>
    public OutcomeBook<HotkeyOutcome> Outcomes { get; } = new(ValidatorModel.WriteOutcome, ValidatorModel.ReadOutcome);
}

/// <summary>What came of one operation on a hotkey.</summary>
/// <param name="Outcome">The rule's answer; null when the operation expired before it was decided, and never will be.</param>
/// <param name="Order">Its place in the hotkey's own order, from 1; 0 when it was never decided.</param>
public sealed record HotkeyOutcome(CallOutcome? Outcome, BlockNumber Block, ulong Order);
