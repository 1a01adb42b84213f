using Dtao.Economics;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Subnets;

/// <summary>The stored layout of a pool's events and snapshots.</summary>
internal static class PoolCodec
{
    private const byte EventVersion = 1;

    /// <summary>Each account of the event is written out once. Calls, which name few accounts and those often, are stored so.</summary>
    private const byte EventVersionWithNumbers = 2;
    private const byte StateVersion = 2;
    private const byte StateVersionWithoutNeurons = 1;

    /// <summary>Set in a state's version when earnings follow it; whatever else the version says.</summary>
    private const byte EarningsFlag = 64;
    private const int PlanHashLength = 32;

    public static void Write(RecordWriter writer, PoolEvent happened)
    {
        writer.Byte(happened is CallDecided ? EventVersionWithNumbers : EventVersion);
        switch (happened)
        {
            case CallDecided decided:
                writer.NameAccountsOnce();
                writer.Byte(decided.Payments.Count > 0 ? (byte)14 : decided.NewOwner is null ? (byte)1 : (byte)11);
                WriteHead(writer, decided.Sender, decided.Sequence, decided.SettledBelow, decided.LastValidBlock);
                LedgerCodec.Write(writer, decided.Call);
                WriteOutcome(writer, decided.Outcome);
                WriteChanges(writer, decided.Changes);
                WriteOutgoing(writer, decided.Direct);
                writer.Account(decided.NewDelegate);
                if (decided.Payments.Count > 0)
                {
                    // Who pays others gives no hotkey an owner.
                    WritePayments(writer, decided.Payments);
                    break;
                }

                if (decided.NewOwner is not { } owned) break;
                writer.Account(owned.Hotkey);
                writer.Account(owned.Owner);
                break;
            case OrdersDecided batch:
                writer.Byte(33);
                WriteBatch(writer, batch);
                break;
            case BlockApplied applied:
                writer.Byte(applied.Changes is null ? (byte)2 : applied.Gains.Count == 0 ? (byte)10 : (byte)40);
                writer.UInt64(applied.Block.Value);
                writer.Bytes(applied.PlanHash);
                writer.UInt64(applied.Consumed.Rao);
                LedgerCodec.Write(writer, applied.Books);
                if (applied.Changes is null) break;
                WriteChanges(writer, applied.Changes);
                WriteAccruals(writer, applied.Accruals);
                if (applied.Gains.Count > 0) EarningCodec.Write(writer, applied.Gains);
                break;
            case LaneApplied lane:
                writer.Byte(lane.Added is null ? (byte)3 : (byte)13);
                writer.UInt64(lane.Batch);
                WriteChanges(writer, lane.Changes);
                writer.UInt64((ulong)lane.Trail.Count);
                foreach (var trail in lane.Trail)
                {
                    writer.Account(trail.Signer);
                    LedgerCodec.Write(writer, trail.Call);
                    LedgerCodec.Write(writer, trail.Outcome);
                }

                if (lane.Added is not { } added) break;
                writer.UInt64(added.Block.Value);
                writer.UInt64(added.Revision);
                LedgerCodec.Write(writer, added.Parameters);
                break;
            case ParametersAdopted adopted:
                writer.Byte(4);
                writer.UInt64(adopted.Revision);
                LedgerCodec.Write(writer, adopted.Parameters);
                break;
            case OwedSent sent:
                writer.Byte(5);
                writer.Account(sent.Account);
                writer.UInt64(sent.Amount.Rao);
                break;
            case OutgoingArrived arrived:
                writer.Byte(6);
                writer.UInt64(arrived.Sequence);
                break;
            case DelegateConfirmed confirmed:
                writer.Byte(7);
                writer.Account(confirmed.Hotkey);
                break;
            case GiftReceived gift:
                writer.Byte(8);
                WriteHead(writer, gift.Sender, gift.Sequence, gift.SettledBelow, gift.LastValidBlock);
                writer.UInt64(gift.Amount.Rao);
                writer.UInt64((ushort)gift.Error);
                break;
            case FactsAsked asked:
                writer.Byte(9);
                writer.UInt64(asked.Block.Value);
                break;
            case OwnerConfirmed confirmed:
                writer.Byte(12);
                writer.Account(confirmed.Hotkey);
                break;
            default:
                throw new InvalidOperationException($"Unknown pool event {happened.GetType().Name}.");
        }
    }

