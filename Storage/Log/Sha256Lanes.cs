using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dtao.Storage;

/// <summary>
/// Eight SHA-256 computations in step, one in each 32-bit lane of 256-bit registers: FIPS 180-4, section 6.2, with a vector in the place of each word.
/// </summary>
/// <remarks>A hash of a few hundred bytes costs the system's library more in preparation than in hashing. See docs/decisions/0145-digests-side-by-side.md.</remarks>
internal sealed class Sha256Lanes
{
    public const int Count = 8;
    public const int BlockBytes = 64;
    private const int Words = 8;
    private const int WordsPerBlock = 16;
    private const int Rounds = 64;

    private static readonly uint[] s_initial = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    private static readonly uint[] s_round =
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    /// <summary>The eight words of all lanes: word after word, in each the lanes.</summary>
    private readonly uint[] _state = new uint[Words * Count];

    /// <summary>Whether this machine has the instructions; nothing else of this class may be used where it has not.</summary>
    public static bool IsSupported => Avx2.IsSupported && BitConverter.IsLittleEndian;

    /// <summary>Begins a new hash in a lane; what it had before is gone.</summary>
    public void Begin(int lane)
    {
        for (var word = 0; word < Words; word++) _state[(word * Count) + lane] = s_initial[word];
    }

    /// <summary>The hash of a lane after the last block of its message.</summary>
    public void Read(int lane, Span<byte> hash)
    {
        for (var word = 0; word < Words; word++) BinaryPrimitives.WriteUInt32BigEndian(hash[(word * sizeof(uint))..], _state[(word * Count) + lane]);
    }

