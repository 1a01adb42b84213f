using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Dtao.Economics;
using Dtao.Grains.Shell;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Stakers;

/// <summary>The operations that an account has settled of late and their receipts, in the order of settling. The oldest are forgotten first.</summary>
/// <remarks>
/// A busy account has thousands of them, and each outlives many collections. So they are bytes in a few arrays, which no collection has to walk, and an index beside
/// them by which an id that is not here, as nearly every id is that comes, is known at one look.
/// </remarks>
public sealed class ReceiptBook
{
    /// <summary>An address is the number of a chunk and a place in it, so no record begins behind this many bytes.</summary>
    private const int ChunkBits = 14;
    private const int ChunkBytes = 1 << ChunkBits;
    private const uint ChunkNumberMask = uint.MaxValue >> ChunkBits;

    /// <summary>Enough for one receipt: most accounts have no more.</summary>
    private const int FirstChunkBytes = 160;
    private const int SlotsMin = 4;
    private const uint UsedSlot = 0x8000_0000;

    [ThreadStatic]
    private static RecordWriter? t_packer;

    private readonly List<Chunk> _chunks = [];
    private uint _firstChunk;
    private int _head;

    /// <summary>Open addressing, linear: a hash above, the record's address below; 0 is an empty slot.</summary>
    private ulong[] _slots = [];

    /// <summary>How many operations are remembered.</summary>
    public int Count { get; private set; }

    public bool Contains(OperationId id) => TryGet(id, out _);

    /// <summary>The settled operation of an id.</summary>
    public bool TryGet(OperationId id, out SettledOperation settled)
    {
        if (Count > 0)
        {
            var hash = HashOf(id);
            for (var slot = SlotOf(hash); _slots[slot] != 0; slot = Next(slot))
            {
                if ((uint)(_slots[slot] >> 32) != hash) continue;
                settled = ReadAt(unchecked((uint)_slots[slot]));
                if (settled.Id == id) return true;
            }
        }

        settled = default;
        return false;
    }

    /// <summary>Remembers an operation that is not here yet.</summary>
    /// <exception cref="ArgumentException">Its id is here.</exception>
    public void Add(UInt128 contentHash, Receipt receipt, BlockNumber lastValidBlock, ulong place)
    {
        if (Contains(receipt.Id)) throw new ArgumentException($"Operation {receipt.Id} is settled already.", nameof(receipt));
        var packer = t_packer ??= new RecordWriter(256);
        packer.Clear();
        ReceiptCodec.Write(packer, receipt);
        var size = SettledOperation.SizeOf(packer.Length);
        var chunk = ChunkFor(size);
        var address = unchecked((((_firstChunk + (uint)_chunks.Count - 1) & ChunkNumberMask) << ChunkBits) | (uint)chunk.Used);
        SettledOperation.Write(chunk.Bytes.AsSpan(chunk.Used, size), contentHash, lastValidBlock, place, packer.WrittenSpan);
        chunk.Used += size;
        Count++;
        if (Count > _slots.Length / 4 * 3) Grow();
        Put(HashOf(receipt.Id), address);
    }

    /// <summary>Forgets the oldest as long as their last valid block lies so far back that nobody may ask for them any more.</summary>
    public void ForgetOld(BlockNumber now)
    {
        while (Count > 0 && Oldest() is var oldest && oldest.LastValidBlock.Value + OperationLimits.ReceiptBlocks < now.Value) Forget(oldest);
    }

    /// <summary>All of them, the oldest first.</summary>
    public IEnumerable<SettledOperation> InOrder()
    {
        var at = _head;
        foreach (var chunk in _chunks)
        {
            for (; at < chunk.Used; at += SettledOperation.SizeAt(chunk.Bytes, at)) yield return new SettledOperation(chunk.Bytes, at);
            at = 0;
        }
    }

    // Ids are chosen by whoever sends operations, and the hash is of this process alone.
    private static uint HashOf(OperationId id)
    {
        var value = id.Value;
        var halves = MemoryMarshal.Cast<Guid, ulong>(MemoryMarshal.CreateReadOnlySpan(ref value, 1));
        return unchecked((uint)HashCode.Combine(halves[0], halves[1])) | UsedSlot;
    }

    private int SlotOf(uint hash) => (int)(hash & (uint)(_slots.Length - 1));

    private int Next(int slot) => (slot + 1) & (_slots.Length - 1);

    private SettledOperation Oldest() => new(_chunks[0].Bytes, _head);

    private SettledOperation ReadAt(uint address)
    {
        var chunk = unchecked((address >> ChunkBits) - _firstChunk) & ChunkNumberMask;
        return new SettledOperation(_chunks[(int)chunk].Bytes, (int)(address & (ChunkBytes - 1)));
    }