    public static PoolEvent ReadEvent(ref RecordReader reader)
    {
        var version = reader.Byte();
        if (version == EventVersionWithNumbers) reader.NameAccountsOnce();
        else LedgerCodec.Expect(version, EventVersion, "pool event");
        switch (reader.Byte())
        {
            case 1:
                return ReadDecided(ref reader);
            case 11:
                return ReadDecided(ref reader) with { NewOwner = (reader.Account(), reader.Account()) };
            case 14:
                return ReadDecided(ref reader) with { Payments = ReadPayments(ref reader) };
            case 33:
                return ReadBatch(ref reader);
            case 12:
                return new OwnerConfirmed(reader.Account());
            case 2:
                return ReadApplied(ref reader);
            case 10:
                return ReadApplied(ref reader) with { Changes = ReadChanges(ref reader), Accruals = ReadAccruals(ref reader) };
            case 40:
                return ReadApplied(ref reader) with
                {
                    Changes = ReadChanges(ref reader),
                    Accruals = ReadAccruals(ref reader),
                    Gains = EarningCodec.ReadGains(ref reader),
                };
            case 3:
                return ReadLane(ref reader);
            case 13:
                return ReadLane(ref reader) with
                {
                    Added = new SubnetAddition(new BlockNumber(reader.UInt64()), reader.UInt64(), LedgerCodec.ReadParameters(ref reader)),
                };
            case 4:
                return new ParametersAdopted(reader.UInt64(), LedgerCodec.ReadParameters(ref reader));
            case 5:
                return new OwedSent(reader.Account(), new Tao(reader.UInt64()));
            case 6:
                return new OutgoingArrived(reader.UInt64());
            case 7:
                return new DelegateConfirmed(reader.Account());
            case 8:
                return new GiftReceived(
                    reader.Account(), reader.UInt64(), reader.UInt64(), new BlockNumber(reader.UInt64()), new Tao(reader.UInt64()), (LedgerError)reader.UInt16());
            case 9:
                return new FactsAsked(new BlockNumber(reader.UInt64()));
            case var kind:
                throw new InvalidDataException($"Unknown pool event kind {kind}.");
        }
    }

    private static LaneApplied ReadLane(ref RecordReader reader)
    {
        var batch = reader.UInt64();
        var changes = ReadChanges(ref reader);
        var trail = new LaneTrail[reader.Count()];
        for (var i = 0; i < trail.Length; i++)
        {
            trail[i] = new LaneTrail(reader.Account(), LedgerCodec.ReadCall(ref reader), LedgerCodec.ReadOutcome(ref reader));
        }

        return new LaneApplied(batch, changes, trail);
    }

    private static CallDecided ReadDecided(ref RecordReader reader) => new(
        reader.Account(), reader.UInt64(), reader.UInt64(), new BlockNumber(reader.UInt64()), LedgerCodec.ReadCall(ref reader),
        ReadOutcome(ref reader), ReadChanges(ref reader), ReadOutgoing(ref reader), reader.OptionalAccount());

    private static void WriteBatch(RecordWriter writer, OrdersDecided batch)
    {
        writer.Account(batch.Relayer);
        LedgerCodec.Write(writer, batch.Call);
        LedgerCodec.Write(writer, batch.Outcome);
        writer.UInt64(batch.Block.Value);
        writer.UInt64(batch.Order);
        writer.UInt64((ulong)batch.Shares.Count);
        foreach (var share in batch.Shares)
        {
            WriteHead(writer, share.Sender, share.Sequence, share.SettledBelow, share.LastValidBlock);
            writer.Int64(share.FreeChange);
            writer.UInt64((ulong)share.Places.Count);
            foreach (var place in share.Places) writer.UInt64((ulong)place);
        }

        WriteChanges(writer, batch.Changes);
        WriteOutgoing(writer, batch.Direct);
        WritePayments(writer, batch.Payments);
    }

    private static OrdersDecided ReadBatch(ref RecordReader reader)
    {
        var (relayer, call, outcome) = (reader.Account(), LedgerCodec.ReadCall(ref reader), LedgerCodec.ReadOutcome(ref reader));
        var (block, order) = (new BlockNumber(reader.UInt64()), reader.UInt64());
        var shares = new OrdersShare[reader.Count()];
        for (var i = 0; i < shares.Length; i++)
        {
            shares[i] = new OrdersShare(
                reader.Account(), reader.UInt64(), reader.UInt64(), new BlockNumber(reader.UInt64()), reader.Int64(), ReadPlaces(ref reader));
        }

        return new OrdersDecided(relayer, call, outcome, block, order, shares, ReadChanges(ref reader), ReadOutgoing(ref reader), ReadPayments(ref reader));
    }