    /// <summary>Takes the next block of each lane in.</summary>
    /// <param name="messages">Padded messages of all lanes.</param>
    /// <param name="places">Of each lane, where its block begins; of a lane without one, anywhere: what it holds is of no meaning until it is begun anew.</param>
    public void Take(ReadOnlySpan<byte> messages, ReadOnlySpan<int> places)
    {
        Span<Vector256<uint>> message = stackalloc Vector256<uint>[WordsPerBlock];
        Load(messages, places, 0, message);
        Load(messages, places, BlockBytes / 2, message[Words..]);

        ref var state = ref MemoryMarshal.GetArrayDataReference(_state);
        var a = Vector256.LoadUnsafe(ref state, 0 * Count);
        var b = Vector256.LoadUnsafe(ref state, 1 * Count);
        var c = Vector256.LoadUnsafe(ref state, 2 * Count);
        var d = Vector256.LoadUnsafe(ref state, 3 * Count);
        var e = Vector256.LoadUnsafe(ref state, 4 * Count);
        var f = Vector256.LoadUnsafe(ref state, 5 * Count);
        var g = Vector256.LoadUnsafe(ref state, 6 * Count);
        var h = Vector256.LoadUnsafe(ref state, 7 * Count);

        // Eight rounds at a time: after as many, each word is in its place again.
        ref var w = ref MemoryMarshal.GetReference(message);
        ref var k = ref MemoryMarshal.GetArrayDataReference(s_round);
        for (var t = 0; t < Rounds; t += Words)
        {
            if (t >= WordsPerBlock) Extend(ref w, t & (WordsPerBlock - 1));
            ref var wt = ref Unsafe.Add(ref w, t & (WordsPerBlock - 1));
            ref var kt = ref Unsafe.Add(ref k, t);
            Round(a, b, c, ref d, e, f, g, ref h, wt + Vector256.Create(kt));
            Round(h, a, b, ref c, d, e, f, ref g, Unsafe.Add(ref wt, 1) + Vector256.Create(Unsafe.Add(ref kt, 1)));
            Round(g, h, a, ref b, c, d, e, ref f, Unsafe.Add(ref wt, 2) + Vector256.Create(Unsafe.Add(ref kt, 2)));
            Round(f, g, h, ref a, b, c, d, ref e, Unsafe.Add(ref wt, 3) + Vector256.Create(Unsafe.Add(ref kt, 3)));
            Round(e, f, g, ref h, a, b, c, ref d, Unsafe.Add(ref wt, 4) + Vector256.Create(Unsafe.Add(ref kt, 4)));
            Round(d, e, f, ref g, h, a, b, ref c, Unsafe.Add(ref wt, 5) + Vector256.Create(Unsafe.Add(ref kt, 5)));
            Round(c, d, e, ref f, g, h, a, ref b, Unsafe.Add(ref wt, 6) + Vector256.Create(Unsafe.Add(ref kt, 6)));
            Round(b, c, d, ref e, f, g, h, ref a, Unsafe.Add(ref wt, 7) + Vector256.Create(Unsafe.Add(ref kt, 7)));
        }

        Add(ref state, 0, a);
        Add(ref state, 1, b);
        Add(ref state, 2, c);
        Add(ref state, 3, d);
        Add(ref state, 4, e);
        Add(ref state, 5, f);
        Add(ref state, 6, g);
        Add(ref state, 7, h);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref uint state, int word, Vector256<uint> value) =>
        (Vector256.LoadUnsafe(ref state, (nuint)(word * Count)) + value).StoreUnsafe(ref state, (nuint)(word * Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, ref Vector256<uint> d, Vector256<uint> e, Vector256<uint> f, Vector256<uint> g, ref Vector256<uint> h,
        Vector256<uint> word)
    {
        var first = h + (Rotate(e, 6) ^ Rotate(e, 11) ^ Rotate(e, 25)) + (g ^ (e & (f ^ g))) + word;
        d += first;
        h = first + (Rotate(a, 2) ^ Rotate(a, 13) ^ Rotate(a, 22)) + ((a & b) | (c & (a | b)));
    }

    /// <summary>The next eight words of the message schedule, in the place of the eight that are sixteen rounds old.</summary>
    /// <param name="at">0 or 8.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Extend(ref Vector256<uint> w, int at)
    {
        for (var i = at; i < at + Words; i++)
        {
            var near = Unsafe.Add(ref w, (i + 14) & (WordsPerBlock - 1));
            var far = Unsafe.Add(ref w, (i + 1) & (WordsPerBlock - 1));
            Unsafe.Add(ref w, i) += (Rotate(near, 17) ^ Rotate(near, 19) ^ (near >>> 10)) + Unsafe.Add(ref w, (i + 9) & (WordsPerBlock - 1))
                + (Rotate(far, 7) ^ Rotate(far, 18) ^ (far >>> 3));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate(Vector256<uint> word, [ConstantExpected] byte bits) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(word, bits) : (word >>> bits) | (word << (32 - bits));

    /// <summary>Half a block of each lane, turned so that each vector has one word of all lanes.</summary>
    private static void Load(ReadOnlySpan<byte> messages, ReadOnlySpan<int> places, int offset, Span<Vector256<uint>> words)
    {
        var (r0, r1) = (Row(messages, places[0] + offset), Row(messages, places[1] + offset));
        var (r2, r3) = (Row(messages, places[2] + offset), Row(messages, places[3] + offset));
        var (r4, r5) = (Row(messages, places[4] + offset), Row(messages, places[5] + offset));
        var (r6, r7) = (Row(messages, places[6] + offset), Row(messages, places[7] + offset));

        var (a0, a1) = (Avx2.UnpackLow(r0, r1), Avx2.UnpackHigh(r0, r1));
        var (a2, a3) = (Avx2.UnpackLow(r2, r3), Avx2.UnpackHigh(r2, r3));
        var (a4, a5) = (Avx2.UnpackLow(r4, r5), Avx2.UnpackHigh(r4, r5));
        var (a6, a7) = (Avx2.UnpackLow(r6, r7), Avx2.UnpackHigh(r6, r7));

        var (b0, b1) = Pair(a0, a2);
        var (b2, b3) = Pair(a1, a3);
        var (b4, b5) = Pair(a4, a6);
        var (b6, b7) = Pair(a5, a7);

        words[0] = Avx2.Permute2x128(b0, b4, 0x20);
        words[1] = Avx2.Permute2x128(b1, b5, 0x20);
        words[2] = Avx2.Permute2x128(b2, b6, 0x20);
        words[3] = Avx2.Permute2x128(b3, b7, 0x20);
        words[4] = Avx2.Permute2x128(b0, b4, 0x31);
        words[5] = Avx2.Permute2x128(b1, b5, 0x31);
        words[6] = Avx2.Permute2x128(b2, b6, 0x31);
        words[7] = Avx2.Permute2x128(b3, b7, 0x31);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<uint> Low, Vector256<uint> High) Pair(Vector256<uint> first, Vector256<uint> second) =>
        (Avx2.UnpackLow(first.AsUInt64(), second.AsUInt64()).AsUInt32(), Avx2.UnpackHigh(first.AsUInt64(), second.AsUInt64()).AsUInt32());

    /// <summary>Eight words of a message, which are big-endian.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Row(ReadOnlySpan<byte> messages, int place)
    {
        var swap = Vector256.Create(
            (byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
        return Avx2.Shuffle(Vector256.Create(messages.Slice(place, BlockBytes / 2)), swap).AsUInt32();
    }
}
