using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Simulator.Tests.Simulation;

/// <content>What a pool asks of others before it decides, and what it shows them before it goes on.</content>
internal sealed partial class SimPool
{
    private readonly Dictionary<AccountId, HotkeyRecord> _hotkeys = [];
    private readonly Dictionary<AccountId, HotkeyAnswer> _answers = [];
    private readonly List<AccountId> _reserving = [];

    private IReadOnlyDictionary<AccountId, HotkeyRecord> Hotkeys => World.Genesis.IsNetwork ? _hotkeys : World.Hotkeys;

    public async Task<bool> HoldsReservation(AccountId hotkey)
    {
        ConfirmAskedByOthers();
        var holds = _reserving.Contains(hotkey) || State.NewOwners.ContainsKey(hotkey);
        await Durable();
        return holds;
    }

    /// <summary>What the ladder may need and is not known here. "No" is asked afresh for each message and believed for that message only.</summary>
    private Facts Missing(PoolCommand command)
    {
        var call = command.Call;
        var missing = Facts.None;
        if (State.Books is { Mechanism: not 0 } && !BeneficiaryExists && command.Head.Sender != State.Beneficiary) missing |= Facts.Beneficiary;
        if (World.Genesis.IsNetwork && command.RunsAlone && Bug != Bug.SignerOfBefore) missing |= Facts.Signer;
        if (!World.Genesis.IsNetwork || call.Kind is CallKind.SetWeights or CallKind.SetRootClaimType or CallKind.StartCall) return missing;
        if (!_hotkeys.ContainsKey(call.Hotkey)) missing |= Facts.Hotkey;
        if (call.ToHotkey is { } other && !_hotkeys.ContainsKey(other)) missing |= Facts.OtherHotkey;
        if (call.Kind is not (CallKind.RegisterNeuron or CallKind.RootRegister)) return missing;
        if (!_hotkeys.ContainsKey(call.Hotkey)) missing |= Facts.Reservation;
        if (call.Kind == CallKind.RegisterNeuron && IsFull && UnknownNeurons().Any()) missing |= Facts.Neurons;
        return missing;
    }

    private bool IsFull => State.Books is { } books && State.Metagraph.Neurons.Length >= books.Hyper.MaxUids;

    private IEnumerable<AccountId> UnknownNeurons() =>
        State.Metagraph.Neurons.Select(neuron => neuron.Hotkey).Where(hotkey => !_hotkeys.ContainsKey(hotkey));

    /// <returns>False when something was not answered, or is about to change: whoever needs it comes back.</returns>
    private async Task<bool> Fetch(Facts missing, PoolCommand command)
    {
        if (missing.HasFlag(Facts.Beneficiary) && !await FetchBeneficiary()) return false;
        if (missing.HasFlag(Facts.Hotkey) && !await FetchHotkey(command.Call.Hotkey)) return false;
        if (missing.HasFlag(Facts.OtherHotkey) && !await FetchHotkey(command.Call.ToHotkey!.Value)) return false;
        if (missing.HasFlag(Facts.Neurons))
        {
            foreach (var hotkey in UnknownNeurons().ToArray())
            {
                if (!await FetchHotkey(hotkey)) return false;
            }
        }

        return true;
    }

    private async Task<bool> FetchBeneficiary()
    {
        var beneficiary = State.Beneficiary;
        var exists = await World.Call<SimAccount, Existence>(this, World.AccountOf(beneficiary), "exists?", account => account.Exists());
        if (!exists.IsOk || !exists.Value.IsSettled) return false;
        if (exists.Value.Seen > _factsSeen && Bug != Bug.FirstFeeWithoutColour) _factsSeen = exists.Value.Seen;
        if (exists.Value.Exists) _knownBeneficiary = beneficiary;
        return true;
    }

    private async Task<bool> FetchHotkey(AccountId hotkey)
    {
        var block = State.Books is null ? BlockNumber.Genesis : State.LastBlock;
        var answer = await World.Call<SimValidator, HotkeyAnswer>(this, World.Validators[hotkey], "hotkey?", validator => validator.GetRecord(block));
        if (!answer.IsOk) return false;
        if (answer.Value.Facts is { } facts) _hotkeys[hotkey] = facts.ToRecord();
        else if (Bug == Bug.AbsentHotkeyForgets) _hotkeys.Remove(hotkey);
        _answers[hotkey] = answer.Value;
        return true;
    }

    /// <summary>Sets a hotkey aside that nobody owns, so that nobody else gives it away before this pool has decided.</summary>
    private async Task<bool> Reserve(Held reservation, AccountId coldkey)
    {
        reservation.Hold();
        var reply = await World.Call<SimValidator, ReservationStatus>(
            this, World.Validators[reservation.Hotkey], "reserve", validator => validator.Reserve(coldkey, AccountId.OfSubnet(netuid)));
        return reply is { IsOk: true, Value: ReservationStatus.Reserved };
    }

    /// <summary>One registration's part in keeping a hotkey set aside; however the registration ends, it lets go.</summary>
    private sealed class Held(List<AccountId> all, AccountId hotkey, Bug bug) : IDisposable
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

        public void Dispose()
        {
            if (bug != Bug.ReservationKeptTooLong) LetGo();
        }
    }

    private async Task ConfirmOwner(AccountId hotkey)
    {
        for (var attempt = 0; State.NewOwners.TryGetValue(hotkey, out var owner); attempt++)
        {
            if (attempt > 0) await Schedule.Delay(this, "confirms owner again");
            await Durable();
            var block = State.LastBlock;
            var ensured = await World.Call<SimValidator, bool>(this, World.Validators[hotkey], "ensure owner", validator => validator.EnsureOwner(owner, block));
            if (ensured.IsOk && await FetchHotkey(hotkey) && State.NewOwners.ContainsKey(hotkey)) Record(new OwnerConfirmed(hotkey));
        }
    }

    private async Task ConfirmDelegate(AccountId hotkey)
    {
        for (var attempt = 0; State.NewDelegates.Contains(hotkey); attempt++)
        {
            if (attempt > 0) await Schedule.Delay(this, "confirms delegate again");
            await Durable();
            var block = State.LastBlock;
            var ensured = await World.Call<SimValidator, bool>(this, World.Validators[hotkey], "ensure delegate", validator => validator.EnsureDelegate(block));
            if (ensured.IsOk && await FetchHotkey(hotkey) && State.NewDelegates.Contains(hotkey)) Record(new DelegateConfirmed(hotkey));
        }
    }

    /// <summary>What is noted beside a decision.</summary>
    private long Basis(PoolCommand command, long senderVersion)
    {
        if (!World.Genesis.IsNetwork) return senderVersion;
        var beliefs = new List<HotkeyBelief>();
        foreach (var hotkey in command.Call.ToHotkey is { } other ? new[] { command.Call.Hotkey, other } : [command.Call.Hotkey])
        {
            if (_answers.TryGetValue(hotkey, out var answer)) beliefs.Add(new(hotkey, answer.Version, _hotkeys.ContainsKey(hotkey)));
        }

        return World.Observations.Note(new(senderVersion, beliefs));
    }

    [Flags]
    private enum Facts
    {
        None = 0,
        Beneficiary = 1,
        Hotkey = 2,
        OtherHotkey = 4,
        Reservation = 8,
        Neurons = 16,
        Signer = 32,
    }
}
