using Dtao.Economics.Ledger;

namespace Dtao.Economics.Epochs;

/// <summary>What an epoch puts aside for the root stakers of one validator.</summary>
/// <param name="Increment">Alpha for each root-rao staked on the hotkey.</param>
/// <param name="Amount">Alpha in all; what the increment's last bit loses is never claimed.</param>
public readonly record struct RootAccrual(AccountId Hotkey, I96F32 Increment, Alpha Amount)
{
    /// <summary>TAO to stake instead; then there is neither increment nor amount.</summary>
    public RootPay? Pay { get; init; }

    /// <summary>
    /// The accrual of an amount; null when it is more than the hotkey has on root, in which case the owner is paid in alpha instead.
    /// </summary>
    /// <remarks>
    /// Source: rule book 02, 8.6; staking/claim_root.rs :: increase_root_claimable_for_hotkey_and_subnet. The quotient is cut toward zero;
    /// without a root stake an amount of 0 gives an increment of 0.
    /// </remarks>
    public static RootAccrual? Of(AccountId hotkey, Alpha amount, Tao rootStake) => amount.Rao > rootStake.Rao
        ? null
        : new RootAccrual(hotkey, I96F32.FromInteger(amount.Rao).DivideOrZero(I96F32.FromInteger(rootStake.Rao)), amount);
}

/// <summary>TAO for one validator's stake on root.</summary>
/// <param name="Owner">Who gets the take.</param>
/// <param name="Rest">For all stakers of the hotkey, the owner included.</param>
public readonly record struct RootPay(AccountId Owner, Tao Take, Tao Rest);

/// <summary>Root's side of an epoch: what each root-rao on a hotkey has earned.</summary>
public static class RootAccruals
{
    /// <summary>Raises the rates of the hotkeys, where one that had none gets an entry, also of 0; or stakes TAO on them.</summary>
    public static void Apply(LedgerScope scope, NetUid netuid, IEnumerable<RootAccrual> accruals)
    {
        foreach (var accrual in accruals)
        {
            if (accrual.Pay is { } pay)
            {
                RootSale.Stake(scope, accrual.Hotkey, pay);
                continue;
            }

            var rates = scope.GetClaimRates(accrual.Hotkey).BySubnet;
            var raised = rates.GetValueOrDefault(netuid).AddSaturating(accrual.Increment);
            scope.SetClaimRates(accrual.Hotkey, new ClaimRates(rates.SetItem(netuid, raised)));
        }
    }
}
