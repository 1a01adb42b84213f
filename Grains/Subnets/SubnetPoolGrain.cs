using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;
using Dtao.Grains.Blocks;
using Dtao.Grains.Lanes;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Validators;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Dtao.Grains.Subnets;

/// <inheritdoc cref="ISubnetPoolGrain"/>
/// <remarks>
/// Reentrant: a decision reads the tip, records its event, and changes the tip in one synchronous step.
/// The invariant that survives interleaving: nothing is decided while the gate is closed, and whoever waited looks at the gate,
/// at its own earlier outcome, and at the facts that it fetched again before it decides.
/// </remarks>
[Reentrant]
public sealed partial class SubnetPoolGrain(IActorJournals journals, NetworkContext network, ILogger<SubnetPoolGrain> logger)
    : LedgerGrain<PoolState, PoolEvent>(PoolModel.Instance, journals, logger), ISubnetPoolGrain
{
    private const int WaitingMax = 16_384;
    private const int SweepSenders = 256;
    private const ulong QuietBlocks = 64;

    private static readonly TimeSpan SignerWaitMax = TimeSpan.FromSeconds(2);

    private readonly PoolGate _gate = new();
    private readonly HotkeyCache _hotkeys = new();

    /// <summary>Hotkeys without an owner that a registration under way may give one; several times one that several registrations name.</summary>
    private readonly List<AccountId> _reserving = [];

    /// <summary>Closed for a batch that may swap keys: what is known of hotkeys is forgotten before the gate opens.</summary>
    private bool _mayKeysChange;

    private AccountId? _knownBeneficiary;

    /// <summary>How often an account has said that it may vanish: what was asked before that is not believed after it.</summary>
    private int _vanishings;

    /// <summary>The highest colour of the facts that were fetched: nothing is decided on them in an earlier block.</summary>
    private BlockNumber _factsSeen;
    private ulong _durablySettledBelow = 1;

    private NetUid Netuid => new(unchecked((ushort)this.GetPrimaryKeyLong()));

    protected override string ActorKey => ActorKeys.Pool(this.GetPrimaryKeyLong());

    protected override int SnapshotWeight => State.Shares.Count + State.Outcomes.SenderCount;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        _durablySettledBelow = State.SettledBelow;
        _gate.OpenAfterLane(State.LastLaneBatch);

        // Also without a subnet: one may be about to come, and what is sent to its account meanwhile must not be missing from its books.
        var held = await GrainFactory.Lane().PoolActivated(Netuid);
        _gate.OpenAfterLane(held.CalledOff);
        if (held.IsClosed)
        {
            // Which batch it is, is not said: it may swap keys.
            _gate.CloseForLane(0);
            _mayKeysChange = true;
        }

        if (State.Books is null)
        {
            if (State.Outbox.Count > 0 || State.Owed.Count > 0) _ = Watch(FinishLeftOver());
            return;
        }

        network.Adopt(State.ParametersRevision, State.Parameters);
        await AskCoordinator();
        _ = Watch(FinishLeftOver());
    }

    /// <summary>Whether the pool must stay closed for a block, and which closings are over.</summary>
    private async Task AskCoordinator()
    {
        var closing = await GrainFactory.Coordinator().PoolActivated(Netuid);
        _gate.CallOff(closing.CalledOff);
        if (closing.Block is { } block && (block > State.LastBlock || (closing.Holds && block == State.LastBlock))) _gate.CloseForBlock(block, closing.Closing);
    }

    public Task<PoolReply> Execute(PoolCommand command) => WhileHealthy(command.Call.Kind == CallKind.FillBatch ? Join(command) : Decide(command));

    private async Task<PoolReply> Decide(PoolCommand command)
    {
        var head = command.Head;
        ThrowIfPoisoned();
        if (!MayActOn(head.Stamp)) return PoolReply.Undecided(DeliveryStatus.SendWhenDurable, State.LastBlock);
        using var reservation = new Held(_reserving, command.Call.Hotkey);
        var asked = Facts.None;
        var askedAt = State.LastBlock;
        var beneficiaryIsHere = false;
        var recipientExists = false;
        var (closings, vanishings) = (_gate.LaneClosings, _vanishings);
        while (true)
        {
            // What an outcome rests on may not be seen by others yet; then a repeat of it waits like everyone else.
            if (_gate.IsShowing)
            {
                reservation.LetGo();
                if (!await MayPassGate(head)) return PoolReply.Undecided(DeliveryStatus.Busy, State.LastBlock);
                asked = Facts.None;
                continue;
            }

            switch (State.Outcomes.Judge(head, State.Books is null ? head.Seen : State.LastBlock, out var known))
            {
                case Verdict.Known:
                    return await Answer(head, known!);
                case Verdict.Stale:
                    return PoolReply.Undecided(DeliveryStatus.Stale, State.LastBlock);
                case Verdict.Expired:
                    var expired = PoolDecider.Expire(State, head, command.Call);
                    Record(expired);
                    return await Answer(head, expired.Outcome);
            }

            if (MustWait(head))
            {
                // Whoever holds the gate may be waiting to hear of the hotkey.
                reservation.LetGo();
                if (!await MayPassGate(head)) return PoolReply.Undecided(DeliveryStatus.Busy, State.LastBlock);
                asked = Facts.None;
                continue;
            }

            // What was absent in one block, or before a batch of the lane, may be there after it; and an account that was there may vanish.
            if (askedAt != State.LastBlock || closings != _gate.LaneClosings || vanishings != _vanishings)
            {
                // The hotkey itself would wait for whoever keeps it set aside.
                reservation.LetGo();
                (asked, askedAt, closings, vanishings) = (Facts.None, State.LastBlock, _gate.LaneClosings, _vanishings);
            }

            if ((Missing(command) & ~asked) is var missing and not Facts.None)
            {
                if (missing.HasFlag(Facts.Signer))
                {
                    if (await AskSigner(head.Sender) is not { } free) return PoolReply.Undecided(DeliveryStatus.Busy, State.LastBlock);
                    command = command with { Free = free };
                }

                if (!await Fetch(missing, command, AskedIn)) return PoolReply.Undecided(DeliveryStatus.Busy, State.LastBlock);
                if (missing.HasFlag(Facts.Reservation) && !_hotkeys.Records.ContainsKey(command.Call.Hotkey))
                {
                    if (!await Reserve(reservation, head.Sender)) return PoolReply.Undecided(DeliveryStatus.Busy, State.LastBlock);
                }

                beneficiaryIsHere = BeneficiaryExists;
                if (missing.HasFlag(Facts.Recipient)) recipientExists = await RecipientExists(command);
                asked |= missing;
                continue;
            }

            // Without a subnet nobody says that the author vanishes: what this message has asked counts.
            var exists = State.Books is null ? beneficiaryIsHere : BeneficiaryExists;
            var decided = PoolDecider.Decide(State, command, exists, _hotkeys.Records, network.Parameters, recipientExists);
            var firstSent = State.NextSequence;
            Record(decided);
            reservation.LetGo();
            if (State.NextSequence > firstSent || decided.NewDelegate is not null || decided.NewOwner is not null)
            {
                await ShowEffects(firstSent, decided.Direct, decided.NewOwner?.Hotkey, decided.NewDelegate);
            }

            return await Answer(head, decided.Outcome);
        }
    }

    public Task<PoolReply> Administer(PoolCommand command) => Execute(command);

    public Task<CallQuote> Quote(PoolCommand command) => WhileHealthy(MakeQuote(command));

    private async Task<CallQuote> MakeQuote(PoolCommand command)
    {
        // A quote moves nothing: when too many wait already, it is made on what stands now.
        while (MustWait(command.Head) && await MayPassGate(command.Head))
        {
        }

        // Nor does it leave a trace at a hotkey that nobody owns.
        await Fetch(Missing(command), command, BlockNumber.Genesis);
        var recipientExists = await RecipientExists(command);
        var quote = PoolDecider.Quote(State, command, BeneficiaryExists, _hotkeys.Records, network.Parameters, recipientExists);
        await Durable();
        return quote;
    }

    public async Task AdoptParameters(ulong revision, NetworkParameters parameters)
    {
        if (State.Books is not null && revision > State.ParametersRevision)
        {
            Record(new ParametersAdopted(revision, parameters));
            _knownBeneficiary = null;
        }

        network.Adopt(revision, parameters);
        await WhileHealthy(PayFormerBeneficiaries());
        await Durable();
    }

    public async Task PayOwed(AccountId account, bool mayVanish)
    {
        if (mayVanish)
        {
            // The lane counts on the account, once it has said that it exists, until the batch has been delivered.
            while (_gate.IsClosedForLane) await WaitAtGate();
            await ConfirmHeld();

            // From now on it is asked, and says that it is not settled until it has emptied itself or not.
            _vanishings = unchecked(_vanishings + 1);
            if (_knownBeneficiary == account) _knownBeneficiary = null;
        }

        if (State.Owed.TryGetValue(account, out var owed) && !owed.IsZero) Record(new OwedSent(account, owed));
        await WhileHealthy(Task.WhenAll(State.Outbox.Where(entry => entry.Value.To == account).Select(entry => entry.Key).ToArray().Select(SendOutgoing)));
    }

    /// <summary>
    /// An account that fees no longer go to does not come for what it is owed, and to a netuid without a subnet nobody comes: it is sent.
    /// </summary>
    private async Task PayFormerBeneficiaries()
    {
        var former = State.Owed.Keys.Where(account => account != State.Beneficiary || State.Books is null);
        foreach (var account in former.ToArray()) await PayOwed(account, mayVanish: false);
    }

    public Task<ulong> GetSettledBelow() => Task.FromResult(_durablySettledBelow);

    public async Task<CreditReply> Credit(TaoCredit credit)
    {
        ThrowIfPoisoned();
        if (!MayActOn(credit.Head.Stamp)) return new(DeliveryStatus.SendWhenDurable, LedgerError.None, LogStamp.Durable, State.LastBlock);
        while (MustWait(credit.Head))
        {
            if (!await MayPassGate(credit.Head)) return new(DeliveryStatus.Busy, LedgerError.None, LogStamp.Durable, State.LastBlock);
        }

        switch (State.Outcomes.Judge(credit.Head, State.LastBlock, out var known))
        {
            case Verdict.Stale:
                return new(DeliveryStatus.Stale, LedgerError.None, LogStamp.Durable, State.LastBlock);
            case Verdict.Known:
                break;
            case Verdict.Expired when !credit.MustSucceed:
                Record(PoolDecider.Expire(State, credit.Head, new Call { Kind = CallKind.Transfer, Amount = credit.Amount.Rao }));
                break;
            default:
                Record(PoolDecider.ReceiveGift(State, credit, network.Parameters));
                break;
        }

        known ??= State.Outcomes.Find(credit.Head.Sender, credit.Head.Sequence);
        await ReadyToAnswer(credit.Head.Stamp);
        return known?.Outcome is { } outcome
            ? new(DeliveryStatus.Decided, outcome.Error, AnswerStamp(credit.Head.Stamp), State.LastBlock)
            : new(DeliveryStatus.Never, LedgerError.None, AnswerStamp(credit.Head.Stamp), State.LastBlock);
    }

    protected override void OnPoisoned()
    {
        _gate.ReleaseForGood();
        _batches.EndAll();
    }

    private bool BeneficiaryExists => _knownBeneficiary == Beneficiary;

    private AccountId Beneficiary => State.Books is null ? PoolState.BeneficiaryOf(network.Parameters ?? State.Parameters) : State.Beneficiary;

    /// <summary>A closed gate, or a sender who has seen a block that this pool has not applied.</summary>
    private bool MustWait(MessageHead head) => _gate.IsClosed || (State.Books is not null && (head.Seen > State.LastBlock || _factsSeen > State.LastBlock));

    /// <summary>Waits until something opened; false when too many wait already, or nothing opened for a while, and the sender is to come back.</summary>
    private async Task<bool> MayPassGate(MessageHead head)
    {
        EndIfBehind(head.Seen > _factsSeen ? head.Seen : _factsSeen);
        if (_gate.Waiting >= WaitingMax || Journals.IsSaturated) return false;
        if (!await _gate.Wait())
        {
            await ConfirmHeld();
            return false;
        }

        ThrowIfPoisoned();
        return true;
    }

    /// <summary>No block is planned before every pool has applied the one before it: a pool that lies two behind is not the one that applied it.</summary>
    private void EndIfBehind(BlockNumber block)
    {
        if (State.Books is not null && block > State.LastBlock.Next) EndAsReplaced($"block {block} is known, and it has applied {State.LastBlock}");
    }

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
        var existence = await GrainFactory.Account(recipient).Exists();
        if (existence.Seen > _factsSeen) _factsSeen = existence.Seen;
        return existence.Exists;
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

    /// <summary>
    /// Lets others see what this decision created (a fee account that begins to exist, a delegate) before it is answered,
    /// and before anything else is decided here.
    /// </summary>
    /// <param name="firstSent">The first sequence of what the decision sends away.</param>
    private async Task ShowEffects(ulong firstSent, OutgoingTao? direct, AccountId? newlyOwned, AccountId? newDelegate)
    {
        _gate.BeginShowing();
        try
        {
            var vanishings = _vanishings;
            await Task.WhenAll(State.Outbox.Keys.Where(sequence => sequence >= firstSent).ToArray().Select(SendOutgoing));
            if (direct is not null && vanishings == _vanishings) _knownBeneficiary = direct.To;

            if (newlyOwned is { } owned) await ConfirmOwner(owned);
            if (newDelegate is { } hotkey) await ConfirmDelegate(hotkey);
        }
        finally
        {
            _gate.EndShowing();
        }
    }

    /// <summary>What an earlier activation decided and did not see arrive. Nothing is decided here before others can see it.</summary>
    private async Task FinishLeftOver()
    {
        if (State.Outbox.Count > 0 || State.NewDelegates.Count > 0 || State.NewOwners.Count > 0)
        {
            _gate.BeginShowing();
            try
            {
                await Task.WhenAll(State.NewOwners.Keys.ToArray().Select(ConfirmOwner));
                await Task.WhenAll([.. State.Outbox.Keys.ToArray().Select(SendOutgoing), .. State.NewDelegates.ToArray().Select(ConfirmDelegate)]);
            }
            finally
            {
                _gate.EndShowing();
            }
        }

        await PayFormerBeneficiaries();
    }

    private async Task SendOutgoing(ulong sequence)
    {
        for (var attempt = 0; State.Outbox.TryGetValue(sequence, out var outgoing); attempt++)
        {
            if (attempt > 0) await Task.Delay(Retry.Delay(attempt));
            var stamp = attempt > 1 ? LogStamp.Durable : Stamp;
            var head = new MessageHead(
                AccountId.OfSubnet(Netuid), sequence, _durablySettledBelow, new BlockNumber(ulong.MaxValue), State.LastBlock, stamp);
            if (attempt > 1) await Durable();
            else await ReadyToSend();
            try
            {
                var reply = await GrainFactory.Account(outgoing.To)
                    .Credit(new TaoCredit(head, outgoing.Amount, MustSucceed: true));
                var hasArrived = reply.Status is DeliveryStatus.Decided or DeliveryStatus.Stale;
                if (hasArrived && State.Outbox.ContainsKey(sequence)) Record(new OutgoingArrived(sequence));
            }
            catch (Exception exception) when (!IsPoisoned)
            {
                LogRetry(Netuid, sequence, exception.Message);
            }
        }
    }

    private async Task ConfirmOwner(AccountId hotkey)
    {
        for (var attempt = 0; State.NewOwners.TryGetValue(hotkey, out var owner); attempt++)
        {
            if (attempt > 0) await Task.Delay(Retry.Delay(attempt));
            await Durable();
            try
            {
                await GrainFactory.Validator(hotkey).EnsureOwner(owner, State.LastBlock);
                await FetchHotkey(hotkey, AskedIn);
                if (State.NewOwners.ContainsKey(hotkey)) Record(new OwnerConfirmed(hotkey));
            }
            catch (Exception exception) when (!IsPoisoned)
            {
                LogRetry(Netuid, 0, exception.Message);
            }
        }
    }

    private async Task ConfirmDelegate(AccountId hotkey)
    {
        for (var attempt = 0; State.NewDelegates.Contains(hotkey); attempt++)
        {
            if (attempt > 0) await Task.Delay(Retry.Delay(attempt));
            await Durable();
            try
            {
                await GrainFactory.Validator(hotkey).EnsureDelegate(State.LastBlock);
                await FetchHotkey(hotkey, AskedIn);
                if (State.NewDelegates.Contains(hotkey)) Record(new DelegateConfirmed(hotkey));
            }
            catch (Exception exception) when (!IsPoisoned)
            {
                LogRetry(Netuid, 0, exception.Message);
            }
        }
    }

    /// <summary>Asks senders with old outcomes what they have settled, a few at each block.</summary>
    private async Task SweepOutcomes()
    {
        foreach (var sender in State.Outcomes.Sweep(State.LastBlock, QuietBlocks, SweepSenders))
        {
            if (SystemSenders.IsSystem(sender)) continue;
            State.Outcomes.Forget(sender, await GrainFactory.Account(sender).GetSettledBelow());
        }
    }

    private async Task<PoolReply> Answer(MessageHead head, PoolOutcome outcome)
    {
        await ReadyToAnswer(head.Stamp);
        var status = outcome.Outcome is null ? DeliveryStatus.Never : DeliveryStatus.Decided;
        return new PoolReply(status, outcome.Outcome, outcome.FreeChange, outcome.Block, outcome.Order, AnswerStamp(head.Stamp));
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
        Recipient = 32,
        Signer = 64,
    }

    private async Task Watch(Task work)
    {
        try
        {
            await work;
        }
        catch (Exception exception)
        {
            if (!IsPoisoned) LogBackground(Netuid, exception);
        }
    }

    [LoggerMessage(301, LogLevel.Critical, "Subnet {Netuid} was given another plan for block {Block} than the one that it applied")]
    private partial void LogPlanDiffers(NetUid netuid, BlockNumber block);

    [LoggerMessage(302, LogLevel.Information, "Subnet {Netuid} sends sequence {Sequence} again: {Reason}")]
    private partial void LogRetry(NetUid netuid, ulong sequence, string reason);

    [LoggerMessage(303, LogLevel.Warning, "Subnet {Netuid} could not finish background work; it is tried again later")]
    private partial void LogBackground(NetUid netuid, Exception exception);
}
