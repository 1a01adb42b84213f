using Dtao.Economics;
using Dtao.Economics.Fees;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Dtao.Grains.Lanes;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Grains.Stakers;

/// <content>Quotes: each is asked of the actor that would decide the call, by the code that would decide it.</content>
public sealed partial class StakerAccountGrain
{
    public Task<CallQuote> Quote(Call call) => WhileHealthy(MakeQuote(call));

    private async Task<CallQuote> MakeQuote(Call call)
    {
        ThrowIfPoisoned();
        if (!AccountDecider.IsWellFormed(State.Id, call)) return CallQuote.Of(Economics.Staking.Quote.Refused(LedgerError.MalformedCall, call), call, Now);
        if (AccountDecider.BarredBy(State, call) is var barred and not LedgerError.None)
        {
            await Durable();
            return CallQuote.Of(Economics.Staking.Quote.Refused(barred, call), call, Now);
        }

        var route = AccountDecider.RouteOf(State, call, isForSudo: false);
        if (route is OperationRoute.Here or OperationRoute.Coldkey) return await QuoteKeys(call, route);
        if (AccountDecider.RouteOf(call) == OperationRoute.Transfer) return await QuoteTransfer(call);
        if (AccountDecider.RouteOf(call) == OperationRoute.Registry)
        {
            await Durable();
            return AccountDecider.QuoteSudo(State, call, network.Parameters ?? NetworkParameters.Default, Now);
        }

        if (AccountDecider.RouteOf(call) == OperationRoute.Relay) return await QuoteRelay(call);
        if (AccountDecider.RouteOf(call) == OperationRoute.Registrations) return await QuoteIdentity(call);
        await CollectOwed(mayVanish: false);
        var free = State.Free.SubtractSaturating(State.Held);
        var head = new MessageHead(State.Id, 0, 0, Now, Now, LogStamp.Durable);
        var parameters = network.Parameters ?? NetworkParameters.Default;
        var fee = TransactionFees.FeeOf(parameters, call);
        await Durable();
        var command = new PoolCommand(head, call, free) { Fee = fee };
        return AccountDecider.Widened(AccountDecider.RouteOf(call), call, parameters) switch
        {
            OperationRoute.Pool => await QuoteAtPool(command),
            OperationRoute.Lane => await GrainFactory.Lane().Quote(LaneCommandOf(command)),
            _ => AccountDecider.QuoteFee(State, call, await GrainFactory.Validator(call.Hotkey).Quote(new PoolCommand(head, call, free)), parameters),
        };
    }

    private async Task<CallQuote> QuoteAtPool(PoolCommand command)
    {
        var quote = await GrainFactory.Pool(command.Call.Netuid).Quote(command);
        return quote.Error == LedgerError.LeftToLane ? await GrainFactory.Lane().Quote(LaneCommandOf(command)) : quote;
    }

    /// <summary>What this account decides itself, or what another coldkey would carry for the sudo key.</summary>
    private async Task<CallQuote> QuoteKeys(Call call, OperationRoute route)
    {
        var parameters = network.Parameters ?? NetworkParameters.Default;
        await Durable();
        if (route == OperationRoute.Here) return AccountDecider.QuoteAnnouncement(State, call, State.Id, parameters, Now);
        if (!Economics.Settings.Sudo.IsSigner(parameters, State.Id)) return CallQuote.Of(Economics.Staking.Quote.Refused(LedgerError.BadOrigin, call), call, Now);
        if (call.Kind == CallKind.ResetColdkeySwap) return CallQuote.Of(new Quote(LedgerError.None, 0, 0, 0, default, default, 0), call, Now);
        var former = ((ColdkeyDetail)call.Detail!).Coldkey;
        var head = new MessageHead(former, 0, 0, Now, Now, LogStamp.Durable);
        var account = GrainFactory.Account(former);
        return await GrainFactory.Lane().Quote(new LaneCommand(head, call, await account.GetFree()) { Keys = await account.GetKeys() });
    }

    private async Task<CallQuote> QuoteTransfer(Call call)
    {
        var to = call.ToColdkey!.Value;
        var receiverHolds = to == State.Id ? Tao.Zero : await HeldBy(to);
        await CollectOwed(mayVanish: false);
        var quote = AccountDecider.QuoteTransfer(State, call, receiverHolds, network.Parameters ?? NetworkParameters.Default, Now);
        await Durable();
        return quote;
    }

    /// <summary>What can be said of orders before their owners are asked: each of them can be quoted by itself, as its owner's call.</summary>
    private async Task<CallQuote> QuoteRelay(Call call)
    {
        var parameters = network.Parameters ?? NetworkParameters.Default;
        var quote = CallQuote.Of(Economics.Staking.Quote.Refused(AccountDecider.CheckRelay(call, parameters), call), call, Now);
        await Durable();
        return AccountDecider.QuoteFee(State, call, quote, parameters);
    }

    /// <summary>What stands on an account before a transfer arrives there.</summary>
    private async Task<Tao> HeldBy(AccountId account)
    {
        if (!SystemAccounts.TryGetSubnet(account, out var netuid)) return await GrainFactory.Account(account).GetFree();
        return (await GrainFactory.Pool(netuid).GetView()).AccountTao;
    }
}
