using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Validators;

namespace Dtao.Grains.Subnets;

/// <content>What a decision needs to know of others: which facts are missing, how they are asked, and for how long they are believed.</content>
public sealed partial class SubnetPoolGrain
{
    private static readonly TimeSpan SignerWaitMax = TimeSpan.FromSeconds(2);

    /// <summary>Hotkeys without an owner that a registration under way may give one; several times one that several registrations name.</summary>
    private readonly List<AccountId> _reserving = [];

    private AccountId? _knownBeneficiary;

    /// <summary>How often an account has said that it may vanish: what was asked before that is not believed after it.</summary>
    private int _vanishings;

    /// <summary>The highest colour of the facts that were fetched: nothing is decided on them in an earlier block.</summary>
    private BlockNumber _factsSeen;

    [Flags]
    private enum Facts
    {
        None = 0,
        Beneficiary = 1,
        Hotkey = 2,
        OtherHotkey = 4,
        Reservation = 8,
        Neurons = 16,
        Recipient = 32,
        Signer = 64,
    }

    private bool BeneficiaryExists => _knownBeneficiary == Beneficiary;

    private AccountId Beneficiary => State.Books is null ? PoolState.BeneficiaryOf(network.Parameters ?? State.Parameters) : State.Beneficiary;

    /// <summary>What the ladder may need and is not known here.</summary>
    /// <remarks>
    /// That a hotkey has an owner, that it is a delegate, and that the burn account exists: once known they are kept, until keys are swapped.
    /// "No" is asked afresh for each message and believed for that message only.
    /// </remarks>
    private Facts Missing(PoolCommand command)
    {
        var call = command.Call;
        var missing = Facts.None;
        if (MayPayBeneficiary(command) && (State.Books is null || !BeneficiaryExists) && command.Head.Sender != Beneficiary) missing |= Facts.Beneficiary;
        if (OrderShapes.RecipientOf(command.Head.Sender, call) is { } recipient)
        {
            if (recipient != State.Beneficiary) missing |= Facts.Recipient;
            else if (!BeneficiaryExists) missing |= Facts.Beneficiary;
        }

        if (command.RunsAlone) missing |= Facts.Signer;
        if (!NamesHotkey(call.Kind)) return missing;
        var mayDelegate = call.Kind is CallKind.AddStakeLimit or CallKind.RootRegister
            || (call.Kind is CallKind.AddStakeBurn or CallKind.AddStakeRecycle && call.Limit is not null);
        if (!_hotkeys.Suffices(call.Hotkey, command.Head.Sender, mayDelegate)) missing |= Facts.Hotkey;
        if (OtherHotkeyOf(command) is { } other && !_hotkeys.Suffices(other, command.Head.Sender, needsDelegate: false)) missing |= Facts.OtherHotkey;
        if (!IsRegistration(call.Kind)) return missing;
        if (!_hotkeys.Records.ContainsKey(call.Hotkey)) missing |= Facts.Reservation;
        if (call.Kind != CallKind.RootRegister && IsFull() && UnknownNeurons().Any()) missing |= Facts.Neurons;
        return missing;
    }

    /// <summary>A fee of a swap, or one of the transaction where there is an author.</summary>
    private bool MayPayBeneficiary(PoolCommand command) =>
        State.Books is { Mechanism: not 0 } || (!command.Fee.IsZero && Beneficiary != AccountId.Burn);

    private static bool NamesHotkey(CallKind kind) => kind is not (CallKind.StartCall or CallKind.Admin or CallKind.SetWeights or CallKind.CommitWeights
        or CallKind.RevealWeights or CallKind.BatchRevealWeights or CallKind.CommitTimelockedWeights or CallKind.SetRootClaimType or CallKind.SetTempo
        or CallKind.SetActivityCutoffFactor or CallKind.TriggerEpoch or CallKind.SetPerpetualLock or CallKind.SetRejectLockedAlpha
        or CallKind.SetRootClaimThreshold or CallKind.SetHyperparameter or CallKind.AnnounceColdkeySwap or CallKind.PlaceOrder or CallKind.CancelOrder
        or CallKind.SetSubnetIdentity);

    /// <summary>Where stake goes; or the hotkey that a lock is moved away from, which is asked who owns it.</summary>
    private AccountId? OtherHotkeyOf(PoolCommand command)
    {
        if (command.Call.Kind != CallKind.MoveLock) return command.Call.ToHotkey;
        return State.Metagraph.Locks.TryGetValue(command.Head.Sender, out var held) ? held.Hotkey : null;
    }

    private static bool IsRegistration(CallKind kind) => kind is CallKind.RegisterNeuron or CallKind.RegisterLimit or CallKind.RootRegister;

    /// <summary>Whether a registration has to replace a neuron; who may be replaced depends on who owns them.</summary>
    private bool IsFull() => State.Books is { } books && State.Metagraph.Neurons.Length >= books.Hyper.MaxUids;

