using System.Security.Cryptography;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Subnets;

/// <summary>What events do to a pool. How both are stored stands in <see cref="PoolCodec"/>.</summary>
public sealed class PoolModel : IActorModel<PoolState, PoolEvent>
{
    public static readonly PoolModel Instance = new();

    [ThreadStatic]
    private static RecordWriter? t_writer;

    public PoolState Create() => new();

    public void Apply(PoolState state, PoolEvent happened)
    {
        switch (happened)
        {
            case CallDecided decided:
                Apply(state, decided);
                break;
            case OrdersDecided batch:
                Apply(state, batch);
                break;
            case BlockApplied applied:
                if (applied.Changes is { } changes) Apply(state, changes);
                state.LastAccruals = applied.Accruals;
                state.Earnings.Add(applied.Block, applied.Gains);
                state.Books = applied.Books;
                state.LastBlock = applied.Block;
                state.LastPlanHash = applied.PlanHash;
                state.LastConsumed = applied.Consumed;
                state.Digest = ChainBooks(state.Digest, applied);
                break;
            case LaneApplied lane:
                Apply(state, lane.Changes);
                if (lane.Added is { } added) Found(state, added);
                state.LastLaneBatch = lane.Batch;
                state.Order += (ulong)lane.Trail.Count;
                state.Swaps += (ulong)lane.Trail.Count;
                foreach (var trail in lane.Trail)
                {
                    state.Digest = ChainCall(state.Digest, trail.Signer, trail.Call, trail.Outcome);
                    MoveEarnings(state, trail);
                }

                break;
            case ParametersAdopted adopted:
                state.ParametersRevision = adopted.Revision;
                state.Parameters = adopted.Parameters;
                break;
            case OwedSent sent:
                state.Owed.Remove(sent.Account);
                state.Outbox.Add(state.NextSequence++, new OutgoingTao(sent.Account, sent.Amount));
                break;
            case OutgoingArrived arrived:
                state.Outbox.Remove(arrived.Sequence);
                break;
            case DelegateConfirmed confirmed:
                state.NewDelegates.Remove(confirmed.Hotkey);
                break;
            case OwnerConfirmed confirmed:
                state.NewOwners.Remove(confirmed.Hotkey);
                break;
            case GiftReceived gift:
                Apply(state, gift);
                break;
            case FactsAsked:
                break;
            default:
                throw new InvalidOperationException($"Unknown pool event {happened.GetType().Name}.");
        }
    }

    /// <summary>A hotkey's earnings go where the stake goes that earned them: on one subnet its alpha alone.</summary>
    private static void MoveEarnings(PoolState state, LaneTrail trail)
    {
        if (trail is not { Call: { Kind: CallKind.SwapHotkey, Detail: not SwitchDetail { IsOn: true } } call, Outcome.IsOk: true }) return;
        if (state.Books is not { } books || (call.ToNetuid is { } only && only != books.Netuid)) return;
        state.Earnings.Move(call.Hotkey, call.ToHotkey!.Value, keepsRoot: call.ToNetuid is { IsRoot: false });
    }

    private static void Apply(PoolState state, CallDecided decided)
    {
        Apply(state, decided.Changes);
        if (decided.Direct is { } direct) state.Outbox.Add(state.NextSequence++, direct);
        for (var i = 0; i < decided.Payments.Count; i++) state.Outbox.Add(state.NextSequence++, decided.Payments[i]);
        if (decided.NewDelegate is { } hotkey) state.NewDelegates.Add(hotkey);
        if (decided.NewOwner is { } owned) state.NewOwners[owned.Hotkey] = owned.Owner;
        state.Outcomes.Remember(decided.Sender, decided.Sequence, decided.SettledBelow, decided.LastValidBlock, decided.Outcome);
        if (decided.Outcome.Outcome is not { } outcome || outcome.Error == LedgerError.LeftToLane) return;
        state.Order = decided.Outcome.Order;
        if (outcome.Moves.Count > 0) state.Swaps++;
        state.Digest = ChainCall(state.Digest, decided.Sender, decided.Call, outcome);
    }

    private static void Apply(PoolState state, OrdersDecided batch)
    {
        Apply(state, batch.Changes);
        if (batch.Direct is { } direct) state.Outbox.Add(state.NextSequence++, direct);
        foreach (var payment in batch.Payments) state.Outbox.Add(state.NextSequence++, payment);
        foreach (var share in batch.Shares)
        {
            state.Outcomes.Remember(share.Sender, share.Sequence, share.SettledBelow, share.LastValidBlock, share.OutcomeOf(batch));
        }

        state.Order = batch.Order;
        if (batch.Outcome.IsOk) state.Swaps++;
        state.Digest = ChainCall(state.Digest, batch.Relayer, batch.Call, batch.Outcome);
    }

