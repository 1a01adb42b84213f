using Dtao.Grains.Wire;

namespace Dtao.Grains.Stakers;

/// <summary>Which nonces an account has used: the highest, and the <see cref="OperationLimits.NonceWindow"/> up to it one by one. Older ones count as used.</summary>
public sealed class NonceWindow
{
    private const int BitsPerWord = 64;

    private readonly ulong[] _used = new ulong[OperationLimits.NonceWindow / BitsPerWord];

    /// <summary>0 while none was used.</summary>
    public ulong Highest { get; private set; }

    /// <summary>Whether a nonce may be used; or why not.</summary>
    public static RefusalCode Judge(NonceWindow? window, ulong nonce)
    {
        var highest = window?.Highest ?? 0;
        if (nonce == 0) return RefusalCode.NonceTooOld;
        if (nonce > highest) return nonce - highest > OperationLimits.NonceAheadMax ? RefusalCode.NonceTooFar : RefusalCode.None;
        if (highest - nonce >= OperationLimits.NonceWindow) return RefusalCode.NonceTooOld;
        return window!.IsUsed(nonce) ? RefusalCode.NonceUsed : RefusalCode.None;
    }

    /// <summary>Uses a nonce that was judged. Harmless twice.</summary>
    public void Use(ulong nonce)
    {
        if (nonce > Highest)
        {
            if (nonce - Highest >= OperationLimits.NonceWindow) Array.Clear(_used);
            else for (var passed = Highest + 1; passed <= nonce; passed++) Word(passed) &= ~Bit(passed);
            Highest = nonce;
        }

        Word(nonce) |= Bit(nonce);
    }

    public void Write(RecordWriter writer)
    {
        writer.UInt64(Highest);
        foreach (var word in _used) writer.UInt64(word);
    }

    public static NonceWindow Read(ref RecordReader reader)
    {
        NonceWindow window = new() { Highest = reader.UInt64() };
        for (var i = 0; i < window._used.Length; i++) window._used[i] = reader.UInt64();
        return window;
    }

    private bool IsUsed(ulong nonce) => (Word(nonce) & Bit(nonce)) != 0;

    private ref ulong Word(ulong nonce) => ref _used[nonce % OperationLimits.NonceWindow / BitsPerWord];

    private static ulong Bit(ulong nonce) => 1UL << (int)(nonce % BitsPerWord);
}
