using System.Buffers.Binary;
using System.Security.Cryptography;
using Dtao.Economics;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Blocks;

/// <summary>A subnet's digest after a block.</summary>
public readonly record struct SubnetDigest(NetUid Netuid, byte[] Digest);

/// <summary>The hashes that tie blocks to each other and to what the subnets became. All SHA-256.</summary>
public static class BlockHashes
{
    public const int Length = SHA256.HashSizeInBytes;

    /// <summary>The parent of block 1.</summary>
    public static byte[] NoParent() => new byte[Length];

    private const byte HeaderVersion = 1;
    private const byte LeafMark = 0;
    private const byte NodeMark = 1;

    /// <summary>Root over the subnets' digests. Leaf: 0, netuid (2 bytes, little-endian), digest. Node: 1, left, right. A node without a partner moves up as it is.</summary>
    /// <remarks>The marks keep a node from being passed off as a leaf. Nothing at all hashes to the hash of nothing.</remarks>
    /// <param name="digests">In ascending netuid order, each netuid once.</param>
    public static byte[] MerkleRoot(IReadOnlyList<SubnetDigest> digests)
    {
        if (digests.Count == 0) return SHA256.HashData([]);
        var level = new List<byte[]>(digests.Count);
        for (var i = 0; i < digests.Count; i++)
        {
            if (i > 0 && digests[i].Netuid <= digests[i - 1].Netuid) throw new ArgumentException("Digests come in ascending netuid order.", nameof(digests));
            level.Add(Leaf(digests[i]));
        }

        while (level.Count > 1)
        {
            var above = new List<byte[]>((level.Count + 1) / 2);
            for (var i = 0; i < level.Count; i += 2) above.Add(i + 1 < level.Count ? Node(level[i], level[i + 1]) : level[i]);
            level = above;
        }

        return level[0];
    }

    /// <summary>A header's hash: over everything in it but the hash itself, wall time, and durations.</summary>
    public static byte[] OfHeader(BlockHeader header)
    {
        var writer = new RecordWriter(160);
        writer.Byte(HeaderVersion);
        writer.UInt64(header.Number.Value);
        writer.Fixed(header.ParentHash);
        writer.UInt64(header.Emission.Rao);
        writer.UInt64(header.Recycled.Rao);
        writer.UInt64(header.TotalIssuance.Rao);
        writer.Fixed(header.StateRoot);
        writer.Text(header.RuleSet);
        writer.UInt64((ulong)header.Subnets);
        return SHA256.HashData(writer.WrittenSpan);
    }

    public static byte[] OfPlan(PlannedBlock planned)
    {
        var writer = new RecordWriter(4096);
        CoordinatorModel.WritePlan(writer, planned);
        return SHA256.HashData(writer.WrittenSpan);
    }

    private static byte[] Leaf(SubnetDigest subnet)
    {
        var bytes = new byte[3 + subnet.Digest.Length];
        bytes[0] = LeafMark;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(1), subnet.Netuid.Value);
        subnet.Digest.CopyTo(bytes.AsSpan(3));
        return SHA256.HashData(bytes);
    }

    private static byte[] Node(byte[] left, byte[] right)
    {
        Span<byte> bytes = stackalloc byte[1 + (2 * Length)];
        bytes[0] = NodeMark;
        left.CopyTo(bytes[1..]);
        right.CopyTo(bytes[(1 + Length)..]);
        return SHA256.HashData(bytes);
    }
}
