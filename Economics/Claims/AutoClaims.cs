using System.Buffers.Binary;
using System.Security.Cryptography;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Claims;

/// <summary>The claims that every block makes for a few coldkeys of the index, picked by the hash of the block before.</summary>
/// <remarks>
/// Source: rule book 02, section 3, step 8, and 8.6; staking/claim_root.rs :: run_auto_claim_root_divs. Whoever runs it holds root's data and,
/// of the picked coldkeys, what <see cref="Staking.CallShape"/> says of a claim, with every subnet in the rates of their hotkeys.
/// </remarks>
public static class AutoClaims
{
    /// <summary>The most coldkeys of one block.</summary>
    public const ulong MaxPerBlock = 50;

    private const int HashLength = 32;

    /// <summary>The places in the index, ascending and each once; at most <paramref name="count"/>, for two picks may fall together.</summary>
    /// <param name="parentHash">32 bytes.</param>
    /// <param name="count">At most <see cref="MaxPerBlock"/> take effect; the chain accepts no higher setting.</param>
    /// <param name="length">Of the index.</param>
    /// <remarks>Source: :: block_hash_to_indices. Each step adds the next 8 bytes of the hash, which are read round and round.</remarks>
    public static IReadOnlyList<int> Picks(ReadOnlySpan<byte> parentHash, ulong count, int length)
    {
        if (parentHash.Length != HashLength) throw new ArgumentException($"A hash has {HashLength} bytes, not {parentHash.Length}.", nameof(parentHash));
        if (length == 0) return [];
        var places = new SortedSet<int>();
        var last = BinaryPrimitives.ReadUInt64BigEndian(parentHash);
        for (var i = 0; i < (int)Math.Min(count, MaxPerBlock); i++)
        {
            var step = BinaryPrimitives.ReadUInt64BigEndian(parentHash[(i * sizeof(ulong) % HashLength)..]);
            last = SaturatingMath.Add(last, step) % (ulong)length;
            places.Add((int)last);
        }

        return [.. places];
    }

    /// <summary>The coldkeys to claim for, in the order in which they come.</summary>
    public static IReadOnlyList<AccountId> Coldkeys(IReadOnlyList<AccountId> index, ReadOnlySpan<byte> parentHash, ulong count)
    {
        var places = Picks(parentHash, count, index.Count);
        return [.. places.Select(place => index[place])];
    }

    /// <summary>Claims everything that is owed to one coldkey, on every subnet; a refusal leaves no trace and concerns nobody else.</summary>
    public static LedgerError Run(LedgerScope scope, AccountId coldkey)
    {
        var child = new LedgerScope(scope);
        var error = DividendClaims.Claim(child, coldkey, netuids: null);
        if (error == LedgerError.None) scope.Merge(child);
        return error;
    }

    /// <summary>What stands for the parent's hash where only numbers are known: SHA-256 of the number before, 8 bytes, little-endian.</summary>
    /// <remarks>Source: scenarios, the last paragraph.</remarks>
    public static byte[] HashOfNumberBefore(BlockNumber block)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(number, block.Value - 1);
        return SHA256.HashData(number);
    }
}
