using System.Collections.Immutable;
using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Economics.Locks;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Epochs;

/// <summary>Pays out what an epoch found.</summary>
/// <remarks>
/// Source: rule book 02, section 8; coinbase/run_coinbase.rs :: distribute_emission, distribute_dividends_and_incentives. Reads
/// pools of hotkeys and never their stakers, so that the cost depends on the number of neurons only.
/// </remarks>
public static class EpochPayout
{
    /// <summary>Records the epoch's vectors and pays the owner, the miners, and the validators of a subnet.</summary>
    /// <param name="pot">What there is. Miners get what the epoch found for them, whatever was put aside for them.</param>
    /// <returns>What root has to credit to its stakers, in ascending order of hotkeys.</returns>
    public static IReadOnlyList<RootAccrual> Apply(LedgerScope scope, NetUid netuid, EpochPot pot, EpochFindings findings)
    {
        var stakes = new EpochStakes(scope, netuid);
        var pays = findings.Pays(stakes.Metagraph);
        var dividends = ParentSplit.Of(stakes, pays);
        var (forValidators, books) = (ForValidators(pot, pays), scope.Books(netuid));
        var validators = DividendParts.Of(stakes, forValidators, pot.Root, dividends);
        var paysTao = scope.Parameters.RulesAt(scope.Block).RootDividends.PaysTao;
        var proceeds = Tao.Zero;
        if (paysTao)
        {
            proceeds = RootSale.Sell(books, pot.Root, validators);
            validators = DividendParts.Of(stakes, forValidators, new Alpha(proceeds.Rao), dividends);
        }

        var run = new Payment(scope, stakes, books);
        run.BurnOfChildren(dividends.Burned);
        run.ToOwner(pot.OwnerCut);
        run.ToMiners(pays);
        var alphaDividends = run.ToAlphaStakers(validators);
        var (rootDividends, accruals) = paysTao ? RootSale.Pay(stakes, books, proceeds, validators) : run.ToRootStakers(validators);
        scope.SetMetagraph(netuid, findings.Record(scope.GetMetagraph(netuid)) with { AlphaDividends = alphaDividends, RootDividends = rootDividends });
        books.LastStepBlock = scope.Block.Value;
        return accruals;
    }

    /// <summary>The part of the pay of all miners that goes to the subnet owner's hotkeys, and so to nobody; 0 when miners earned nothing.</summary>
    /// <remarks>Source: rule book 02, 8.4-3.</remarks>
    public static U96F32 WithheldProportion(Alpha withheld, Alpha total) => U96F32.FromRatio(withheld.Rao, total.Rao);

    /// <summary>Alpha for the validators: what was put aside for miners as well, when there is no miner.</summary>
    /// <remarks>Source: rule book 02, 8.1-2.</remarks>
    public static Alpha ForValidators(EpochPot pot, IEnumerable<NeuronPay> pays) =>
        pays.All(pay => pay.Incentive.IsZero) ? pot.Validator.AddSaturating(pot.Server) : pot.Validator;

    /// <summary>One payout going on.</summary>
    private sealed class Payment(LedgerScope scope, EpochStakes stakes, SubnetBooks books)
    {
        public void BurnOfChildren(Alpha burned)
        {
            StakeOperations.RecycleAlpha(books, burned);
            books.ChildBurnedAlpha = books.ChildBurnedAlpha.AddSaturating(burned);
        }

        /// <summary>Without an owner the cut is nobody's.</summary>
        public void ToOwner(Alpha cut)
        {
            if (books is not { Owner: { } owner, OwnerHotkey: { } hotkey }) return;
            Stake(hotkey, owner, cut);
            OwnerCut.Follow(scope, books, cut);
        }

        /// <summary>Stakes each miner's pay; what the subnet owner's own hotkeys earned is recycled or burned.</summary>
        public void ToMiners(IReadOnlyList<NeuronPay> pays)
        {
            Alpha total = Alpha.Zero, withheld = Alpha.Zero;
            foreach (var (hotkey, incentive, _) in pays)
            {
                total = total.AddSaturating(incentive);
                var owner = stakes.OwnerOf(hotkey);
                if (hotkey == books.OwnerHotkey || owner == books.Owner)
                {
                    withheld = withheld.AddSaturating(incentive);
                    if (books.Hyper.RecycleIncentive) StakeOperations.RecycleAlpha(books, incentive);
                    else StakeOperations.BurnAlpha(books, incentive);
                    continue;
                }

                Stake(stakes.Metagraph.AutoStake.GetValueOrDefault(owner, hotkey), owner, incentive);
            }

            books.MinerBurned = WithheldProportion(withheld, total);
        }

        /// <summary>The take is staked first, and so shares in what the stakers get after it.</summary>
        public ImmutableSortedDictionary<AccountId, Alpha> ToAlphaStakers(IReadOnlyList<ValidatorPay> pays)
        {
            var dividends = ImmutableSortedDictionary.CreateBuilder<AccountId, Alpha>();
            foreach (var pay in pays)
            {
                var split = TakeSplit.Of(pay.FromAlpha, stakes.TakeOf(pay.Hotkey));
                Stake(pay.Hotkey, stakes.OwnerOf(pay.Hotkey), split.Take);
                if (!split.Rest.IsZero) ShareLedger.IncreaseForAll(scope, books.Netuid, pay.Hotkey, split.Rest);
                dividends.Add(pay.Hotkey, split.Rest);
            }

            return dividends.ToImmutable();
        }

        public (ImmutableSortedDictionary<AccountId, Alpha> Dividends, IReadOnlyList<RootAccrual> Accruals) ToRootStakers(
            IReadOnlyList<ValidatorPay> pays)
        {
            var dividends = ImmutableSortedDictionary.CreateBuilder<AccountId, Alpha>();
            var accruals = new List<RootAccrual>(pays.Count);
            foreach (var pay in pays)
            {
                var owner = stakes.OwnerOf(pay.Hotkey);
                var split = TakeSplit.Of(pay.FromRoot, stakes.TakeOf(pay.Hotkey));
                Stake(pay.Hotkey, owner, split.Take);
                dividends.Add(pay.Hotkey, split.Rest);
                if (RootAccrual.Of(pay.Hotkey, split.Rest, stakes.RootOf(pay.Hotkey)) is { } accrual)
                {
                    accruals.Add(accrual);
                    books.RootUnclaimed = books.RootUnclaimed.AddSaturating(split.Rest);
                }
                else
                {
                    Stake(pay.Hotkey, owner, split.Rest);
                }
            }

            return (dividends.ToImmutable(), accruals);
        }

        /// <summary>Also of 0, which clears away a share of a pool that has none.</summary>
        private void Stake(AccountId hotkey, AccountId coldkey, Alpha amount) =>
            ShareLedger.Increase(scope, new PositionKey(books.Netuid, hotkey, coldkey), amount);
    }
}
