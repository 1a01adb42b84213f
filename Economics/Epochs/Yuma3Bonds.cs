namespace Dtao.Economics.Epochs;

/// <summary>Bonds and dividends in the third form of Yuma: bonds follow weights without regard to stake, which enters at the dividend.</summary>
/// <remarks>Source: rule book 02, 7.8 and 7.9; epoch/run_epoch.rs :: epoch_mechanism, compute_bonds_sparse.</remarks>
internal static class Yuma3Bonds
{
    /// <summary>Sets the dividends; returns the bonds.</summary>
    public static SparseMatrix Run(EpochInput input, EpochWorkspace workspace)
    {
        var count = input.NeuronCount;
        var penalty = Quantise.FromParts(input.BondsPenalty);
        var weights = MatrixMath.Interpolate(workspace.Weights, workspace.Clipped, penalty, workspace.Scratch, count, workspace.Interpolated);
        Bonds.Load(input, count, asProportions: true, workspace.OldBonds);
        Average(input, workspace, weights);

        // The shares of each miner's bonds are needed for the dividends only; the bonds themselves are stored.
        var shares = workspace.Delta;
        shares.CopyFrom(workspace.NewBonds);
        MatrixMath.NormalizeColumns(shares, workspace.Scratch, count);
        var dividends = workspace.Dividends;
        MatrixMath.WeighRows(shares, workspace.Incentive, dividends);
        for (var i = 0; i < count; i++) dividends[i] = dividends[i].MultiplyNonNegative(workspace.ActiveStake[i]);
        FixedVector.Normalize(dividends);
        return workspace.NewBonds;
    }

    private static void Average(EpochInput input, EpochWorkspace workspace, SparseMatrix weights)
    {
        var count = input.NeuronCount;
        var scratch = workspace.Scratch;
        var consensus = workspace.Consensus;
        if (!input.LiquidAlpha || FixedVector.Sum(consensus).IsZero)
        {
            Bonds.MovingAverage(weights, workspace.OldBonds, Bonds.Rate(input.BondsMovingAverage), scratch, count, workspace.NewBonds);
            return;
        }

        var rates = workspace.Rates(weights.EntryCount);
        LiquidAlpha.Of(input.AlphaLow, input.AlphaHigh, input.Steepness).Rates(weights, workspace.OldBonds, consensus, scratch, rates);
        Bonds.MovingAverage(weights, workspace.OldBonds, rates, scratch, count, workspace.NewBonds);
    }
}
