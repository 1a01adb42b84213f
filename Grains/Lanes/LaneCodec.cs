using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Registry;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Lanes;

/// <summary>The stored layout of the lane's events and snapshots.</summary>
internal static class LaneCodec
{
    private const byte EventVersion = 1;
    private const byte StateVersion = 2;
    private const byte StateVersionWithoutClaims = 1;
    private const byte BatchMark = 3;
    private const byte WideBatchMark = 5;

    /// <summary>Of a swap of keys: records of hotkeys, and what changes at accounts, behind the rest.</summary>
    private const byte SwapBatchMark = 90;
    private const byte SwapStateVersion = 90;

    /// <summary>Of a change of a symbol: the symbols behind the rest.</summary>
    private const byte SymbolBatchMark = 140;
    private const byte SymbolStateVersion = 140;

    /// <summary>Of a swap that moves an identity: it stands behind the rest of the swap.</summary>
    private const byte IdentityBatchMark = 141;
    private const byte IdentityStateVersion = 141;

    public static void Write(RecordWriter writer, LaneEvent happened)
    {
        writer.Byte(EventVersion);
        switch (happened)
        {
            case TermBegan began:
                writer.Byte(1);
                writer.UInt64(began.Term);
                break;
            case OperationExpired expired:
                writer.Byte(2);
                writer.Account(expired.Sender);
                writer.UInt64(expired.Sequence);
                writer.UInt64(expired.SettledBelow);
                writer.UInt64(expired.LastValidBlock.Value);
                writer.UInt64(expired.Block.Value);
                break;
            case BatchDecided decided:
                var isWide = IsWide(decided);
                writer.Byte(MarkOf(decided, isWide));
                WriteBatch(writer, decided, isWide);
                WriteBehind(writer, decided);
                break;
            case BatchFinished finished:
                writer.Byte(4);
                writer.UInt64(finished.Batch);
                break;
            default:
                throw new InvalidOperationException($"Unknown lane event {happened.GetType().Name}.");
        }
    }

    public static LaneEvent ReadEvent(ref RecordReader reader)
    {
        LedgerCodec.Expect(reader.Byte(), EventVersion, "lane event");
        return reader.Byte() switch
        {
            1 => new TermBegan(checked((uint)reader.UInt64())),
            2 => new OperationExpired(
                reader.Account(), reader.UInt64(), reader.UInt64(), new BlockNumber(reader.UInt64()), new BlockNumber(reader.UInt64())),
            BatchMark => ReadBatch(ref reader, isWide: false),
            WideBatchMark => ReadBatch(ref reader, isWide: true),
            SwapBatchMark => ReadSwap(ref reader, ReadBatch(ref reader, isWide: true)),
            SymbolBatchMark => ReadSymbols(ref reader, ReadBatch(ref reader, isWide: true)),
            IdentityBatchMark => ReadIdentities(ref reader, ReadSwap(ref reader, ReadBatch(ref reader, isWide: true))),
            4 => new BatchFinished(reader.UInt64()),
            var kind => throw new InvalidDataException($"Unknown lane event kind {kind}."),
        };
    }

    public static void Write(RecordWriter writer, LaneState state)
    {
        var isWide = state.ClaimedAt != BlockNumber.Genesis || (state.Undelivered is { } batch && IsWide(batch));
        writer.Byte(VersionOf(state.Undelivered, isWide));
        writer.UInt64(state.Term);
        writer.UInt64(state.LastBatch);
        writer.UInt64(state.Order);
        writer.UInt64(state.NextCredit);
        writer.UInt64(state.Seen.Value);
        writer.Bool(state.Undelivered is not null);
        if (state.Undelivered is not null) WriteBatch(writer, state.Undelivered, isWide);
        state.Outcomes.Write(writer);
        if (isWide) writer.UInt64(state.ClaimedAt.Value);
        if (state.Undelivered is not null) WriteBehind(writer, state.Undelivered);
    }

