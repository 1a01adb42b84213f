using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Registration;

/// <summary>root_register: a hotkey takes a seat on root, for nothing but its stake there.</summary>
/// <remarks>Source: rule book 01, 11.9; coinbase/root.rs :: do_root_register. That the signer owns the hotkey is not asked.</remarks>
public static class RootRegistration
{
    /// <summary>Seats on root, however many its settings allow.</summary>
    public const int SeatsMax = 64;

    /// <summary>Registrations in one block.</summary>
    public const ushort PerBlockMax = 1;

    /// <summary>Registrations in one interval: three times the target of one.</summary>
    public const ushort PerIntervalMax = 3;

    internal static CallOutcome Execute(CallRun run, AccountId hotkey)
    {
        var scope = run.Scope;
        if (!scope.TryGetBooks(NetUid.Root, out var root)) return CallOutcome.Refused(LedgerError.RootNetworkDoesNotExist);
        if (root.RegistrationsThisBlock >= PerBlockMax) return CallOutcome.Refused(LedgerError.TooManyRegistrationsThisBlock);
        if (root.RegistrationsThisInterval >= PerIntervalMax) return CallOutcome.Refused(LedgerError.TooManyRegistrationsThisInterval);
        if (scope.GetMetagraph(NetUid.Root).UidOf(hotkey) is not null) return CallOutcome.Refused(LedgerError.HotKeyAlreadyRegisteredInSubNet);

        var error = HotkeyAccounts.CreateIfFree(scope, run.Signer, hotkey);
        if (error != LedgerError.None) return CallOutcome.Refused(error);

        var books = scope.Books(NetUid.Root);
        if (Seat(scope, books, hotkey) is not { } uid) return CallOutcome.Refused(LedgerError.StakeTooLowForRoot);
        var record = scope.GetHotkey(hotkey)!;
        if (!record.IsDelegate) scope.SetHotkey(hotkey, record with { StoredTake = Take.Default });
        books.RegistrationsThisBlock++;
        books.RegistrationsThisInterval++;
        return new CallOutcome(LedgerError.None) { Uid = (ushort)uid };
    }

    /// <summary>A free seat, or that of the member with the least root stake, if the newcomer has more; null when it has not.</summary>
    private static int? Seat(LedgerScope scope, SubnetBooks books, AccountId hotkey)
    {
        var members = scope.GetMetagraph(NetUid.Root).Neurons;
        if (members.Length < Math.Min(SeatsMax, (int)books.Hyper.MaxUids)) return NeuronSlots.Append(scope, books, hotkey);
        if (members.Length == 0) return null;

        var lowest = 0;
        for (var uid = 1; uid < members.Length; uid++)
        {
            if (RootStake(scope, members[uid].Hotkey) < RootStake(scope, members[lowest].Hotkey)) lowest = uid;
        }

        if (RootStake(scope, members[lowest].Hotkey) >= RootStake(scope, hotkey)) return null;
        NeuronSlots.Replace(scope, books, lowest, hotkey);
        return lowest;
    }

    private static Alpha RootStake(LedgerScope scope, AccountId hotkey) => scope.GetHotkeyPool(NetUid.Root, hotkey).Value;
}
