using System.Buffers.Binary;
using System.Collections.Immutable;
using Dtao.Economics.Ledger;
using Konscious.Security.Cryptography;

namespace Dtao.Economics.Neurons;

/// <summary>What a hotkey commits to: the hash of its weights, together with a salt that only it knows.</summary>
/// <remarks>
/// Source: rule book 02, 10.2; subnets/weights.rs :: get_commit_hash. BLAKE2b with 32 bytes over the SCALE encoding of hotkey, storage index, uids,
/// values, salt, and version key; numbers are little-endian, lists begin with their length in compact form.
/// </remarks>
public static class CommitHash
{
    public const int Length = 32;

    /// <summary>The distance of two mechanisms of one subnet in the chain's storage index.</summary>
    private const int SubnetsMax = 4_096;

    /// <summary>The hash of weights with their salt and mechanism.</summary>
    public static ImmutableArray<byte> Of(AccountId hotkey, NetUid netuid, WeightsDetail weights)
    {
        var bytes = new List<byte>(64 + (2 * (weights.Uids.Length + weights.Values.Length + weights.Salt.Length)));
        Span<byte> number = stackalloc byte[AccountId.Length];
        hotkey.CopyTo(number);
        bytes.AddRange(number);
        Append(bytes, unchecked((ushort)((weights.Mechanism * SubnetsMax) + netuid.Value)));
        Append(bytes, weights.Uids);
        Append(bytes, weights.Values);
        Append(bytes, weights.Salt);
        BinaryPrimitives.WriteUInt64LittleEndian(number, weights.VersionKey);
        bytes.AddRange(number[..sizeof(ulong)]);
        using var blake = new HMACBlake2B(8 * Length);
        return [.. blake.ComputeHash([.. bytes])];
    }

    private static void Append(List<byte> bytes, ImmutableArray<ushort> list)
    {
        AppendCompact(bytes, (uint)list.Length);
        foreach (var item in list) Append(bytes, item);
    }

    private static void Append(List<byte> bytes, ushort item)
    {
        bytes.Add(unchecked((byte)item));
        bytes.Add((byte)(item >> 8));
    }

    /// <summary>One, two, or four bytes; the two lowest bits say how many. Lists beyond 2^30 cannot exist.</summary>
    private static void AppendCompact(List<byte> bytes, uint length)
    {
        var (size, mode) = length < 1 << 6 ? (1, 0u) : length < 1 << 14 ? (2, 1u) : (4, 2u);
        var coded = (length << 2) | mode;
        for (var i = 0; i < size; i++) bytes.Add(unchecked((byte)(coded >> (8 * i))));
    }
}