    public static LaneState ReadState(ref RecordReader reader)
    {
        var version = reader.Byte();
        if (version is not (StateVersionWithoutClaims or SwapStateVersion or SymbolStateVersion or IdentityStateVersion)) LedgerCodec.Expect(version, StateVersion, "lane state");
        var state = new LaneState
        {
            Term = checked((uint)reader.UInt64()),
            LastBatch = reader.UInt64(),
            Order = reader.UInt64(),
            NextCredit = reader.UInt64(),
            Seen = new BlockNumber(reader.UInt64()),
        };
        if (reader.Bool()) state.Undelivered = ReadBatch(ref reader, isWide: version != StateVersionWithoutClaims);
        state.Outcomes.Load(ref reader);
        if (version != StateVersionWithoutClaims) state.ClaimedAt = new BlockNumber(reader.UInt64());
        if (version is SwapStateVersion or IdentityStateVersion) state.Undelivered = ReadSwap(ref reader, state.Undelivered!);
        if (version == SymbolStateVersion) state.Undelivered = ReadSymbols(ref reader, state.Undelivered!);
        if (version == IdentityStateVersion) state.Undelivered = ReadIdentities(ref reader, state.Undelivered!);
        return state;
    }

    internal static void WriteOutcome(RecordWriter writer, LaneOutcome outcome)
    {
        WriteOptional(writer, outcome.Outcome);
        writer.Int64(outcome.FreeChange);
        writer.UInt64(outcome.Block.Value);
        writer.UInt64(outcome.Order);
        writer.UInt64(outcome.Batch);
    }

    internal static LaneOutcome ReadOutcome(ref RecordReader reader) => new(
        ReadOptional(ref reader), reader.Int64(), new BlockNumber(reader.UInt64()), reader.UInt64(), reader.UInt64());

    private static bool IsSwap(BatchDecided decided) => decided.Records.Count > 0 || decided.Credits.Any(credit => credit.Keys is not null);

    private static bool HasIdentities(BatchDecided decided) => decided.Credits.Any(credit => credit.Keys?.Identity is not null);

    /// <summary>Operations over texts and swaps of keys are never in one batch.</summary>
    private static bool HasSymbols(BatchDecided decided) => decided.Network is { Symbols.Length: > 0 };

    private static byte MarkOf(BatchDecided decided, bool isWide)
    {
        if (HasIdentities(decided)) return IdentityBatchMark;
        return HasSymbols(decided) ? SymbolBatchMark : IsSwap(decided) ? SwapBatchMark : isWide ? WideBatchMark : BatchMark;
    }

    private static byte VersionOf(BatchDecided? undelivered, bool isWide)
    {
        if (undelivered is null) return isWide ? StateVersion : StateVersionWithoutClaims;
        if (HasIdentities(undelivered)) return IdentityStateVersion;
        return HasSymbols(undelivered) ? SymbolStateVersion : IsSwap(undelivered) ? SwapStateVersion : isWide ? StateVersion : StateVersionWithoutClaims;
    }

    private static void WriteBehind(RecordWriter writer, BatchDecided decided)
    {
        if (IsSwap(decided)) WriteSwap(writer, decided);
        if (HasSymbols(decided)) NetworkChangeCodec.WriteSymbols(writer, decided.Network!);
        if (!HasIdentities(decided)) return;
        foreach (var credit in decided.Credits) KeyNoticeCodec.WriteIdentity(writer, credit.Keys?.Identity);
    }

    private static BatchDecided ReadSymbols(ref RecordReader reader, BatchDecided decided) =>
        decided with { Network = NetworkChangeCodec.WithSymbols(ref reader, decided.Network!) };

    private static BatchDecided ReadIdentities(ref RecordReader reader, BatchDecided decided)
    {
        var credits = decided.Credits.ToArray();
        for (var i = 0; i < credits.Length; i++)
        {
            if (KeyNoticeCodec.ReadIdentity(ref reader) is { } change) credits[i] = credits[i] with { Keys = credits[i].Keys! with { Identity = change } };
        }

        return decided with { Credits = credits };
    }

