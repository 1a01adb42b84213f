using System.Numerics;

namespace Dtao.Keys.Sr25519;

/// <summary>The permutation of Keccak over 1,600 bits, 24 rounds.</summary>
/// <remarks>Source: FIPS 202, section 3.2.</remarks>
internal static class KeccakF1600
{
    /// <summary>64-bit words of a state.</summary>
    public const int Words = 25;

    private const int Side = 5;

    private static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B, 0x0000000080000001,
        0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
        0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
        0x000000000000800A, 0x800000008000000A, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    /// <summary>By how much each word along the path of <see cref="Path"/> is rotated.</summary>
    private static ReadOnlySpan<byte> Rotations => [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44];

    private static ReadOnlySpan<byte> Path => [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];

    public static void Permute(Span<ulong> state)
    {
        Span<ulong> column = stackalloc ulong[Side];
        foreach (var constant in RoundConstants)
        {
            for (var x = 0; x < Side; x++) column[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
            for (var x = 0; x < Side; x++)
            {
                var mixed = column[(x + 4) % Side] ^ BitOperations.RotateLeft(column[(x + 1) % Side], 1);
                for (var y = 0; y < Words; y += Side) state[y + x] ^= mixed;
            }

            var carried = state[1];
            for (var step = 0; step < Path.Length; step++)
            {
                (state[Path[step]], carried) = (BitOperations.RotateLeft(carried, Rotations[step]), state[Path[step]]);
            }

            for (var y = 0; y < Words; y += Side)
            {
                state.Slice(y, Side).CopyTo(column);
                for (var x = 0; x < Side; x++) state[y + x] = column[x] ^ (~column[(x + 1) % Side] & column[(x + 2) % Side]);
            }

            state[0] ^= constant;
        }
    }
}
