using System.Buffers;
using System.Buffers.Binary;
using System.Collections;
using Dtao.Grains;
using Dtao.Hosting.Chaos;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Dtao.LoadTest.Runs;

/// <summary>What clients were told of a long run's operations, in the order in which they were told. Safe for use by many threads.</summary>
/// <remarks>Kept as bytes: as objects a million of them take 600 MB, and each collection walks them. Whoever reads gets objects anew.</remarks>
internal sealed class AcknowledgedBook : IReadOnlyCollection<Acknowledged>
{
    private const int ChunkBytes = 1 << 20;

    private static readonly ServiceProvider s_services = new ServiceCollection().AddSerializer().BuildServiceProvider();
    private readonly Lock _lock = new();
    private readonly List<Chunk> _chunks = [];
    private readonly ArrayBufferWriter<byte> _packing = new(1_024);
    private int _count;

    public static Serializer<Operation> Operations { get; } = s_services.GetRequiredService<Serializer<Operation>>();

    public static Serializer<Receipt> Receipts { get; } = s_services.GetRequiredService<Serializer<Receipt>>();

    public int Count
    {
        get
        {
            lock (_lock) return _count;
        }
    }

    public void Add(Operation operation, Receipt receipt)
    {
        lock (_lock)
        {
            _packing.ResetWrittenCount();
            var operationBytes = Pack(Operations, operation);
            var receiptBytes = Pack(Receipts, receipt);
            var packed = _packing.WrittenSpan;
            if (_chunks.Count == 0 || _chunks[^1].Left < packed.Length + (2 * sizeof(int))) _chunks.Add(new Chunk(new byte[Math.Max(ChunkBytes, packed.Length + (2 * sizeof(int)))]));
            var chunk = _chunks[^1];
            chunk.Write(operationBytes, packed[..operationBytes]);
            chunk.Write(receiptBytes, packed[operationBytes..]);
            _count++;
        }
    }

    public IEnumerator<Acknowledged> GetEnumerator()
    {
        (byte[] Bytes, int Used)[] chunks;
        lock (_lock) chunks = [.. _chunks.Select(chunk => (chunk.Bytes, chunk.Used))];
        foreach (var (bytes, used) in chunks)
        {
            for (var place = 0; place < used;)
            {
                var operation = Operations.Deserialize(Take(bytes, ref place))!;
                yield return new(operation, Receipts.Deserialize(Take(bytes, ref place))!);
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int Pack<T>(Serializer<T> serializer, T value)
    {
        var before = _packing.WrittenCount;
        serializer.Serialize(value, _packing);
        return _packing.WrittenCount - before;
    }

    private static ReadOnlyMemory<byte> Take(byte[] bytes, ref int place)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(place));
        var taken = bytes.AsMemory(place + sizeof(int), length);
        place += sizeof(int) + length;
        return taken;
    }

    private sealed class Chunk(byte[] bytes)
    {
        public byte[] Bytes => bytes;

        public int Used { get; private set; }

        public int Left => bytes.Length - Used;

        public void Write(int length, ReadOnlySpan<byte> part)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(Used), length);
            part.CopyTo(bytes.AsSpan(Used + sizeof(int)));
            Used += sizeof(int) + length;
        }
    }
}
