using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Validators;

namespace Dtao.Grains.Feed;

/// <summary>A hotkey's events as facts.</summary>
internal static class FactsOfHotkeys
{
    public static IEnumerable<LedgerFact> Of(AccountId hotkey, ValidatorEvent happened, FactPlaces places) => happened switch
    {
        HotkeyOperationDecided decided => Of(hotkey, decided, places),
        // Where the event carries no block it is of a journal from before it did.
        DelegateEnsured ensured =>
        [
            new DelegateMadeFact(hotkey, ensured.Take.Parts) { Source = places.Next(), Block = ensured.Block == BlockNumber.Genesis ? null : ensured.Block },
        ],
        KeysSwapped swapped => [After(hotkey, swapped.After, swapped.Block, places)],
        OwnerEnsured ensured => [After(hotkey, new HotkeyRecord(ensured.Owner), ensured.Block, places)],
        StartTold or HotkeyReserved => [],
        _ => throw new InvalidOperationException($"The feed does not know the event {happened.GetType().Name}."),
    };

    private static IEnumerable<LedgerFact> Of(AccountId hotkey, HotkeyOperationDecided decided, FactPlaces places)
    {
        var (outcome, block, order) = decided.Outcome;
        yield return new CallDecidedFact(Decider.Hotkey, null, hotkey, decided.Sender, decided.Sequence, null, outcome, 0, outcome is null ? 0 : order, 0)
        {
            Source = places.Next(),
            Block = block,
        };
        if (decided.After is { } after) yield return After(hotkey, after, block, places);
    }

    private static HotkeyAfterFact After(AccountId hotkey, HotkeyRecord? record, BlockNumber block, FactPlaces places) =>
        new(hotkey, record is null ? null : HotkeyFacts.Of(hotkey, record)) { Source = places.Next(), Block = block };
}
