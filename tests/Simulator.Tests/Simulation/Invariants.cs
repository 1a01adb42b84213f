using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>What must hold of the durable state after every step: a crash now would leave exactly this.</summary>
internal sealed partial class Invariants(World world)
{
    private readonly Dictionary<(AccountId Sender, ulong Sequence), OperationId> _started = [];
    private readonly Dictionary<(AccountId Sender, ulong Sequence), BlockNumber> _colours = [];
    private readonly HashSet<(object Decider, AccountId Sender, ulong Sequence)> _decided = [];
    private readonly Dictionary<OperationId, int> _executions = [];
    private readonly Dictionary<object, int> _read = [];
    private Int128 _consumed;
    private bool _isChanged;

    public void MarkChanged() => _isChanged = true;

    /// <summary>How often an operation took effect.</summary>
    public int ExecutionsOf(OperationId id) => _executions.GetValueOrDefault(id);

    public void Check()
    {
        if (!_isChanged) return;
        _isChanged = false;
        foreach (var record in world.Accounts.Values) ReadStarts(record);
        foreach (var record in world.Accounts.Values) ReadCredits(record);
        if (world.Lane is { } lane) ReadLane(lane);
        foreach (var record in world.Validators.Values) ReadHotkey(record);
        foreach (var record in world.Pools.Values) ReadDecisions(record);
        CheckTao();
    }

    /// <summary>An answer must follow from what is durable now: after a crash at this instant it would be the same.</summary>
    public void CheckAnswer(Operation operation, Receipt receipt)
    {
        if (receipt.Status == ReceiptStatus.NotAccepted) return;
        var image = world.AccountOf(operation.Signer).Image;
        if (!image.Settled.TryGet(operation.Id, out var settled)) world.Break($"{Name(operation)} was answered {receipt.Status} before that was durable");
        else if (!Same(settled.Receipt, receipt)) world.Break($"{Name(operation)} was answered {receipt.Status} {receipt.ErrorName}, and {settled.Receipt.ErrorName} is durable");
    }

    public static bool Same(Receipt left, Receipt right) =>
        left.Status == right.Status && left.Code == right.Code && left.Block == right.Block && left.Order == right.Order && left.DecidedBy == right.DecidedBy;

    private string Name(Operation operation) => $"{operation.Call.Kind} of {world.AccountOf(operation.Signer)}";

    /// <summary>Where to go on reading an actor's durable events.</summary>
    private int Unread(ActorRecord record, object kind)
    {
        var from = _read.GetValueOrDefault(kind);
        _read[kind] = record.DurableCount;
        return from;
    }

    private void ReadStarts(ActorRecord<AccountState, AccountEvent> record)
    {
        for (var i = Unread(record, record); i < record.Durable.Count; i++)
        {
            var (operation, seen) = record.Durable[i] switch
            {
                OperationStarted started => (started.Operation, started.Seen),
                OperationResumed resumed => (resumed.Operation, resumed.Seen),
                _ => (null, default),
            };
            if (operation is null) continue;
            _colours[(record.Image.Id, operation.Sequence)] = seen;
            if (!_started.TryAdd((record.Image.Id, operation.Sequence), operation.Id)) world.Break($"{record} used sequence {operation.Sequence} twice");
        }
    }

    private void ReadCredits(ActorRecord<AccountState, AccountEvent> record)
    {
        for (var i = Unread(record, record.Durable); i < record.Durable.Count; i++)
        {
            if (record.Durable[i] is not TaoCredited credited) continue;
            Decided(
                record, credited.Sender, credited.Sequence, credited.Error == LedgerError.None, record.Image.Id,
                isNever: credited.Error is CreditOutcome.Never or CreditOutcome.Yielded);
            if (_colours.GetValueOrDefault((credited.Sender, credited.Sequence)) > credited.Seen) world.Break($"{record} took a credit in a block before its sender's");
        }
    }

    private void ReadDecisions(ActorRecord<PoolState, PoolEvent> record)
    {
        var from = Unread(record, record);
        for (var i = from; i < record.Durable.Count; i++)
        {
            switch (record.Durable[i])
            {
                case CallDecided decided:
                    Decided(record, decided.Sender, decided.Sequence, decided.Outcome.Outcome?.IsOk == true, default, isNever: decided.Outcome.Outcome is null);
                    if (decided.Outcome.Outcome is not null && decided.Outcome.Block > decided.LastValidBlock) world.Break($"{record} decided an operation after its last valid block");
                    break;
                case GiftReceived gift:
                    Decided(record, gift.Sender, gift.Sequence, gift.Error == LedgerError.None, default);
                    break;
                case BlockApplied applied:
                    _consumed += applied.Consumed.Rao;
                    CheckBlock(record, applied);
                    break;
                case LaneApplied lane:
                    CheckPart(record, lane);
                    break;
            }
        }

        if (from < record.Durable.Count) CheckPositions(record);
    }

