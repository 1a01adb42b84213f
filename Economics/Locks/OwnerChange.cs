using Dtao.Economics.Ledger;
using Dtao.Economics.Registration;

namespace Dtao.Economics.Locks;

/// <summary>A subnet goes over to whom its stakers have the most conviction in.</summary>
/// <remarks>
/// Source: rule book 01, 9.6; rule book 02, 6.2-4; staking/lock.rs :: change_subnet_owner_if_needed. On the chain this belongs to the drain
/// loop; it reads and changes its own subnet only, and so it may as well be done when the subnet's epoch begins.
/// </remarks>
public static class OwnerChange
{
    /// <summary>Blocks after its registration in which a subnet keeps its owner: a year of 12 seconds a block, and a quarter of a day.</summary>
    public const ulong YoungBlocks = (7_200 * 365) + 1_800;

    /// <summary>The part of a subnet's alpha that all conviction together has to reach, as a divisor.</summary>
    private const ulong ConvictionDivisor = 10;

    /// <summary>Changes the owner when it is time to.</summary>
    public static void Apply(LedgerScope scope, NetUid netuid)
    {
        var totals = scope.GetMetagraph(netuid).LockTotals;
        if (totals.IsEmpty || !scope.TryGetBooks(netuid, out var books) || books.AlphaOutstanding.IsZero) return;
        if (scope.Block.Value < SaturatingMath.Add(books.RegisteredAt.Value, YoungBlocks)) return;

        var ledger = new LockLedger(scope, netuid);
        var rolled = totals.Select(entry => (entry.Key, ledger.Roll(entry.Value, entry.Key).Conviction)).ToArray();
        if (!IsEnough(rolled.Select(entry => entry.Conviction), books.AlphaOutstanding)) return;

        var king = KingOf(rolled, books.OwnerHotkey);
        if (scope.GetHotkey(king) is not { } record || record.Owner == books.Owner) return;
        if (scope.GetMetagraph(netuid).UidOf(king) is null && NeuronSlots.Take(scope, books, king) is null) return;
        MoveTotals(ledger, books.OwnerHotkey, king);
        var after = scope.Books(netuid);
        (after.Owner, after.OwnerHotkey) = (record.Owner, king);
    }

    private static bool IsEnough(IEnumerable<U64F64> convictions, Alpha outstanding) =>
        convictions.Aggregate(U64F64.Zero, (sum, conviction) => sum.AddSaturating(conviction))
            .MultiplySaturating(U64F64.FromInteger(ConvictionDivisor)) >= LockLedger.OfMass(outstanding);

    /// <summary>The hotkey with the most conviction; of equal ones the one with the largest key.</summary>
    private static AccountId KingOf(IEnumerable<(LockBucket Bucket, U64F64 Conviction)> totals, AccountId? ownerHotkey)
    {
        var scores = new SortedDictionary<AccountId, U64F64>();
        foreach (var (bucket, conviction) in totals)
        {
            var hotkey = bucket.IsOfOwner ? ownerHotkey.GetValueOrDefault() : bucket.Hotkey;
            scores[hotkey] = scores.GetValueOrDefault(hotkey).AddSaturating(conviction);
        }

        var king = scores.First();
        foreach (var score in scores)
        {
            if (score.Value >= king.Value) king = score;
        }

        return king.Key;
    }

    /// <summary>The owner's sums become those of a hotkey like others, and the new owner's hotkey's become the owner's, with all their conviction at once.</summary>
    private static void MoveTotals(LockLedger ledger, AccountId? ownerHotkey, AccountId king)
    {
        foreach (var isPerpetual in (bool[])[true, false])
        {
            var ofOwner = LockBucket.Of(isOfOwner: true, isPerpetual, default);
            Carry(ledger, ofOwner, LockBucket.Of(isOfOwner: false, isPerpetual, ownerHotkey.GetValueOrDefault()));
            Carry(ledger, LockBucket.Of(isOfOwner: false, isPerpetual, king), ofOwner);
        }
    }

    private static void Carry(LockLedger ledger, LockBucket from, LockBucket to)
    {
        if (!ledger.HasTotal(from)) return;
        var moved = ledger.Roll(ledger.Total(from), from);
        ledger.SetTotal(from, LockState.Nothing(moved.LastBlock));
        var sum = ledger.Roll(ledger.Total(to), to).With(moved);
        ledger.SetTotal(to, to.IsOfOwner ? ledger.Roll(sum, to) : sum);
    }
}