    private static int[] ReadPlaces(ref RecordReader reader)
    {
        var places = new int[reader.Count()];
        for (var i = 0; i < places.Length; i++) places[i] = reader.Count();
        return places;
    }

    private static BlockApplied ReadApplied(ref RecordReader reader) =>
        new(new BlockNumber(reader.UInt64()), reader.Bytes(), new Tao(reader.UInt64()), LedgerCodec.ReadBooks(ref reader));

    public static void Write(RecordWriter writer, PoolState state)
    {
        var hasNeurons = HasNeurons(state);
        var earnings = state.Earnings.Tracks.Count > 0 ? EarningsFlag : (byte)0;
        writer.Byte((byte)((hasNeurons ? StateVersion : StateVersionWithoutNeurons) | earnings));
        writer.Bool(state.Books is not null);
        if (state.Books is not null) LedgerCodec.Write(writer, state.Books);
        writer.UInt64(state.UnclaimedTao.Rao);
        writer.UInt64(state.ParametersRevision);
        LedgerCodec.Write(writer, state.Parameters);
        writer.UInt64((ulong)state.HotkeyPools.Count);
        foreach (var (hotkey, pool) in state.HotkeyPools.OrderBy(entry => entry.Key))
        {
            writer.Account(hotkey);
            writer.UInt64(pool.Value.Rao);
            writer.SafeFloat(pool.Denominator);
        }

        writer.UInt64((ulong)state.Shares.Count);
        foreach (var ((hotkey, coldkey), share) in state.Shares.OrderBy(entry => entry.Key.Hotkey).ThenBy(entry => entry.Key.Coldkey))
        {
            writer.Account(hotkey);
            writer.Account(coldkey);
            writer.SafeFloat(share);
        }

        writer.UInt64(state.LastBlock.Value);
        writer.Bytes(state.LastPlanHash);
        writer.UInt64(state.LastConsumed.Rao);
        writer.Fixed(state.Digest);
        writer.UInt64(state.Order);
        writer.UInt64(state.Swaps);
        writer.UInt64((ulong)state.Owed.Count);
        foreach (var (account, amount) in state.Owed)
        {
            writer.Account(account);
            writer.UInt64(amount.Rao);
        }

        writer.UInt64((ulong)state.Outbox.Count);
        foreach (var (sequence, outgoing) in state.Outbox)
        {
            writer.UInt64(sequence);
            WriteOutgoing(writer, outgoing);
        }

        writer.UInt64((ulong)state.NewDelegates.Count);
        foreach (var hotkey in state.NewDelegates) writer.Account(hotkey);
        writer.UInt64(state.NextSequence);
        writer.UInt64(state.Destroyed.Rao);
        writer.UInt64(state.LastLaneBatch);
        state.Outcomes.Write(writer);
        if (hasNeurons) WriteNeurons(writer, state);
        if (earnings != 0) EarningCodec.Write(writer, state.Earnings);
    }

    /// <summary>What has nothing of the new is written as it always was.</summary>
    private static bool HasNeurons(PoolState state) => !MetagraphDelta.Between(Metagraph.Empty, state.Metagraph).IsEmpty || state.Remains is not null
        || state.LastAccruals.Count > 0 || state.NewOwners.Count > 0 || !state.Claims.IsEmpty || state.Founding is not null;

    private static void WriteNeurons(RecordWriter writer, PoolState state)
    {
        LedgerCodec.Write(writer, state.Metagraph);
        writer.Bool(state.Remains is not null);
        if (state.Remains is not null) LedgerCodec.Write(writer, state.Remains);
        writer.Bool(state.Founding is not null);
        if (state.Founding is not null) LedgerCodec.Write(writer, state.Founding);
        WriteAccruals(writer, state.LastAccruals);
        writer.UInt64((ulong)state.NewOwners.Count);
        foreach (var (hotkey, owner) in state.NewOwners)
        {
            writer.Account(hotkey);
            writer.Account(owner);
        }

        ClaimCodec.Write(writer, state.Claims);
    }

