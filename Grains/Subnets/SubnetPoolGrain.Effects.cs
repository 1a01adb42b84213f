using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Validators;

namespace Dtao.Grains.Subnets;

/// <content>What a decision does to others: TAO on its way to accounts, owners and delegates of hotkeys, and what is owed to the fee account.</content>
public sealed partial class SubnetPoolGrain
{
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
                LogRetry(sequence, exception.Message);
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
                LogRetry(0, exception.Message);
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
                LogRetry(0, exception.Message);
            }
        }
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
}