    private static void WriteSwap(RecordWriter writer, BatchDecided decided)
    {
        writer.UInt64((ulong)decided.Records.Count);
        foreach (var (hotkey, after) in decided.Records)
        {
            writer.Account(hotkey);
            ValidatorModel.WriteRecord(writer, after);
        }

        foreach (var credit in decided.Credits)
        {
            writer.Bool(credit.Keys is not null);
            if (credit.Keys is { } keys) KeyNoticeCodec.Write(writer, keys);
        }
    }

    private static BatchDecided ReadSwap(ref RecordReader reader, BatchDecided decided)
    {
        var records = new (AccountId, HotkeyRecord?)[reader.Count()];
        for (var i = 0; i < records.Length; i++) records[i] = (reader.Account(), ValidatorModel.ReadRecord(ref reader));
        var credits = decided.Credits.ToArray();
        for (var i = 0; i < credits.Length; i++)
        {
            if (reader.Bool()) credits[i] = credits[i] with { Keys = KeyNoticeCodec.Read(ref reader) };
        }

        return decided with { Records = records, Credits = credits };
    }

    /// <summary>Whether a batch does more than move stake. What does not is written as it always was.</summary>
    private static bool IsWide(BatchDecided decided) => IsSwap(decided) || decided.Owners.Count > 0 || decided.Claimers.Count > 0 || decided.Network is not null
        || decided.Parts.Any(part => part.IsNew || !part.Changes.IsPlain);

    private static void WriteBatch(RecordWriter writer, BatchDecided decided, bool isWide)
    {
        writer.UInt64(decided.Batch);
        writer.UInt64(decided.Block.Value);
        writer.UInt64((ulong)decided.Decisions.Count);
        foreach (var decision in decided.Decisions)
        {
            writer.Account(decision.Sender);
            writer.UInt64(decision.Sequence);
            writer.UInt64(decision.SettledBelow);
            writer.UInt64(decision.LastValidBlock.Value);
            LedgerCodec.Write(writer, decision.Call);
            WriteOptional(writer, decision.Outcome);
            writer.Int64(decision.FreeChange);
            writer.UInt64(decision.Order);
        }

        writer.UInt64((ulong)decided.Parts.Count);
        foreach (var part in decided.Parts) WritePart(writer, part, isWide);
        writer.UInt64((ulong)decided.Credits.Count);
        foreach (var credit in decided.Credits)
        {
            writer.UInt64(credit.Sequence);
            writer.Account(credit.To);
            writer.UInt64(credit.Amount.Rao);
        }

        writer.UInt64((ulong)decided.Delegates.Count);
        foreach (var hotkey in decided.Delegates) writer.Account(hotkey);
        if (!isWide) return;
        writer.UInt64((ulong)decided.Owners.Count);
        foreach (var (hotkey, owner) in decided.Owners)
        {
            writer.Account(hotkey);
            writer.Account(owner);
        }

        writer.UInt64((ulong)decided.Claimers.Count);
        foreach (var coldkey in decided.Claimers) writer.Account(coldkey);
        writer.Bool(decided.Network is not null);
        if (decided.Network is { } change) NetworkChangeCodec.Write(writer, change);
    }

    private static BatchDecided ReadBatch(ref RecordReader reader, bool isWide)
    {
        var batch = reader.UInt64();
        var block = new BlockNumber(reader.UInt64());
        var decisions = new LaneDecision[reader.Count()];
        for (var i = 0; i < decisions.Length; i++)
        {
            decisions[i] = new LaneDecision(
                reader.Account(), reader.UInt64(), reader.UInt64(), new BlockNumber(reader.UInt64()), LedgerCodec.ReadCall(ref reader),
                ReadOptional(ref reader), reader.Int64(), reader.UInt64());
        }

        var parts = new PoolPart[reader.Count()];
        for (var i = 0; i < parts.Length; i++) parts[i] = ReadPart(ref reader, isWide);
        var credits = new LaneCredit[reader.Count()];
        for (var i = 0; i < credits.Length; i++) credits[i] = new LaneCredit(reader.UInt64(), reader.Account(), new Tao(reader.UInt64()));
        var delegates = new AccountId[reader.Count()];
        for (var i = 0; i < delegates.Length; i++) delegates[i] = reader.Account();
        var decided = new BatchDecided(batch, block, decisions, parts, credits, delegates);
        if (!isWide) return decided;
        var owners = new (AccountId, AccountId)[reader.Count()];
        for (var i = 0; i < owners.Length; i++) owners[i] = (reader.Account(), reader.Account());
        var claimers = new AccountId[reader.Count()];
        for (var i = 0; i < claimers.Length; i++) claimers[i] = reader.Account();
        return decided with { Owners = owners, Claimers = claimers, Network = reader.Bool() ? NetworkChangeCodec.Read(ref reader) : null };
    }

