namespace Dtao.Economics.Epochs;

/// <summary>Who may act as a validator.</summary>
/// <remarks>Source: rule book 02, 7.3; epoch/run_epoch.rs :: epoch_mechanism.</remarks>
public static class Permits
{
    private const int UidBits = 16;

    /// <summary>The permits of the epoch before, with the owner's.</summary>
    public static void Current(ReadOnlySpan<bool> stored, int ownerUid, Span<bool> permits)
    {
        stored[..permits.Length].CopyTo(permits);
        if (ownerUid >= 0 && ownerUid < permits.Length) permits[ownerUid] = true;
    }

    /// <summary>The permits of the next epoch: the count greatest stakes above 0, and the owner. Among equal stakes the lower uid loses.</summary>
    /// <param name="stake">Shares of 0 to 1.</param>
    /// <param name="count">How many are granted at most, the owner apart.</param>
    /// <param name="ownerUid">-1 for none.</param>
    /// <param name="order">Room for one number a neuron.</param>
    /// <param name="permits">The result.</param>
    /// <remarks>Source: epoch/math.rs :: is_topk_nonzero, a stable ascending sort of which the first lose.</remarks>
    public static void Next(ReadOnlySpan<I32F32> stake, int count, int ownerUid, Span<ulong> order, Span<bool> permits)
    {
        for (var i = 0; i < stake.Length; i++)
        {
            permits[i] = !stake[i].IsZero;
            order[i] = ((ulong)stake[i].Bits << UidBits) | (uint)i;
        }

        if (count < stake.Length)
        {
            var sorted = order[..stake.Length];
            sorted.Sort();
            foreach (var loser in sorted[..^count]) permits[(int)(loser & ushort.MaxValue)] = false;
        }

        if (ownerUid >= 0 && ownerUid < permits.Length) permits[ownerUid] = true;
    }
}
