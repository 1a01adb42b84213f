using Dtao.Economics.Ledger;

namespace Dtao.Economics.Epochs;

/// <summary>The bonds of validators to miners: stored ones, their moving average, and what is stored next.</summary>
/// <remarks>Source: rule book 02, 7.8 and 7.11; epoch/run_epoch.rs :: epoch_mechanism, compute_bonds_sparse; epoch/math.rs :: mat_ema_sparse, mat_ema_alpha_sparse.</remarks>
public static class Bonds
{
    private const ulong MovingAverageScale = 1_000_000;

    /// <summary>The rate at which new bonds enter: 1 - movingAverage / 1,000,000, the quotient cut to 32 fraction bits.</summary>
    /// <remarks>Source: rule book 02, 7.8-22; epoch/run_epoch.rs :: compute_disabled_liquid_alpha.</remarks>
    public static I32F32 Rate(ulong movingAverage) =>
        I32F32.One.SubtractSaturating(I64F64.FromInteger(movingAverage).DivideOrZero(I64F64.FromInteger(MovingAverageScale)).ToI32F32());

    /// <summary>A neuron that registered in this block or later has no bonds yet.</summary>
    /// <remarks>Source: rule book 02, 7.8-21 and section 12, trap 6: the step before this one, or a tempo back before the first.</remarks>
    public static ulong ValidSince(ulong lastStepBlock, ulong currentBlock, ushort tempo) =>
        lastStepBlock != 0 ? (lastStepBlock == ulong.MaxValue ? lastStepBlock : lastStepBlock + 1)
        : currentBlock > tempo ? currentBlock - tempo : 0;

    /// <summary>The stored bonds to neurons that had registered before the last step, as proportions or with their integers as bits.</summary>
    public static void Load(EpochInput input, int count, bool asProportions, SparseMatrix bonds)
    {
        bonds.Reset(count);
        var since = ValidSince(input.LastStepBlock, input.CurrentBlock, input.Tempo);
        var registeredAt = input.RegisteredAt.AsSpan(0, count);
        for (var i = 0; i < count; i++)
        {
            var stored = input.Bonds[i];
            var row = bonds.OpenRow(stored.Length);
            var written = 0;
            foreach (var entry in stored)
            {
                if (entry.Uid >= count || registeredAt[entry.Uid] >= since) continue;
                row.Columns[written] = entry.Uid;
                row.Values[written++] = asProportions ? Quantise.FromParts(entry.Value) : new I32F32(entry.Value);
            }

            bonds.CloseRow(written);
        }
    }

    /// <summary>rate x fresh + (1 - rate) x old over all pairs of either, where above 0, in the order of columns.</summary>
    /// <remarks>Source: rule book 02, 7.8-25 and 7.8-24; epoch/math.rs :: mat_ema_sparse. Each product is floored.</remarks>
    public static void MovingAverage(SparseMatrix fresh, SparseMatrix old, I32F32 rate, ColumnScratch scratch, int columns, SparseMatrix result)
    {
        result.Reset(fresh.RowCount);
        var rest = I32F32.One.SubtractSaturating(rate);
        for (var i = 0; i < fresh.RowCount; i++)
        {
            if (fresh.Columns(i).IsEmpty && old.Columns(i).IsEmpty)
            {
                result.AddEmptyRow();
                continue;
            }

            if (rate >= I32F32.Zero && IsAscending(fresh.Columns(i)) && fresh.Columns(i).SequenceEqual(old.Columns(i)))
            {
                AddPairs(fresh, old, i, rate, result);
                continue;
            }

            var dense = scratch.Dense(columns);
            AddScaled(fresh, i, rate, dense);
            AddScaled(old, i, rest, dense);
            AddPositive(dense, result);
        }
    }

