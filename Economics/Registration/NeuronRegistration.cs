using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Registration;

/// <summary>register_neuron and register_limit: a hotkey buys a uid of a subnet.</summary>
/// <remarks>Source: rule book 01, 11.1 to 11.8; subnets/registration.rs :: do_register, do_register_limit.</remarks>
internal static class NeuronRegistration
{
    /// <param name="limit">The most that the caller wants to pay; null for any price.</param>
    public static CallOutcome Execute(CallRun run, NetUid netuid, AccountId hotkey, Tao? limit)
    {
        var error = Check(run, netuid, hotkey, limit);
        if (error != LedgerError.None) return CallOutcome.Refused(error);

        var scope = run.Scope;
        var books = scope.Books(netuid);
        error = Pay(run, books, out var paid);
        if (error != LedgerError.None) return CallOutcome.Refused(error);

        var uid = Seat(scope, books, hotkey);
        books.RaoRecycled = books.RaoRecycled.AddSaturating(books.Burn);
        books.Burn = RegistrationPrice.Bump(books);
        if (books.RegistrationsThisBlock < ushort.MaxValue) books.RegistrationsThisBlock++;
        books.FlowUser = SignedFlow.Add(books.FlowUser, paid.Rao);
        return new CallOutcome(LedgerError.None) { Uid = (ushort)uid, Paid = paid };
    }

    private static LedgerError Check(CallRun run, NetUid netuid, AccountId hotkey, Tao? limit)
    {
        var scope = run.Scope;
        if (netuid.IsRoot) return LedgerError.RegistrationNotPermittedOnRootSubnet;
        if (!scope.TryGetBooks(netuid, out var books)) return LedgerError.SubnetNotExists;
        if (limit is { } most && books.Burn > most) return LedgerError.RegistrationPriceLimitExceeded;
        if (!books.RegistrationAllowed) return LedgerError.SubNetRegistrationDisabled;

        var metagraph = scope.GetMetagraph(netuid);
        if (metagraph.UidOf(hotkey) is not null) return LedgerError.HotKeyAlreadyRegisteredInSubNet;
        if (TaoLedger.Balance(scope, run.Signer) < books.Burn) return LedgerError.NotEnoughBalanceToStake;

        var error = HotkeyAccounts.CreateIfFree(scope, run.Signer, hotkey);
        if (error != LedgerError.None) return error;
        if (!StakeRules.IsOwner(scope, hotkey, run.Signer)) return LedgerError.NonAssociatedColdKey;
        return HasRoom(scope, books) ? LedgerError.None : LedgerError.NoNeuronIdAvailable;
    }

    private static bool HasRoom(LedgerScope scope, SubnetBooks books)
    {
        if (books.Hyper.MaxUids == 0) return false;
        return scope.GetMetagraph(books.Netuid).Neurons.Length < books.Hyper.MaxUids || NeuronSlots.ToPrune(scope, books) is not null;
    }

    /// <summary>Spends the price on alpha that nobody gets.</summary>
    /// <remarks>The fee of this purchase is paid to nobody: it stays on the subnet's account, beside the reserve (11.4).</remarks>
    private static LedgerError Pay(CallRun run, SubnetBooks books, out Tao paid)
    {
        var error = TaoLedger.TransferToSubnet(run.Scope, books.Netuid, run.Signer, books.Burn, out paid);
        if (error != LedgerError.None) return error;
        error = StakeOperations.SwapTaoForAlpha(books, paid, LimitPrice.Highest, dropFees: false, out var fill);
        if (error == LedgerError.None) StakeOperations.RecycleAlpha(books, new Alpha(fill.PaidOut));
        return error;
    }

    private static int Seat(LedgerScope scope, SubnetBooks books, AccountId hotkey)
    {
        if (scope.GetMetagraph(books.Netuid).Neurons.Length < books.Hyper.MaxUids) return NeuronSlots.Append(scope, books, hotkey);
        var uid = NeuronSlots.ToPrune(scope, books)!.Value;
        NeuronSlots.Replace(scope, books, uid, hotkey);
        return uid;
    }
}
