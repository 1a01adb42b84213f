using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Dtao.Grains.Subnets;

namespace Dtao.Grains.Stakers;

/// <content>
/// How this coldkey presents itself. Whether it may is a question to pools: one of its hotkeys must have a uid somewhere. The account asks them, and decides
/// itself when it has been told. "Yes" holds when the pool says so; "nowhere" holds when the last one says so, since a hotkey is seated by an operation of this
/// account, which runs this one alone, but for root: and root is asked last.
/// </content>
public sealed partial class StakerAccountGrain
{
    public async Task<ColdkeyIdentityDetail?> GetIdentity()
    {
        var identity = State.Identity;
        await Durable();
        return identity;
    }

    private async Task<PoolReply> DecideIdentity(InFlightOperation operation)
    {
        var seat = await FindSeat();
        if (operation.LastValidBlock < Now) return PoolReply.Undecided(DeliveryStatus.Never, Now);
        var scope = new LedgerScope(SeatedSource(seat));
        var outcome = StakingCalls.Execute(scope, State.Id, operation.Call);
        return new PoolReply(DeliveryStatus.Decided, outcome, 0, Now, State.SettledCount + 1, LogStamp.Durable);
    }

    private async Task<CallQuote> QuoteIdentity(Call call)
    {
        var source = SeatedSource(await FindSeat());
        var quote = AccountDecider.QuoteFee(State, call, CallQuote.Of(Quotes.Of(source, State.Id, call), call, Now), source.Parameters);
        await Durable();
        return quote;
    }

    private TransferSource SeatedSource(Seat? seat) =>
        new((State.Id, State.Free), (State.Id, Tao.Zero), network.Parameters ?? NetworkParameters.Default, Now) { Seat = seat };

    /// <summary>A hotkey of this coldkey that has a uid, and where; null when none has one.</summary>
    private async Task<Seat?> FindSeat()
    {
        var known = State.StakingHotkeys.Union(State.OwnedHotkeys).ToArray();
        var records = await Task.WhenAll(known.Select(async hotkey => (hotkey, record: await GrainFactory.Validator(hotkey).GetRecord())));
        AccountId[] owned = [.. records.Where(entry => entry.record?.Owner == State.Id).Select(entry => entry.hotkey)];
        if (owned.Length == 0) return null;

        var view = await GrainFactory.Registry().GetNetwork();
        var found = await Task.WhenAll(view.Subnets.Where(subnet => !subnet.Netuid.IsRoot).Select(subnet => SeatOn(subnet.Netuid, owned)));
        return found.FirstOrDefault(seat => seat is not null) ?? await SeatOn(NetUid.Root, owned);
    }

    private async Task<Seat?> SeatOn(NetUid netuid, AccountId[] hotkeys)
    {
        var registered = await GrainFactory.Pool(netuid).AreRegistered(hotkeys);
        var place = Array.IndexOf(registered, true);
        return place < 0 ? null : new Seat(netuid, hotkeys[place]);
    }
}
