using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Claims;

/// <summary>Pays out owed root dividends.</summary>
/// <remarks>Source: rule book 02, 8.6; staking/claim_root.rs. A claim that fails leaves traces in the scope, which its owner throws away.</remarks>
internal static class DividendClaims
{
    /// <summary>Claims for a coldkey on all its hotkeys, in the order in which they came, and on each ascending by netuid.</summary>
    /// <param name="netuids">The subnets that are meant; null: all.</param>
    /// <remarks>Source: :: do_root_claim, root_claim_all.</remarks>
    public static LedgerError Claim(LedgerScope scope, AccountId coldkey, IReadOnlySet<NetUid>? netuids)
    {
        var type = scope.GetClaimType(coldkey) ?? RootClaimType.Swap;
        foreach (var hotkey in scope.StakingHotkeys(coldkey))
        {
            foreach (var netuid in scope.GetClaimRates(hotkey).BySubnet.Keys)
            {
                if (netuids is not null && !netuids.Contains(netuid)) continue;
                var error = ClaimOne(scope, new PositionKey(netuid, hotkey, coldkey), type);
                if (error != LedgerError.None) return error;
            }
        }

        return LedgerError.None;
    }

    /// <summary>Claims what one subnet owes for one root position; nothing happens while that is under the subnet's threshold.</summary>
    /// <remarks>Source: :: root_claim_on_subnet.</remarks>
    private static LedgerError ClaimOne(LedgerScope scope, PositionKey claim, RootClaimType type)
    {
        var owed = OwedDividends.Exact(scope, claim);
        var alpha = new Alpha(owed.ToUInt64Saturating());
        if (alpha.IsZero) return LedgerError.None;
        if (!scope.TryGetBooks(claim.Netuid, out var books)) return LedgerError.SubnetNotExists;
        if (owed < I96F32.FromInteger(books.Hyper.RootClaimThreshold)) return LedgerError.None;

        if (type.Keeps(claim.Netuid))
        {
            ShareLedger.Increase(scope, claim, alpha);
        }
        else
        {
            var error = SellForRootStake(scope, claim, alpha);
            if (error != LedgerError.None) return error;
        }

        var changed = scope.Books(claim.Netuid);
        changed.RootUnclaimed = changed.RootUnclaimed.SubtractSaturating(alpha);
        scope.SetClaimed(claim, SaturatingMath.Add(scope.GetClaimed(claim), alpha.Rao));
        return LedgerError.None;
    }

    /// <summary>Sells without a fee and without a limit, and stakes the TAO on root, where it is credited one to one.</summary>
    /// <remarks>The sale lowers TotalStake by what the root stake raises it again. The new stake shifts the marks of every subnet.</remarks>
    private static LedgerError SellForRootStake(LedgerScope scope, PositionKey claim, Alpha alpha)
    {
        var books = scope.Books(claim.Netuid);
        var error = StakeOperations.SwapAlphaForTao(books, alpha, LimitPrice.Lowest, dropFees: true, out var fill);
        if (error != LedgerError.None) return error;
        if (!scope.TryGetBooks(NetUid.Root, out _)) return LedgerError.RootNetworkDoesNotExist;

        var tao = new Tao(fill.PaidOut);
        error = TaoLedger.TransferFromSubnet(scope, claim.Netuid, AccountId.OfSubnet(NetUid.Root), tao);
        if (error != LedgerError.None) return error;
        books.RootSellTao = books.RootSellTao.AddSaturating(tao);
        books.FlowProtocol = SignedFlow.Subtract(books.FlowProtocol, tao.Rao);

        var stake = new Alpha(tao.Rao);
        ShareLedger.Increase(scope, OwedDividends.OnRoot(claim), stake);
        var root = scope.Books(NetUid.Root);
        root.TaoReserve = root.TaoReserve.AddSaturating(tao);
        root.AlphaOutstanding = root.AlphaOutstanding.AddSaturating(stake);
        root.TotalStake += tao.Rao;
        RootStake.Added(scope, claim.Hotkey, claim.Coldkey, stake);
        return LedgerError.None;
    }
}