    /// <summary>rate x fresh + (1 - rate) x old, at most 1, with a rate for each pair; only for pairs that have a fresh entry.</summary>
    /// <param name="fresh">The weights from which bonds are made.</param>
    /// <param name="old">The stored bonds.</param>
    /// <param name="rates">A rate of 0 to 1 for each entry of the fresh matrix.</param>
    /// <param name="scratch">Room.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="result">The result, in the order of the fresh rows.</param>
    /// <remarks>Source: rule book 02, 7.8-24; epoch/math.rs :: mat_ema_alpha_sparse. A bond whose weight is missing is gone, one whose weight is 0 decays.</remarks>
    public static void MovingAverage(
        SparseMatrix fresh, SparseMatrix old, ReadOnlySpan<I32F32> rates, ColumnScratch scratch, int columns, SparseMatrix result)
    {
        result.Reset(fresh.RowCount);
        for (var i = 0; i < fresh.RowCount; i++)
        {
            var uids = fresh.Columns(i);
            var values = fresh.Values(i);
            var rowRates = rates.Slice(fresh.Start(i));
            var row = result.OpenRow(uids.Length);
            var written = 0;
            if (!uids.IsEmpty)
            {
                var before = scratch.Spread(old, i, columns);
                for (var e = 0; e < uids.Length; e++)
                {
                    var rate = rowRates[e];
                    var decayed = I32F32.One.SubtractSaturating(rate).MultiplyNonNegative(before[uids[e]]);
                    var value = I32F32.Min(decayed + rate.MultiplyNonNegative(values[e]), I32F32.One);
                    if (value.IsZero) continue;
                    row.Columns[written] = uids[e];
                    row.Values[written++] = value;
                }
            }

            result.CloseRow(written);
        }
    }

    /// <summary>What is stored: the rows of the neurons with a new permit in parts of 65535, and nothing for all others.</summary>
    /// <remarks>Source: rule book 02, 7.11-32; epoch/run_epoch.rs :: persist_mechanism_epoch_terms. Entries that floor to 0 are kept.</remarks>
    public static void Store(SparseMatrix bonds, ReadOnlySpan<bool> permits, EpochResult result)
    {
        for (var i = 0; i < permits.Length; i++)
        {
            var length = permits[i] ? bonds.Columns(i).Length : 0;
            var row = result.AddBondRow(i, length);
            if (length == 0) continue;
            var uids = bonds.Columns(i);
            var values = bonds.Values(i);
            for (var e = 0; e < row.Length; e++) row[e] = new WeightEntry(uids[e], Quantise.ToParts(values[e]));
        }
    }

    private static void AddScaled(SparseMatrix matrix, int row, I32F32 factor, Span<I32F32> dense)
    {
        var uids = matrix.Columns(row);
        var values = matrix.Values(row);
        if (factor.IsNegative || factor > I32F32.One)
        {
            // A moving average set above 1,000,000 makes the rate negative.
            for (var e = 0; e < values.Length; e++) dense[uids[e]] = dense[uids[e]].AddSaturating(factor.MultiplySaturating(values[e]));
            return;
        }

        for (var e = 0; e < values.Length; e++)
        {
            ref var cell = ref dense[uids[e]];
            cell = cell.AddWrapping(factor.MultiplyNonNegative(values[e]));
        }
    }

    private static bool IsAscending(ReadOnlySpan<ushort> uids)
    {
        for (var e = 1; e < uids.Length; e++)
        {
            if (uids[e] <= uids[e - 1]) return false;
        }

        return true;
    }

    /// <summary>The average of two rows that list the same columns in ascending order, as most do after the first epochs.</summary>
    private static void AddPairs(SparseMatrix fresh, SparseMatrix old, int i, I32F32 rate, SparseMatrix result)
    {
        var uids = fresh.Columns(i);
        ReadOnlySpan<I32F32> values = fresh.Values(i), before = old.Values(i);
        var rest = I32F32.One - rate;
        var row = result.OpenRow(uids.Length);
        var written = 0;
        for (var e = 0; e < uids.Length; e++)
        {
            var value = rate.MultiplyNonNegative(values[e]).AddWrapping(rest.MultiplyNonNegative(before[e]));
            row.Columns[written] = uids[e];
            row.Values[written] = value;
            if (!value.IsZero) written++;
        }

        result.CloseRow(written);
    }

    private static void AddPositive(ReadOnlySpan<I32F32> dense, SparseMatrix result)
    {
        var row = result.OpenRow(dense.Length);
        var written = 0;
        for (var j = 0; j < dense.Length; j++)
        {
            if (dense[j] <= I32F32.Zero) continue;
            row.Columns[written] = (ushort)j;
            row.Values[written++] = dense[j];
        }

        result.CloseRow(written);
    }
}