    /// <remarks>A message that sleeps until its receiver has forgotten even the sender finds itself expired: recorded once more, without an effect.</remarks>
    private void Decided(ActorRecord decider, AccountId sender, ulong sequence, bool isExecuted, AccountId receiver, bool isNever = false)
    {
        var isAgain = !_decided.Add((decider, sender, sequence));
        if (isAgain && isNever && !SystemSenders.IsSystem(sender) && world.AccountOf(sender).Image.SettledBelow > sequence) return;
        if (isAgain) world.Break($"{decider} decided sequence {sequence} of a sender twice");
        if (SystemSenders.IsSystem(sender) || receiver == AccountDecider.DustAccount) return;
        if (!_started.TryGetValue((sender, sequence), out var id)) world.Break($"{decider} decided what its sender does not durably know");
        else if (isExecuted && (_executions[id] = _executions.GetValueOrDefault(id) + 1) > 1) world.Break($"an operation took effect twice, at last at {decider}");
    }

    /// <summary>All TAO is somewhere once: in free balances, on subnets' accounts, owed, or on its way; and it is as much as was issued.</summary>
    private void CheckTao()
    {
        Int128 sum = 0;
        Int128 issued = world.Genesis.Built.TotalIssuance.Rao + _consumed;
        foreach (var (id, record) in world.Accounts)
        {
            var state = record.Image;
            sum += state.Free.Rao;
            foreach (var operation in state.InFlight.Values) sum += InTransit(id, operation);
            foreach (var (sequence, dust) in state.DustOutbox)
            {
                if (IsCredited(AccountDecider.DustAccount, id, sequence)) continue;
                sum += dust.Rao;
            }
        }

        foreach (var (netuid, record) in world.Pools)
        {
            var state = record.Image;
            issued -= state.Destroyed.Rao;
            sum += (state.Books?.AccountTao.Rao ?? 0) + state.UnclaimedTao.Rao;
            foreach (var owed in state.Owed.Values) sum += owed.Rao;
            foreach (var (sequence, outgoing) in state.Outbox)
            {
                if (!IsCredited(outgoing.To, AccountId.OfSubnet(netuid), sequence)) sum += outgoing.Amount.Rao;
            }
        }

        if (world.Lane?.Image.Undelivered is { } undelivered) sum += InDelivery(undelivered);
        if (sum != issued) world.Break($"the books hold {sum} rao and {issued} were issued");
    }

    /// <summary>What an operation in flight has moved elsewhere and not yet here.</summary>
    private Int128 InTransit(AccountId sender, InFlightOperation operation)
    {
        if (operation.Route == OperationRoute.Pool)
        {
            return world.PoolOf(operation.Call.Netuid).Image.Outcomes.Find(sender, operation.Sequence)?.FreeChange ?? 0;
        }

        if (operation.Route == OperationRoute.Lane) return world.Lane!.Image.Outcomes.Find(sender, operation.Sequence)?.FreeChange ?? 0;
        if (operation.Route != OperationRoute.Transfer) return 0;
        return IsCredited(operation.Call.ToColdkey!.Value, sender, operation.Sequence) ? -(Int128)(operation.Hold - operation.Dust).Rao : 0;
    }

    private bool IsCredited(AccountId receiver, AccountId sender, ulong sequence) => SystemAccounts.TryGetSubnet(receiver, out var netuid)
        ? world.PoolOf(netuid).Image.Outcomes.Find(sender, sequence)?.Outcome is { IsOk: true }
        : world.AccountOf(receiver).Image.Incoming.Find(sender, sequence) is { Error: LedgerError.None };

    /// <summary>Every hotkey's pool is worth its positions, and all of them with what lies aside are what is outstanding.</summary>
    /// <remarks>An epoch that finds nobody to pay leaves alpha without an owner, as on the chain.</remarks>
    private void CheckPositions(ActorRecord<PoolState, PoolEvent> record)
    {
        var state = record.Image;
        if (state.Books is not { } books)
        {
            if (state.Shares.Count + state.HotkeyPools.Count > 0) world.Break($"{record} has positions without a subnet");
            return;
        }

        Int128 values = 0;
        foreach (var (hotkey, pool) in state.HotkeyPools)
        {
            values += pool.Value.Rao;
            Int128 positions = 0;
            var count = 0;
            foreach (var (key, share) in state.Shares)
            {
                if (key.Hotkey != hotkey) continue;
                positions += Economics.Pools.SharePool.Value(pool, share).Rao;
                count++;
            }

            if (positions > pool.Value.Rao + 1 || positions + count + 1 < pool.Value.Rao) world.Break($"{record} values positions at {positions} of {pool.Value}");
        }

        var aside = (Int128)books.PendingServer.Rao + books.PendingValidator.Rao + books.PendingRoot.Rao + books.PendingOwnerCut.Rao
            + books.ProtocolAlpha.Rao + books.BurnedAlpha.Rao + books.RootUnclaimed.Rao;
        var lost = books.AlphaOutstanding.Rao - values - aside;
        var isBounded = books.EpochIndex == 0;
        if (lost < 0 || (isBounded && lost > (Int128)(4 * record.Durable.Count))) world.Break($"{record} has {books.AlphaOutstanding} alpha outstanding, {values} held, {aside} aside");
        if (books.IsRoot && books.TaoReserve.Rao != values) world.Break($"{record} holds {books.TaoReserve} for positions of {values}");
    }
}