    private static void ReadNeurons(ref RecordReader reader, PoolState state)
    {
        state.Metagraph = LedgerCodec.ReadMetagraph(ref reader);
        if (reader.Bool()) state.Remains = LedgerCodec.ReadRemains(ref reader);
        if (reader.Bool()) state.Founding = LedgerCodec.ReadBooks(ref reader);
        state.LastAccruals = ReadAccruals(ref reader);
        for (var count = reader.Count(); count > 0; count--) state.NewOwners.Add(reader.Account(), reader.Account());
        ClaimCodec.Read(ref reader, state.Claims);
    }

    /// <summary>Those who staked on one hotkey only, whose order means nothing.</summary>
    private static void NoteStakers(PoolState state)
    {
        if (state.Books is not { IsRoot: true }) return;
        foreach (var (hotkey, coldkey) in state.Shares.Keys) state.Claims.NoteStaker(hotkey, coldkey);
    }

    public static PoolState ReadState(ref RecordReader reader)
    {
        var first = reader.Byte();
        var version = (byte)(first & ~EarningsFlag);
        if (version != StateVersionWithoutNeurons) LedgerCodec.Expect(version, StateVersion, "pool state");
        var state = new PoolState();
        if (reader.Bool()) state.Books = LedgerCodec.ReadBooks(ref reader);
        state.UnclaimedTao = new Tao(reader.UInt64());
        state.ParametersRevision = reader.UInt64();
        state.Parameters = LedgerCodec.ReadParameters(ref reader);
        for (var count = reader.Count(); count > 0; count--)
        {
            state.HotkeyPools.Add(reader.Account(), new HotkeyPool(new Alpha(reader.UInt64()), reader.SafeFloat()));
        }

        var shares = reader.Count();
        state.Shares.EnsureCapacity(shares);
        for (; shares > 0; shares--) state.Shares.Add((reader.Account(), reader.Account()), reader.SafeFloat());
        state.LastBlock = new BlockNumber(reader.UInt64());
        state.LastPlanHash = reader.Bytes();
        state.LastConsumed = new Tao(reader.UInt64());
        state.Digest = reader.Fixed(PlanHashLength);
        state.Order = reader.UInt64();
        state.Swaps = reader.UInt64();
        for (var count = reader.Count(); count > 0; count--) state.Owed.Add(reader.Account(), new Tao(reader.UInt64()));
        for (var count = reader.Count(); count > 0; count--) state.Outbox.Add(reader.UInt64(), ReadOutgoing(ref reader)!);
        for (var count = reader.Count(); count > 0; count--) state.NewDelegates.Add(reader.Account());
        state.NextSequence = reader.UInt64();
        state.Destroyed = new Tao(reader.UInt64());
        state.LastLaneBatch = reader.UInt64();
        state.Outcomes.Load(ref reader);
        if (version == StateVersion) ReadNeurons(ref reader, state);
        if ((first & EarningsFlag) != 0) EarningCodec.Read(ref reader, state.Earnings);
        NoteStakers(state);
        return state;
    }

    private static void WriteHead(RecordWriter writer, AccountId sender, ulong sequence, ulong settledBelow, BlockNumber lastValidBlock)
    {
        writer.Account(sender);
        writer.UInt64(sequence);
        writer.UInt64(settledBelow);
        writer.UInt64(lastValidBlock.Value);
    }

    internal static void WriteOutcome(RecordWriter writer, PoolOutcome outcome)
    {
        writer.Bool(outcome.Outcome is not null);
        if (outcome.Outcome is not null) LedgerCodec.Write(writer, outcome.Outcome);
        writer.Int64(outcome.FreeChange);
        writer.UInt64(outcome.Block.Value);
        writer.UInt64(outcome.Order);
    }

    internal static PoolOutcome ReadOutcome(ref RecordReader reader) => new(
        reader.Bool() ? LedgerCodec.ReadOutcome(ref reader) : null, reader.Int64(), new BlockNumber(reader.UInt64()), reader.UInt64());

    private static void WriteOutgoing(RecordWriter writer, OutgoingTao? outgoing)
    {
        writer.Bool(outgoing is not null);
        if (outgoing is null) return;
        writer.Account(outgoing.To);
        writer.UInt64(outgoing.Amount.Rao);
    }

    private static void WritePayments(RecordWriter writer, IReadOnlyList<OutgoingTao> payments)
    {
        writer.UInt64((ulong)payments.Count);
        foreach (var payment in payments) WriteOutgoing(writer, payment);
    }