    private IEnumerable<AccountId> UnknownNeurons() =>
        State.Metagraph.Neurons.Select(neuron => neuron.Hotkey).Where(hotkey => !_hotkeys.Records.ContainsKey(hotkey));

    /// <returns>False when a fact is about to change: whoever needs it comes back.</returns>
    private async Task<bool> Fetch(Facts missing, PoolCommand command, BlockNumber block)
    {
        var call = command.Call;
        if (missing.HasFlag(Facts.Beneficiary) && !await FetchBeneficiary()) return false;
        if (missing.HasFlag(Facts.Hotkey) && !await FetchHotkey(call.Hotkey, block)) return false;
        if (missing.HasFlag(Facts.OtherHotkey) && OtherHotkeyOf(command) is { } other && !await FetchHotkey(other, block)) return false;
        return !missing.HasFlag(Facts.Neurons)
            || !(await Task.WhenAll(UnknownNeurons().ToArray().Select(hotkey => FetchHotkey(hotkey, block)))).Contains(false);
    }

    /// <returns>False when the account is about to change: whoever needs it comes back.</returns>
    private async Task<bool> FetchBeneficiary()
    {
        var (beneficiary, vanishings) = (Beneficiary, _vanishings);
        var existence = await GrainFactory.Account(beneficiary).Exists();
        if (!existence.IsSettled || vanishings != _vanishings) return false;
        if (existence.Seen > _factsSeen) _factsSeen = existence.Seen;
        if (existence.Exists) _knownBeneficiary = beneficiary;
        else if (State.Books is null) _knownBeneficiary = null;
        return true;
    }

    /// <returns>Null when the account does not answer in time: it may be ending, and can only when it has its answer.</returns>
    private async Task<Tao?> AskSigner(AccountId signer)
    {
        try
        {
            return await GrainFactory.Account(signer).GetFree().WaitAsync(SignerWaitMax);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Whether the account that an order's fee goes to exists: asked for each order, since it may come and go.</summary>
    private async Task<bool> RecipientExists(PoolCommand command) =>
        OrderShapes.RecipientOf(command.Head.Sender, command.Call) is { } recipient && await Exists(recipient);

    private async Task<bool> Exists(AccountId recipient)
    {
        if (SystemAccounts.TryGetSubnet(recipient, out var netuid)) return await HasTao(netuid);
        var existence = await GrainFactory.Account(recipient).Exists();
        if (existence.Seen > _factsSeen) _factsSeen = existence.Seen;
        return existence.Exists;
    }

    /// <summary>Whether the account of a netuid, with a subnet or without, has TAO.</summary>
    private async Task<bool> HasTao(NetUid netuid)
    {
        if (netuid == Netuid) return !(State.Books?.AccountTao ?? State.UnclaimedTao).IsZero;
        var view = await GrainFactory.Pool(netuid).GetView();
        if (view.Books is not null && view.Block > _factsSeen) _factsSeen = view.Block;
        return !view.AccountTao.IsZero;
    }

    /// <summary>Sets a hotkey aside that nobody owns, so that nobody else gives it away before this pool has decided.</summary>
    private async Task<bool> Reserve(Held reservation, AccountId coldkey)
    {
        reservation.Hold();
        return await GrainFactory.Validator(reservation.Hotkey).Reserve(coldkey, AccountId.OfSubnet(Netuid)) == ReservationStatus.Reserved;
    }

    /// <summary>One registration's part in keeping a hotkey set aside; however the registration ends, it lets go.</summary>
    private sealed class Held(List<AccountId> all, AccountId hotkey) : IDisposable
    {
        private bool _holds;

        public AccountId Hotkey => hotkey;

        public void Hold()
        {
            if (!_holds) all.Add(hotkey);
            _holds = true;
        }

        public void LetGo()
        {
            if (_holds) all.Remove(hotkey);
            _holds = false;
        }

        public void Dispose() => LetGo();
    }

    public async Task<bool> HoldsReservation(AccountId hotkey)
    {
        // A replaced activation must not let go of what its successor holds.
        await ConfirmHeld();
        var holds = _reserving.Contains(hotkey) || State.NewOwners.ContainsKey(hotkey);
        await Durable();
        return holds;
    }

    /// <summary>The block of a decision that is made here now.</summary>
    private BlockNumber AskedIn => State.Books is null ? BlockNumber.Genesis : State.LastBlock;

    /// <returns>False when keys were swapped while the hotkey was asked: its answer may be from before that.</returns>
    private async Task<bool> FetchHotkey(AccountId hotkey, BlockNumber block)
    {
        var forgettings = _hotkeys.Forgettings;
        var facts = await GrainFactory.Validator(hotkey).GetRecordFor(block);
        if (forgettings != _hotkeys.Forgettings) return false;
        _hotkeys.Learn(hotkey, facts?.ToRecord());
        return true;
    }
}
