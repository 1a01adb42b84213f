namespace Dtao.Economics.Epochs;

/// <summary>How fast a validator's bond to a miner follows its weight: faster the further the weight is from consensus.</summary>
/// <param name="Low">The least rate, 0 to 1.</param>
/// <param name="High">The greatest rate, 0 to 1.</param>
/// <param name="Steepness">Hundredths; how sharply the rate rises around a distance of one half.</param>
/// <remarks>Source: rule book 02, 7.9; epoch/run_epoch.rs :: alpha_sigmoid, compute_liquid_alpha_values_sparse.</remarks>
public readonly record struct LiquidAlpha(I32F32 Low, I32F32 High, short Steepness)
{
    private const long SteepnessScale = -100;

    private static readonly I32F32 s_half = new(1L << (I32F32.FractionBits - 1));

    private readonly I32F32 _slope = new(((long)Steepness << I32F32.FractionBits) / SteepnessScale);

    /// <summary>The rate as a subnet stores it: bounds in parts of 65535.</summary>
    /// <remarks>Source: utils/misc.rs :: get_alpha_values_32.</remarks>
    public static LiquidAlpha Of(ushort low, ushort high, short steepness) =>
        new(Quantise.FromParts(low), Quantise.FromParts(high), steepness);

    /// <summary>The rate of one pair.</summary>
    /// <param name="consensus">The consensus on the miner in this epoch.</param>
    /// <param name="weight">The weight from which the bond is made.</param>
    /// <param name="bond">The stored bond.</param>
    public I32F32 Rate(I32F32 consensus, I32F32 weight, I32F32 bond) => RateAt(Distance(consensus, weight, bond));

    /// <summary>The rate of every entry of the weights.</summary>
    /// <param name="weights">The weights from which bonds are made.</param>
    /// <param name="bonds">The stored bonds.</param>
    /// <param name="consensus">The consensus on each miner.</param>
    /// <param name="scratch">Room.</param>
    /// <param name="rates">The result, in the order of the weights' entries.</param>
    /// <remarks>
    /// The chain reads both rows by one walk over ascending columns, so that an entry behind a greater uid is read as 0. It is the
    /// rate alone that does not see it. Source: epoch/run_epoch.rs :: compute_liquid_alpha_values_sparse.
    /// </remarks>
    public void Rates(SparseMatrix weights, SparseMatrix bonds, ReadOnlySpan<I32F32> consensus, ColumnScratch scratch, Span<I32F32> rates)
    {
        // Weights clipped to consensus are never above it, so that a buyer's distance is mostly 0.
        var rateAtNothing = RateAt(I32F32.Zero);
        for (var i = 0; i < weights.RowCount; i++)
        {
            var uids = weights.Columns(i);
            var values = weights.Values(i);
            if (uids.IsEmpty) continue;
            var rowRates = rates.Slice(weights.Start(i), uids.Length);
            var seenBonds = SeenByWalk(bonds, i, scratch.Dense(consensus.Length));
            var greatest = -1;
            for (var e = 0; e < uids.Length; e++)
            {
                int uid = uids[e];
                var weight = uid > greatest ? values[e] : I32F32.Zero;
                greatest = Math.Max(greatest, uid);
                var distance = Distance(consensus[uid], weight, seenBonds[uid]);
                rowRates[e] = distance.IsZero ? rateAtNothing : RateAt(distance);
            }
        }
    }

    private static Span<I32F32> SeenByWalk(SparseMatrix matrix, int row, Span<I32F32> dense)
    {
        var uids = matrix.Columns(row);
        var values = matrix.Values(row);
        var greatest = -1;
        for (var e = 0; e < uids.Length; e++)
        {
            if (uids[e] <= greatest) continue;
            greatest = uids[e];
            dense[greatest] = values[e];
        }

        return dense;
    }

    /// <summary>How far a buying validator is above consensus, or a selling one below its bond, 0 to 1.</summary>
    private static I32F32 Distance(I32F32 consensus, I32F32 weight, I32F32 bond)
    {
        var difference = weight >= bond ? weight.SubtractSaturating(consensus) : bond.SubtractSaturating(weight);
        return I32F32.Max(I32F32.Min(difference, I32F32.One), I32F32.Zero);
    }

    private I32F32 RateAt(I32F32 distance)
    {
        var exponential = Transcendental.ExpSafe(_slope.MultiplySaturating(distance.SubtractSaturating(s_half)));
        var sigmoid = I32F32.One.AddSaturating(exponential).InverseOfPositive();
        var rate = Low.AddSaturating(sigmoid.MultiplySaturating(High.SubtractSaturating(Low)));
        return I32F32.Max(I32F32.Min(rate, High), Low);
    }
}
