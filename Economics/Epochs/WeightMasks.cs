using Dtao.Economics.Ledger;

namespace Dtao.Economics.Epochs;

/// <summary>Which stored weights count in an epoch.</summary>
/// <remarks>Source: rule book 02, 7.5; epoch/run_epoch.rs :: get_weights_sparse, epoch_mechanism.</remarks>
public static class WeightMasks
{
    /// <summary>
    /// The weights that count, normalised by row: of permitted neurons, not for themselves (but the owner's), not for a neuron that
    /// registered since the weights or the unrevealed commitment to them were made.
    /// </summary>
    /// <param name="input">The stored state.</param>
    /// <param name="permits">The permits of the epoch before, with the owner's.</param>
    /// <param name="weights">The result. A row all of whose weights were dropped is empty.</param>
    /// <remarks>The integers go in as bits, since only the ratio to the row's sum comes out.</remarks>
    public static void Load(EpochInput input, ReadOnlySpan<bool> permits, SparseMatrix weights)
    {
        weights.Reset(permits.Length);
        var registeredAt = input.RegisteredAt.AsSpan(0, permits.Length);
        for (var i = 0; i < permits.Length; i++)
        {
            if (permits[i]) AddRow(input.Weights[i], registeredAt, RegisteredBefore(input, i), i == input.OwnerUid ? -1 : i, weights);
            else weights.AddEmptyRow();
        }

        MatrixMath.NormalizeRows(weights);
    }

    /// <summary>The block before which a neuron must have registered for this one's weight to count.</summary>
    /// <remarks>Weights made in the registration's own block are stale, a commitment made in it is not.</remarks>
    private static ulong RegisteredBefore(EpochInput input, int uid)
    {
        var lastUpdate = input.LastUpdate[uid];
        if (!input.CommitReveal) return lastUpdate;
        var commit = input.CommitBlock[uid];
        return commit == ulong.MaxValue ? lastUpdate : Math.Min(lastUpdate, commit + 1);
    }

    private static void AddRow(ReadOnlySpan<WeightEntry> stored, ReadOnlySpan<ulong> registeredAt, ulong before, int self, SparseMatrix weights)
    {
        var row = weights.OpenRow(stored.Length);
        var written = 0;
        foreach (var entry in stored)
        {
            if (entry.Uid >= registeredAt.Length || entry.Uid == self || registeredAt[entry.Uid] >= before) continue;
            row.Columns[written] = entry.Uid;
            row.Values[written++] = new I32F32(entry.Value);
        }

        weights.CloseRow(written);
    }
}
