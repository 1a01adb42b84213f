namespace Dtao.Economics.Epochs;

/// <summary>Bonds and dividends in the second form of Yuma: bonds are shares of a miner, bought with stake.</summary>
/// <remarks>Source: rule book 02, 7.8; epoch/run_epoch.rs :: epoch_mechanism, compute_ema_bonds_normal_sparse.</remarks>
internal static class Yuma2Bonds
{
    /// <summary>Sets the dividends; returns the bonds, each column scaled to a maximum of 1.</summary>
    public static SparseMatrix Run(EpochInput input, EpochWorkspace workspace)
    {
        var count = input.NeuronCount;
        var scratch = workspace.Scratch;
        var penalty = Quantise.FromParts(input.BondsPenalty);
        var weights = MatrixMath.Interpolate(workspace.Weights, workspace.Clipped, penalty, scratch, count, workspace.Interpolated);

        // Only the ratio to the column's sum comes out, so the stored integers go in as bits.
        Bonds.Load(input, count, asProportions: false, workspace.OldBonds);
        MatrixMath.NormalizeColumns(workspace.OldBonds, scratch, count);

        MatrixMath.ScaleRows(weights, workspace.ActiveStake, workspace.Delta);
        MatrixMath.NormalizeColumns(workspace.Delta, scratch, count);

        Bonds.MovingAverage(workspace.Delta, workspace.OldBonds, Bonds.Rate(input.BondsMovingAverage), scratch, count, workspace.NewBonds);
        MatrixMath.NormalizeColumns(workspace.NewBonds, scratch, count);

        MatrixMath.WeighRows(workspace.NewBonds, workspace.Incentive, workspace.Dividends);
        FixedVector.Normalize(workspace.Dividends);
        MatrixMath.UpscaleColumns(workspace.NewBonds, scratch, count);
        return workspace.NewBonds;
    }
}
