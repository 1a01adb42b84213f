using Dtao.Economics.Ledger;

namespace Dtao.Economics.Epochs;

/// <summary>What an epoch found for one neuron.</summary>
/// <param name="Incentive">As a miner.</param>
/// <param name="Dividend">As a validator; only its proportion to the others' counts.</param>
public readonly record struct NeuronPay(AccountId Hotkey, Alpha Incentive, Alpha Dividend);

/// <summary>The dividends of all neurons, shared with those whose stake they worked with.</summary>
/// <param name="ByHotkey">Every hotkey that has a part in the epoch, also with 0; ascending.</param>
/// <param name="Burned">Alpha that the childkey burn takes out of the outstanding amount.</param>
public sealed record SharedDividends(IReadOnlyCollection<KeyValuePair<AccountId, U96F32>> ByHotkey, Alpha Burned);

/// <summary>Gives parents their part of what their children earned with their stake.</summary>
/// <remarks>Source: rule book 02, 8.2; coinbase/run_coinbase.rs :: calculate_dividends_and_incentives, get_parent_child_dividends_distribution.</remarks>
public static class ParentSplit
{
    /// <summary>Shares the dividends of all neurons.</summary>
    public static SharedDividends Of(EpochStakes stakes, IEnumerable<NeuronPay> pays)
    {
        var sums = new SortedDictionary<AccountId, U96F32>();
        var burned = Alpha.Zero;
        foreach (var pay in pays) burned = burned.AddSaturating(Share(stakes, pay.Hotkey, pay.Dividend, sums));
        return new SharedDividends(sums, burned);
    }

    /// <summary>Shares one hotkey's dividend, and answers what is burned of it.</summary>
    /// <remarks>
    /// Each part is floored to whole rao before it is added up. The burn is an oddity of the reference: it lowers the outstanding amount,
    /// while validators are paid in full by proportion, so that with a burn the holders own more than is outstanding.
    /// </remarks>
    private static Alpha Share(EpochStakes stakes, AccountId hotkey, Alpha dividend, SortedDictionary<AccountId, U96F32> sums)
    {
        var whole = U96F32.FromInteger(dividend.Rao);
        var rest = whole;
        var taken = U96F32.Zero;
        var burned = Alpha.Zero;
        var parents = stakes.ParentsOf(hotkey);
        if (parents.Length > 0)
        {
            var (owner, childTake) = (stakes.OwnerOf(hotkey), stakes.ChildTakeOf(hotkey));
            var total = SelfContribution(stakes, hotkey);
            foreach (var parent in parents) total = total.AddSaturating(stakes.Contribution(parent.Hotkey, Proportion(parent)));
            foreach (var parent in parents)
            {
                var part = whole.MultiplySaturating(stakes.Contribution(parent.Hotkey, Proportion(parent)).DivideOrZero(total));
                rest = rest.SubtractSaturating(part);
                if (stakes.OwnerOf(parent.Hotkey) != owner)
                {
                    var (burn, take) = (stakes.ChildBurn.MultiplySaturating(part), childTake.MultiplySaturating(part));
                    part = part.SubtractSaturating(burn).SubtractSaturating(take);
                    taken = taken.AddSaturating(take);
                    burned = burned.AddSaturating(new Alpha(burn.ToUInt64Saturating()));
                }

                Add(sums, parent.Hotkey, part);
            }
        }

        Add(sums, hotkey, rest.AddSaturating(taken));
        return burned;
    }

    /// <summary>The stake that the hotkey keeps for itself, in whole rao.</summary>
    /// <remarks>Source: coinbase/run_coinbase.rs :: get_self_contribution.</remarks>
    private static U96F32 SelfContribution(EpochStakes stakes, AccountId hotkey)
    {
        var kept = U96F32.One;
        foreach (var child in stakes.ChildrenOf(hotkey)) kept = kept.SubtractSaturating(Proportion(child));
        return stakes.Contribution(hotkey, kept).Floor();
    }

    private static U96F32 Proportion(ChildLink link) => U96F32.FromRatio(link.Proportion, ulong.MaxValue);

    private static void Add(SortedDictionary<AccountId, U96F32> sums, AccountId hotkey, U96F32 amount) =>
        sums[hotkey] = sums.GetValueOrDefault(hotkey).AddSaturating(U96F32.FromInteger(amount.ToUInt64Saturating()));
}
