using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Registration;

/// <summary>dissolve_network: a subnet ends, and its TAO goes to those who hold its alpha.</summary>
/// <remarks>
/// Source: rule book 01, 10.6; coinbase/root.rs :: do_dissolve_network, remove_network; staking/remove_stake.rs ::
/// destroy_alpha_in_out_stakes. Root dividends of the subnet that nobody has claimed yet are lost with it. Holders get the pool's TAO in
/// proportion to their alpha, not its worth at the spot price, and the pool's own alpha takes a part that is destroyed.
/// </remarks>
internal static class NetworkDissolution
{
    /// <summary>The call of the network's administrator.</summary>
    public static LedgerError Execute(LedgerScope scope, NetUid netuid)
    {
        if (netuid.IsRoot || !scope.TryGetBooks(netuid, out _)) return LedgerError.SubnetNotExists;
        Dissolve(scope, netuid);
        return LedgerError.None;
    }

    /// <summary>Pays the holders, destroys what is left, and erases the subnet; it must exist and not be root.</summary>
    public static void Dissolve(LedgerScope scope, NetUid netuid)
    {
        var books = scope.Books(netuid);
        var refund = LegacyRefund(books, scope.Parameters);
        var withheld = PayHolders(scope, books);
        RefundOwner(scope, books, refund, withheld);

        var account = AccountId.OfSubnet(netuid);
        _ = TaoLedger.Recycle(scope, account, TaoLedger.KeepAliveBalance(scope, account));
        Erase(scope, books);
    }

    /// <returns>The protocol's part of the pot, which nobody is paid.</returns>
    private static Tao PayHolders(LedgerScope scope, SubnetBooks books)
    {
        var holders = Holders(scope, books.Netuid);
        var pot = books.TaoReserve;
        books.TaoReserve = Tao.Zero;
        books.TotalStake -= pot.Rao;

        var split = PotSplit.Split(pot, [.. holders.Select(holder => holder.Alpha)], ProtocolAlpha(books, scope.Parameters));
        foreach (var place in split.Order)
        {
            // A payment that is refused, because it would leave its receiver under the deposit, is destroyed with the rest.
            if (!split.Shares[place].IsZero) _ = TaoLedger.TransferFromSubnet(scope, books.Netuid, holders[place].Coldkey, split.Shares[place]);
        }

        return split.Protocol;
    }

    /// <summary>Every position with its alpha, in the chain's order; one that the pool's rounding shows as nothing counts with its bare share.</summary>
    private static List<(AccountId Coldkey, Alpha Alpha)> Holders(LedgerScope scope, NetUid netuid)
    {
        var holders = new List<(AccountId, Alpha)>();
        foreach (var position in StorageOrder.Of(scope.PositionsOn(netuid)))
        {
            var pool = scope.GetHotkeyPool(netuid, position.Hotkey);
            if (pool.Value.IsZero) continue;
            var share = scope.GetShare(position);
            var alpha = SharePool.Value(pool, share);
            if (alpha.IsZero) alpha = new Alpha(share.ToUInt64());
            if (!alpha.IsZero) holders.Add((position.Coldkey, alpha));
        }

        return holders;
    }

    private static Alpha ProtocolAlpha(SubnetBooks books, NetworkParameters parameters) =>
        books.RegisteredAt.Value > parameters.TaoInRefundDeploymentBlock
            ? books.AlphaReserve.AddSaturating(books.ProtocolAlpha)
            : books.ProtocolAlpha;

    /// <summary>What the owner of a subnet from before the present way of registering gets back: what it paid, less what it was given since.</summary>
    private static Tao LegacyRefund(SubnetBooks books, NetworkParameters parameters)
    {
        if (books.RegisteredAt.Value >= parameters.NetworkRegistrationStartBlock) return Tao.Zero;
        var cut = U96F32.FromRatio(parameters.OwnerCut, ushort.MaxValue);
        var alpha = U96F32.FromInteger(books.AlphaIssuance.Rao).MultiplySaturating(cut).ToUInt64Saturating();
        var tao = U96F32.FromInteger(alpha).MultiplySaturating(Market.Price(books).ToU96F32()).ToUInt64Saturating();
        return books.Locked.SubtractSaturating(new Tao(tao));
    }

    private static void RefundOwner(LedgerScope scope, SubnetBooks books, Tao refund, Tao withheld)
    {
        if (refund.IsZero || books.Owner is not { } owner) return;
        var payable = books.AccountTao.SubtractSaturating(withheld);
        _ = TaoLedger.TransferFromSubnet(scope, books.Netuid, owner, Tao.Min(refund, payable));
    }

    /// <summary>
    /// Leaves behind what the chain never clears, the last TAO of the account, and the part of the network's TotalStake that fees have let
    /// the subnet's counter run ahead by.
    /// </summary>
    private static void Erase(LedgerScope scope, SubnetBooks books)
    {
        var netuid = books.Netuid;
        scope.SetRemains(netuid, new SubnetRemains(
            books.OwnerCutEnabled,
            books.Hyper.RecycleIncentive,
            books.Hyper.MinNonImmuneUids,
            books.Hyper.RootClaimThreshold,
            books.Hyper.MinChildTake,
            scope.GetMetagraph(netuid).AutoStake,
            books.Generation));
        var (rest, drift) = (books.AccountTao, books.TotalStake);
        scope.RemoveSubnet(netuid);
        scope.SetFree(AccountId.OfSubnet(netuid), rest);
        if (drift != 0 && scope.Subnets.Count > 0) scope.Books(scope.Subnets[0]).TotalStake += drift;
    }
}