    /// <remarks>What was read of a record stays as it is: an array is replaced and never written to again.</remarks>
    private Chunk ChunkFor(int size)
    {
        var alive = 0;
        if (_chunks.Count > 0)
        {
            var last = _chunks[^1];
            if (size <= last.Bytes.Length - last.Used) return last;
            alive = _chunks.Count > 1 ? ChunkBytes : last.Used - _head;
            if (last.Used + size <= ChunkBytes && alive > last.Used / 2)
            {
                Array.Resize(ref last.Bytes, Math.Min(ChunkBytes, Math.Max(last.Bytes.Length * 2, last.Used + size)));
                return last;
            }
        }

        var chunk = new Chunk(Math.Max(size, Math.Clamp(alive * 2, FirstChunkBytes, ChunkBytes)));
        _chunks.Add(chunk);
        return chunk;
    }

    private void Forget(SettledOperation oldest)
    {
        var address = unchecked((_firstChunk << ChunkBits) | (uint)_head);
        var slot = SlotOf(HashOf(oldest.Id));
        while (unchecked((uint)_slots[slot]) != address || _slots[slot] == 0) slot = Next(slot);
        Empty(slot);
        Count--;
        _head += SettledOperation.SizeAt(_chunks[0].Bytes, _head);
        if (_head < _chunks[0].Used) return;
        _chunks.RemoveAt(0);
        _firstChunk = unchecked(_firstChunk + 1) & ChunkNumberMask;
        _head = 0;
        if (Count < _slots.Length / 16 && _slots.Length > SlotsMin) Rebuild(_slots.Length / 4);
    }

    /// <summary>Empties a slot, and moves up what could not be found behind it any more.</summary>
    private void Empty(int hole)
    {
        for (var slot = Next(hole); _slots[slot] != 0; slot = Next(slot))
        {
            var fromHome = (slot - SlotOf((uint)(_slots[slot] >> 32))) & (_slots.Length - 1);
            if (fromHome < ((slot - hole) & (_slots.Length - 1))) continue;
            _slots[hole] = _slots[slot];
            hole = slot;
        }

        _slots[hole] = 0;
    }

    private void Grow() => Rebuild(Math.Max(SlotsMin, _slots.Length * 2));

    private void Rebuild(int length)
    {
        var old = _slots;
        _slots = new ulong[Math.Max(SlotsMin, length)];
        foreach (var used in old)
        {
            if (used != 0) Put((uint)(used >> 32), unchecked((uint)used));
        }
    }

    private void Put(uint hash, uint address)
    {
        var slot = SlotOf(hash);
        while (_slots[slot] != 0) slot = Next(slot);
        _slots[slot] = ((ulong)hash << 32) | address;
    }

    private sealed class Chunk(int length)
    {
        public byte[] Bytes = new byte[length];
        public int Used;
    }
}

/// <summary>A settled operation and its receipt, as an account remembers it.</summary>
public readonly struct SettledOperation
{
    private const int BlockAt = 16;
    private const int PlaceAt = BlockAt + sizeof(ulong);
    private const int LengthAt = PlaceAt + sizeof(ulong);
    private const int ReceiptAt = LengthAt + sizeof(int);
    private readonly byte[] _bytes;
    private readonly int _at;

    internal SettledOperation(byte[] bytes, int at) => (_bytes, _at) = (bytes, at);

    /// <remarks>A stored receipt begins with it.</remarks>
    public OperationId Id => new(new Guid(_bytes.AsSpan(_at + ReceiptAt, 16)));

    /// <summary>By which another use of the id is known to be the same operation.</summary>
    public UInt128 ContentHash => BinaryPrimitives.ReadUInt128LittleEndian(_bytes.AsSpan(_at));

    public BlockNumber LastValidBlock => new(BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(_at + BlockAt)));

    /// <summary>The operation's place in the order of settling, from 1.</summary>
    public ulong Place => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(_at + PlaceAt));

    public Receipt Receipt => ReceiptCodec.Unpack(StoredReceipt);

    /// <summary>The receipt as it is stored.</summary>
    internal ReadOnlySpan<byte> StoredReceipt => _bytes.AsSpan(_at + ReceiptAt, SizeAt(_bytes, _at) - ReceiptAt);

    internal static int SizeOf(int receiptLength) => ReceiptAt + receiptLength;

    internal static int SizeAt(byte[] bytes, int at) => SizeOf(BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + LengthAt)));

    internal static void Write(Span<byte> target, UInt128 contentHash, BlockNumber lastValidBlock, ulong place, ReadOnlySpan<byte> receipt)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(target, contentHash);
        BinaryPrimitives.WriteUInt64LittleEndian(target[BlockAt..], lastValidBlock.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(target[PlaceAt..], place);
        BinaryPrimitives.WriteInt32LittleEndian(target[LengthAt..], receipt.Length);
        receipt.CopyTo(target[ReceiptAt..]);
    }
}
