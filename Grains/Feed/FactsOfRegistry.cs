using Dtao.Economics;
using Dtao.Grains.Registry;

namespace Dtao.Grains.Feed;

/// <summary>The registry's events as facts.</summary>
internal static class FactsOfRegistry
{
    public static IEnumerable<LedgerFact> Of(RegistryEvent happened, FactPlaces places) => happened switch
    {
        PoolChangeStarted started => [new SettingBegunFact(started.Change.Id, started.Change.Call) { Source = places.Next() }],
        PoolChangeSettled settled => [Decided(settled.Receipt, places)],
        ChangeDecidedHere { After: null } refused => [Decided(refused.Receipt, places)],
        ChangeDecidedHere decided =>
        [
            Decided(decided.Receipt, places),
            new ParametersAfterFact(decided.After!) { Source = places.Next(), Block = decided.Receipt.Block },
        ],
        NetworkChanged changed =>
        [
            new SubnetsChangedFact(changed.Batch, changed.Change)
            {
                Source = places.Next(),
                Block = changed.Change.LastLock is null ? null : new BlockNumber(changed.Change.LastLockBlock),
            },
        ],
        ParametersPushed => [],
        _ => throw new InvalidOperationException($"The feed does not know the event {happened.GetType().Name}."),
    };

    private static SettingDecidedFact Decided(Receipt receipt, FactPlaces places) => new(receipt) { Source = places.Next(), Block = receipt.Block };
}
