using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Registration;

/// <summary>register_network: a coldkey pays for a new subnet, whose pool starts with what it paid.</summary>
/// <remarks>
/// Source: rule book 01, 10.3 to 10.5; subnets/subnet.rs :: do_register_network, init_new_network. The token's symbol is given by whoever keeps
/// the symbols (<see cref="SubnetSymbols"/>).
/// </remarks>
internal static class NetworkRegistration
{
    public static CallOutcome Execute(CallRun run, AccountId hotkey, IdentityDetail? identity)
    {
        var scope = run.Scope;
        var cost = NetworkChoice.LockCost(scope.Parameters, scope.Block, scope.TotalIssuance);
        var error = Check(run, hotkey, cost, out var pruned);
        if (error != LedgerError.None) return CallOutcome.Refused(error);

        if (pruned is { } leaving) NetworkDissolution.Dissolve(scope, leaving);
        var netuid = pruned ?? NetworkChoice.NextFree(scope);
        var median = NetworkChoice.MedianPrice(scope);
        var books = Found(scope, netuid);

        error = TaoLedger.TransferToSubnet(scope, netuid, run.Signer, cost, out var paid);
        if (error != LedgerError.None) return CallOutcome.Refused(error);
        scope.SetParameters(scope.Parameters with { NetworkLastLock = paid, NetworkLastLockBlock = scope.Block.Value });

        error = HotkeyAccounts.CreateIfFree(scope, run.Signer, hotkey);
        if (error != LedgerError.None) return CallOutcome.Refused(error);
        NeuronSlots.Append(scope, books, hotkey);
        books.Owner = run.Signer;
        books.OwnerHotkey = hotkey;
        OpenPool(books, paid, median, scope.Parameters);

        if (identity is { IsWithinBounds: false }) return CallOutcome.Refused(LedgerError.InvalidIdentity);
        if (identity is not null) scope.SetMetagraph(netuid, scope.GetMetagraph(netuid) with { Identity = identity });
        RootParents.Link(scope, netuid, hotkey);
        return new CallOutcome(LedgerError.None) { Netuid = netuid, Paid = paid };
    }

    private static LedgerError Check(CallRun run, AccountId hotkey, Tao cost, out NetUid? pruned)
    {
        pruned = null;
        var (scope, parameters) = (run.Scope, run.Scope.Parameters);
        if (scope.GetHotkey(hotkey) is { } record && record.Owner != run.Signer) return LedgerError.NonAssociatedColdKey;
        if (hotkey.IsSubnetAccount) return LedgerError.CannotUseSystemAccount;
        if (scope.Block.Value < parameters.NetworkRegistrationStartBlock) return LedgerError.SubNetRegistrationDisabled;
        if (!NetworkChoice.PassesRateLimit(parameters, scope.Block)) return LedgerError.NetworkTxRateLimitExceeded;
        if (NetworkChoice.Count(scope) >= parameters.SubnetLimit)
        {
            pruned = NetworkChoice.ToPrune(scope);
            if (pruned is null) return LedgerError.SubnetLimitReached;
        }

        return TaoLedger.Balance(scope, run.Signer) < cost ? LedgerError.CannotAffordLockCost : LedgerError.None;
    }

    /// <summary>Brings the subnet into being, with the settings and the rest of TAO that the last one on its number left behind.</summary>
    private static SubnetBooks Found(LedgerScope scope, NetUid netuid)
    {
        var block = scope.Block.Value;
        var tempo = scope.Parameters.DefaultTempo;
        var account = AccountId.OfSubnet(netuid);
        var remains = scope.GetRemains(netuid);
        var books = new SubnetBooks
        {
            Netuid = netuid,
            Tempo = tempo,
            // Subnets that start in the same block run their epochs in different ones.
            LastEpochBlock = SaturatingMath.Subtract(block, (ulong)(netuid.Value % Math.Max((int)tempo, 1))),
            RegisteredAt = scope.Block,
            EmissionEnabled = false,
            OwnerCutEnabled = remains?.OwnerCutEnabled ?? true,
            Generation = (remains?.Generation ?? 0) + 1,
            Hyper = Settings(scope.Parameters, remains),
            AccountTao = scope.GetFree(account),
        };
        scope.SetFree(account, Tao.Zero);
        scope.AddSubnet(books);
        scope.SetMetagraph(netuid, remains is null ? Metagraph.Empty : Metagraph.Empty with { AutoStake = remains.AutoStake });
        return books;
    }

    private static SubnetHyperparameters Settings(NetworkParameters parameters, SubnetRemains? remains)
    {
        var settings = SubnetHyperparameters.OfNewSubnet with { WeightsRateLimit = parameters.DefaultWeightsRateLimit };
        return remains is null ? settings : settings with
        {
            RecycleIncentive = remains.RecycleIncentive,
            MinNonImmuneUids = remains.MinNonImmuneUids,
            RootClaimThreshold = remains.RootClaimThreshold,
            MinChildTake = remains.MinChildTake,
        };
    }

    /// <summary>The price paid is the pool's TAO, at least the minimum, and its alpha is so much that the subnet starts at the median price.</summary>
    /// <remarks>An owner who had to keep the deposit paid a little less; the pool is credited with the minimum all the same (2.3).</remarks>
    private static void OpenPool(SubnetBooks books, Tao paid, U64F64 median, NetworkParameters parameters)
    {
        var tao = paid < parameters.NetworkMinLock ? parameters.NetworkMinLock : paid;
        books.TaoReserve = tao;
        books.AlphaReserve = new Alpha(U64F64.FromInteger(tao.Rao).DivideOrZero(median).ToUInt64Saturating());
        books.Locked = paid;
        books.TotalStake = tao.Rao;
    }
}
