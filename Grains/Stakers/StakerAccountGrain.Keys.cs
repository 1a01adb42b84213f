using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Settings;
using Dtao.Grains.Lanes;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;

namespace Dtao.Grains.Stakers;

/// <content>Swaps of keys: what the sudo key does to this account, and what others must know of it for a swap.</content>
public sealed partial class StakerAccountGrain
{
    /// <summary>Operations that the sudo key has signed and this account carries, until they are begun. What is lost with this activation is sent again.</summary>
    private HashSet<OperationId>? _forSudo;

    private AccountKeys KeysNow => new([.. State.StakingHotkeys], [.. State.OwnedHotkeys]) { Identity = State.Identity };

    public async Task<AccountKeys> GetKeys()
    {
        await ConfirmHeld();
        var keys = KeysNow;
        await Durable();
        return keys;
    }

    public async Task<ColdkeySwap?> GetColdkeySwap()
    {
        var swap = State.ColdkeySwap;
        await Durable();
        return swap;
    }

    public async Task<PoolReply> ExecuteForSudo(OperationId id, AccountId sudoKey, Call call, BlockNumber lastValidBlock)
    {
        ThrowIfPoisoned();
        var operation = new Operation { Id = id, Signer = State.Id, Call = call, LastValidBlock = lastValidBlock };
        var isNew = !State.Settled.Contains(id) && State.SequenceOf(id) == 0;
        if (isNew && (network.Parameters is not { } parameters || !Sudo.IsSigner(parameters, sudoKey)))
            return new PoolReply(DeliveryStatus.Decided, CallOutcome.Refused(LedgerError.BadOrigin), 0, Now, 0, LogStamp.Durable);
        if (isNew) (_forSudo ??= []).Add(id);
        var receipt = await Accept(operation);
        if (receipt.Outcome is { } outcome) return new PoolReply(DeliveryStatus.Decided, outcome, 0, receipt.Block, receipt.Order, LogStamp.Durable);
        return PoolReply.Undecided(receipt.MayPassOnRetry ? DeliveryStatus.Busy : DeliveryStatus.Never, Now);
    }

    private Task<PoolReply> DeliverToColdkey(InFlightOperation operation) => GrainFactory
        .Account(((ColdkeyDetail)operation.Call.Detail!).Coldkey)
        .ExecuteForSudo(operation.Id, State.Id, operation.Call, operation.LastValidBlock);

    private LaneCommand LaneCommandOf(PoolCommand command, bool runsBeside = false) => new(command.Head, command.Call, command.Free)
    {
        Announced = command.Call.Kind == CallKind.SwapColdkeyAnnounced ? State.ColdkeySwap : null,
        Keys = command.Call.Kind is CallKind.SwapColdkeyAnnounced or CallKind.SwapColdkey ? KeysNow : null,
        Fee = command.Fee,
        RunsBeside = runsBeside,
    };
}