    private static OutgoingTao[] ReadPayments(ref RecordReader reader)
    {
        var payments = new OutgoingTao[reader.Count()];
        for (var i = 0; i < payments.Length; i++) payments[i] = ReadOutgoing(ref reader) ?? throw new InvalidDataException("A payment without a receiver.");
        return payments;
    }

    private static OutgoingTao? ReadOutgoing(ref RecordReader reader) =>
        reader.Bool() ? new OutgoingTao(reader.Account(), new Tao(reader.UInt64())) : null;

    private static void WriteAccruals(RecordWriter writer, IReadOnlyList<RootAccrual> accruals)
    {
        writer.UInt64((ulong)accruals.Count);
        foreach (var accrual in accruals) LedgerCodec.Write(writer, accrual);
    }

    private static RootAccrual[] ReadAccruals(ref RecordReader reader)
    {
        var accruals = new RootAccrual[reader.Count()];
        for (var i = 0; i < accruals.Length; i++) accruals[i] = LedgerCodec.ReadAccrual(ref reader);
        return accruals;
    }

    /// <remarks>
    /// The first byte tells which parts there are: what most calls change takes no more room than the books and the shares. Lists are walked by index, since
    /// each call passes here and enumerators behind interfaces are allocated.
    /// </remarks>
    internal static void WriteChanges(RecordWriter writer, PoolChanges changes)
    {
        writer.Byte((byte)((changes.Books is not null ? 1 : 0) | (changes.Metagraph is not null ? 2 : 0) | (changes.Claims is not null ? 4 : 0) | (changes.Retired is not null ? 8 : 0)));
        if (changes.Books is not null) LedgerCodec.Write(writer, changes.Books);
        if (changes.Metagraph is not null) LedgerCodec.Write(writer, changes.Metagraph);
        if (changes.Claims is not null) ClaimCodec.Write(writer, changes.Claims);
        if (changes.Retired is { } retired)
        {
            LedgerCodec.Write(writer, retired.Remains);
            writer.UInt64(retired.LeftOnAccount.Rao);
        }

        writer.UInt64((ulong)changes.HotkeyPools.Count);
        for (var i = 0; i < changes.HotkeyPools.Count; i++)
        {
            var (hotkey, pool) = changes.HotkeyPools[i];
            writer.Account(hotkey);
            writer.UInt64(pool.Value.Rao);
            writer.SafeFloat(pool.Denominator);
        }

        writer.UInt64((ulong)changes.Shares.Count);
        for (var i = 0; i < changes.Shares.Count; i++)
        {
            var (hotkey, coldkey, share) = changes.Shares[i];
            writer.Account(hotkey);
            writer.Account(coldkey);
            writer.SafeFloat(share);
        }

        writer.UInt64((ulong)changes.Owed.Count);
        for (var i = 0; i < changes.Owed.Count; i++)
        {
            var (account, amount) = changes.Owed[i];
            writer.Account(account);
            writer.UInt64(amount.Rao);
        }

        writer.UInt64(changes.Destroyed.Rao);
    }

    internal static PoolChanges ReadChanges(ref RecordReader reader)
    {
        var parts = reader.Byte();
        if (parts > 15) throw new InvalidDataException($"Unknown parts {parts} of a pool's changes.");
        var books = (parts & 1) != 0 ? LedgerCodec.ReadBooks(ref reader) : null;
        var metagraph = (parts & 2) != 0 ? LedgerCodec.ReadMetagraphDelta(ref reader) : null;
        var claims = (parts & 4) != 0 ? ClaimCodec.ReadChanges(ref reader) : null;
        var retired = (parts & 8) != 0 ? new SubnetRetirement(LedgerCodec.ReadRemains(ref reader), new Tao(reader.UInt64())) : null;
        var pools = new (AccountId, HotkeyPool)[reader.Count()];
        for (var i = 0; i < pools.Length; i++) pools[i] = (reader.Account(), new HotkeyPool(new Alpha(reader.UInt64()), reader.SafeFloat()));
        var shares = new (AccountId, AccountId, SafeFloat)[reader.Count()];
        for (var i = 0; i < shares.Length; i++) shares[i] = (reader.Account(), reader.Account(), reader.SafeFloat());
        var owed = new (AccountId, Tao)[reader.Count()];
        for (var i = 0; i < owed.Length; i++) owed[i] = (reader.Account(), new Tao(reader.UInt64()));
        return new PoolChanges(books, pools, shares, owed, new Tao(reader.UInt64())) { Metagraph = metagraph, Claims = claims, Retired = retired };
    }
}
