using System.Collections.Immutable;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Wire;

/// <summary>The part of the codec that is about locked alpha and leases.</summary>
public static partial class LedgerCodec
{
    private static void WriteLocks(RecordWriter writer, MetagraphDelta delta)
    {
        WriteMap(writer, delta.Locks, WriteAccount, static (writer, held) =>
        {
            writer.Account(held.Hotkey);
            WriteLock(writer, held.State);
        });
        WriteMap(writer, delta.LockTotals, WriteBucket, WriteLock);
        WriteMap(writer, delta.LockChoices, WriteAccount, static (writer, choices) => writer.Byte((byte)choices));
        writer.Byte((byte)(delta.Lease is null ? 0 : delta.Lease.After is null ? 1 : 2));
        if (delta.Lease?.After is { } lease) WriteLease(writer, lease);
    }

    private static MetagraphDelta WithLocks(ref RecordReader reader, MetagraphDelta delta) => delta with
    {
        Locks = ReadMap(ref reader, ReadAccount, static (ref RecordReader reader) => new StakeLock(reader.Account(), ReadLock(ref reader))),
        LockTotals = ReadMap(ref reader, ReadBucket, ReadLock),
        LockChoices = ReadMap(ref reader, ReadAccount, static (ref RecordReader reader) => (LockChoices)reader.Byte()),
        Lease = reader.Byte() switch
        {
            0 => null,
            1 => new LeaseDelta(null),
            2 => new LeaseDelta(ReadLease(ref reader)),
            var other => throw new InvalidDataException($"There is no change {other} of a lease."),
        },
    };

    private static void WriteLock(RecordWriter writer, LockState state)
    {
        writer.UInt64(state.Mass.Rao);
        writer.UInt128(state.Conviction.Bits);
        writer.UInt64(state.LastBlock.Value);
    }

    private static LockState ReadLock(ref RecordReader reader) =>
        new(new Alpha(reader.UInt64()), new U64F64(reader.UInt128()), new BlockNumber(reader.UInt64()));

    private static void WriteBucket(RecordWriter writer, LockBucket bucket)
    {
        writer.Byte((byte)bucket.Kind);
        if (!bucket.IsOfOwner) writer.Account(bucket.Hotkey);
    }

    private static LockBucket ReadBucket(ref RecordReader reader)
    {
        var bucket = new LockBucket((LockKind)reader.Byte(), default);
        if (!Enum.IsDefined(bucket.Kind)) throw new InvalidDataException($"There is no kind {bucket.Kind} of locks.");
        return bucket.IsOfOwner ? bucket : bucket with { Hotkey = reader.Account() };
    }

    private static void WriteLease(RecordWriter writer, SubnetLease lease)
    {
        writer.Account(lease.Beneficiary);
        writer.Account(lease.Coldkey);
        writer.Account(lease.Hotkey);
        writer.Byte(lease.EmissionsShare);
        writer.OptionalUInt64(lease.EndBlock?.Value);
        writer.UInt64((ulong)lease.Shares.Count);
        foreach (var (contributor, share) in lease.Shares)
        {
            writer.Account(contributor);
            writer.UInt128(share.Bits);
        }

        writer.UInt64(lease.Accrued.Rao);
    }

    private static SubnetLease ReadLease(ref RecordReader reader)
    {
        var (beneficiary, coldkey, hotkey) = (reader.Account(), reader.Account(), reader.Account());
        var percent = reader.Byte();
        var end = reader.OptionalUInt64() is { } block ? new BlockNumber(block) : (BlockNumber?)null;
        var shares = ImmutableSortedDictionary.CreateBuilder<AccountId, U64F64>();
        for (var left = reader.Count(ItemsMax); left > 0; left--) shares[reader.Account()] = new U64F64(reader.UInt128());
        return new SubnetLease(beneficiary, coldkey, hotkey, percent, end, shares.ToImmutable(), new Alpha(reader.UInt64()));
    }
}
