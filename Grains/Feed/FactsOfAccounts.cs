using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;

namespace Dtao.Grains.Feed;

/// <summary>An account's events as facts.</summary>
internal static class FactsOfAccounts
{
    public static IEnumerable<LedgerFact> Of(AccountId account, AccountEvent happened, FactPlaces places) => happened switch
    {
        OperationStarted started => [Begun(account, started.Operation, started.Seen, null, places)],
        OperationResumed resumed => [Begun(account, resumed.Operation, resumed.Seen, resumed.FormerSequence, places)],
        OperationSettled settled => Of(account, settled, places),
        OperationDecidedHere decided => Of(account, decided, places),
        TaoCredited credited => Of(account, credited, places),
        // What is on its way arrives as a credit, or is counted as one; a transfer that has yielded begins anew.
        OperationYielded or DustReported or FeeEnded => [],
        _ => throw new InvalidOperationException($"The feed does not know the event {happened.GetType().Name}."),
    };

    private static OperationBegunFact Begun(AccountId account, InFlightOperation operation, BlockNumber seen, ulong? former, FactPlaces places) =>
        new(account, operation.Sequence, operation.Id, operation.Call, operation.LastValidBlock, operation.Hold, former) { Source = places.Next(), Block = seen };

    private static IEnumerable<LedgerFact> Of(AccountId account, OperationSettled settled, FactPlaces places)
    {
        var (receipt, block) = (settled.Receipt, settled.Receipt.Block);
        yield return new OperationEndedFact(
            account, settled.Sequence, receipt, settled.FreeChange, settled.DustSequence == 0 ? Tao.Zero : settled.Dust,
            settled.Fee?.Fee.Amount ?? Tao.Zero, settled.Fee?.Fee.To)
        {
            Source = places.Next(),
            Block = block,
        };
        if (settled.FreeChange != 0)
        {
            yield return new TaoChangedFact(account, settled.FreeChange, TaoCause.Operation, null, receipt.DecidedBy, receipt.Id, settled.Sequence)
            {
                Source = places.Next(),
                Block = block,
            };
        }

        if (settled.Announced is { } announced) yield return new AnnouncementAfterFact(account, announced) { Source = places.Next(), Block = block };
        if (settled.Identity is { } identity) yield return new IdentityAfterFact(account, identity) { Source = places.Next(), Block = block };
    }

    private static IEnumerable<LedgerFact> Of(AccountId account, OperationDecidedHere decided, FactPlaces places)
    {
        var (receipt, block) = (decided.Receipt, decided.Receipt.Block);
        var change = -checked((long)decided.Paid.Rao);
        yield return new OperationEndedFact(
            account, 0, receipt, change, decided.Fee is null ? decided.Paid : Tao.Zero, decided.Fee?.Fee.Amount ?? Tao.Zero, decided.Fee?.Fee.To)
        {
            Call = decided.Call,
            Source = places.Next(),
            Block = block,
        };
        if (change != 0) yield return new TaoChangedFact(account, change, TaoCause.Fee, null, null, receipt.Id, 0) { Source = places.Next(), Block = block };
        if (decided.Announcement is { } announcement)
            yield return new AnnouncementAfterFact(account, announcement.After) { Source = places.Next(), Block = block };
    }

    private static IEnumerable<LedgerFact> Of(AccountId account, TaoCredited credited, FactPlaces places)
    {
        // A credit that carries no block is of a journal from before credits did.
        BlockNumber? block = credited.Seen == BlockNumber.Genesis ? null : credited.Seen;
        if (credited.Error == LedgerError.None && !credited.Amount.IsZero)
        {
            NetUid? netuid = SystemAccounts.TryGetSubnet(credited.Sender, out var subnet) ? subnet : null;
            var cause = credited.Sender == SystemSenders.Lane ? TaoCause.Lane : netuid is null ? TaoCause.Account : TaoCause.Pool;
            yield return new TaoChangedFact(
                account, checked((long)credited.Amount.Rao), cause, cause == TaoCause.Account ? credited.Sender : null, netuid, null, credited.Sequence)
            {
                Source = places.Next(),
                Block = block,
            };
        }

        if (credited.Keys is { } keys) yield return new KeysChangedFact(account, keys) { Source = places.Next(), Block = block };
    }
}