    private static void WritePart(RecordWriter writer, PoolPart part, bool isWide)
    {
        writer.UInt64(part.Netuid.Value);
        writer.Bool(part.Books is not null);
        if (part.Books is not null) LedgerCodec.Write(writer, part.Books);
        writer.UInt64((ulong)part.HotkeyPools.Length);
        foreach (var pool in part.HotkeyPools)
        {
            writer.Account(pool.Hotkey);
            writer.UInt64(pool.Value.Rao);
            writer.SafeFloat(pool.Denominator);
        }

        writer.UInt64((ulong)part.Shares.Length);
        foreach (var position in part.Shares)
        {
            writer.Account(position.Hotkey);
            writer.Account(position.Coldkey);
            writer.SafeFloat(position.Share);
            writer.UInt64(position.Value.Rao);
        }

        writer.UInt64((ulong)part.Owed.Length);
        foreach (var owed in part.Owed)
        {
            writer.Account(owed.Account);
            writer.UInt64(owed.Amount.Rao);
        }

        writer.UInt64(part.Destroyed.Rao);
        writer.UInt64((ulong)part.Operations.Length);
        foreach (var operation in part.Operations) writer.UInt64((ulong)operation);
        if (!isWide) return;
        writer.Bool(part.IsNew);
        writer.Bool(!part.Changes.IsPlain);
        if (!part.Changes.IsPlain) PoolCodec.WriteChanges(writer, part.Changes);
    }

    private static PoolPart ReadPart(ref RecordReader reader, bool isWide)
    {
        var netuid = new NetUid(reader.UInt16());
        var books = reader.Bool() ? LedgerCodec.ReadBooks(ref reader) : null;
        var pools = new HotkeyPoolEntry[reader.Count()];
        for (var i = 0; i < pools.Length; i++) pools[i] = new HotkeyPoolEntry(reader.Account(), new Alpha(reader.UInt64()), reader.SafeFloat());
        var shares = new PositionEntry[reader.Count()];
        for (var i = 0; i < shares.Length; i++)
        {
            shares[i] = new PositionEntry(reader.Account(), reader.Account(), reader.SafeFloat(), new Alpha(reader.UInt64()));
        }

        var owed = new OwedEntry[reader.Count()];
        for (var i = 0; i < owed.Length; i++) owed[i] = new OwedEntry(reader.Account(), new Tao(reader.UInt64()));
        var destroyed = new Tao(reader.UInt64());
        var operations = new int[reader.Count()];
        for (var i = 0; i < operations.Length; i++) operations[i] = checked((int)reader.UInt64());
        var part = new PoolPart(netuid, books, pools, shares, owed, destroyed, operations);
        if (!isWide) return part;
        return part with { IsNew = reader.Bool(), Changes = reader.Bool() ? PoolCodec.ReadChanges(ref reader) : PoolChanges.None };
    }

    private static void WriteOptional(RecordWriter writer, CallOutcome? outcome)
    {
        writer.Bool(outcome is not null);
        if (outcome is not null) LedgerCodec.Write(writer, outcome);
    }

    private static CallOutcome? ReadOptional(ref RecordReader reader) => reader.Bool() ? LedgerCodec.ReadOutcome(ref reader) : null;
}