    private static void Apply(PoolState state, PoolChanges changes)
    {
        if (changes.Retired is { } retired) Retire(state, retired);
        if (changes.Books is not null)
        {
            // What lay on the account of a subnet that was not there is in the books of the one that came.
            if (state.Books is null) state.UnclaimedTao = Tao.Zero;
            state.Books = changes.Books;
        }

        if (changes.Metagraph is { } metagraph) state.Metagraph = metagraph.Apply(state.Metagraph);
        if (changes.Claims is { } claims) state.Claims.Apply(claims);
        // By index: every call passes here, and enumerators behind interfaces are allocated.
        for (var i = 0; i < changes.HotkeyPools.Count; i++)
        {
            var (hotkey, pool) = changes.HotkeyPools[i];
            if (pool.IsEmpty) state.HotkeyPools.Remove(hotkey);
            else state.HotkeyPools[hotkey] = pool;
        }

        for (var i = 0; i < changes.Shares.Count; i++)
        {
            var (hotkey, coldkey, share) = changes.Shares[i];
            if (share.IsZero)
            {
                state.Shares.Remove((hotkey, coldkey));
                continue;
            }

            state.Shares[(hotkey, coldkey)] = share;
            if (state.Books is { IsRoot: true }) state.Claims.NoteStaker(hotkey, coldkey);
        }

        for (var i = 0; i < changes.Owed.Count; i++) state.Owed[changes.Owed[i].Account] = changes.Owed[i].Amount;
        state.Destroyed += changes.Destroyed;
    }

    private static void Found(PoolState state, SubnetAddition added)
    {
        (state.LastBlock, state.ParametersRevision, state.Parameters) = (added.Block, added.Revision, added.Parameters);
        state.Founding = state.Books!.Copy();
    }

    private static void Retire(PoolState state, SubnetRetirement retired)
    {
        state.Books = null;
        state.UnclaimedTao = retired.LeftOnAccount;
        state.Remains = retired.Remains;
        state.Metagraph = Metagraph.Empty;
        state.HotkeyPools.Clear();
        state.Shares.Clear();
        state.LastAccruals = [];
        state.Earnings.Clear();
        state.Founding = null;
    }

    private static void Apply(PoolState state, GiftReceived gift)
    {
        state.Outcomes.Remember(
            gift.Sender, gift.Sequence, gift.SettledBelow, gift.LastValidBlock,
            new PoolOutcome(gift.Error == LedgerError.None ? CallOutcome.Done : CallOutcome.Refused(gift.Error), 0, state.LastBlock, state.Order));
        if (gift.Error != LedgerError.None) return;
        if (state.Books is null)
        {
            state.UnclaimedTao += gift.Amount;
            return;
        }

        state.Books = state.Books.Copy();
        state.Books.AccountTao += gift.Amount;
    }

    /// <summary>The digest speaks of what was decided, not of ids, sequences, or attempts: the same operations in the same order give the same chain.</summary>
    private static byte[] ChainCall(byte[] digest, AccountId signer, Call call, CallOutcome outcome)
    {
        var writer = BeginLink(digest);
        writer.Account(signer);
        LedgerCodec.Write(writer, call);
        LedgerCodec.Write(writer, outcome);
        return SHA256.HashData(writer.WrittenSpan);
    }

    private static byte[] ChainBooks(byte[] digest, BlockApplied applied)
    {
        var writer = BeginLink(digest);
        LedgerCodec.Write(writer, applied.Books);
        if (applied.Changes is { } changes) PoolCodec.WriteChanges(writer, changes);
        return SHA256.HashData(writer.WrittenSpan);
    }

    /// <summary>A writer of this thread that holds the link before. Each decided call passes here, so nothing is allocated.</summary>
    private static RecordWriter BeginLink(byte[] digest)
    {
        var writer = t_writer ??= new RecordWriter(512);
        writer.Clear();
        writer.Fixed(digest);
        return writer;
    }

    public void WriteEvent(RecordWriter writer, PoolEvent happened) => PoolCodec.Write(writer, happened);

    public PoolEvent ReadEvent(ref RecordReader reader) => PoolCodec.ReadEvent(ref reader);

    public void WriteState(RecordWriter writer, PoolState state) => PoolCodec.Write(writer, state);

    public PoolState ReadState(ref RecordReader reader) => PoolCodec.ReadState(ref reader);
}
