namespace Dtao.Economics.Epochs;

/// <summary>One epoch of one mechanism: who agrees with whom, and who earns what.</summary>
/// <remarks>Source: rule book 02, section 7; epoch/run_epoch.rs :: epoch_mechanism.</remarks>
public static class YumaConsensus
{
    /// <summary>Runs the epoch. Allocates nothing once workspace and result have grown to the subnet's size.</summary>
    public static void Run(EpochInput input, EpochWorkspace workspace, EpochResult result)
    {
        input.Check();
        workspace.Reset(input.NeuronCount);
        result.Reset(input.NeuronCount);
        WeighStake(input, workspace, result);
        Agree(input, workspace);
        var bonds = input.Yuma3 ? Yuma3Bonds.Run(input, workspace) : Yuma2Bonds.Run(input, workspace);
        EpochEmission.Distribute(
            input.Emission, new(workspace.Incentive, workspace.Dividends, workspace.ActiveStake, workspace.Stake), result);
        Store(workspace, result);
        Bonds.Store(bonds, result.NewPermits, result);
    }

    /// <summary>Activity, stake, permits, and active stake.</summary>
    /// <remarks>Source: rule book 02, 7.1 to 7.4.</remarks>
    private static void WeighStake(EpochInput input, EpochWorkspace workspace, EpochResult result)
    {
        Activity.Mark(input.LastUpdate, input.ActivityCutoff, input.CurrentBlock, result.ActiveBuffer);
        StakeWeights.Totals(input.AlphaStake, input.TaoStake, input.TaoWeight, workspace.Totals, result.StakeBuffer);
        StakeWeights.Normalise(workspace.Totals, result.Stake, input.StakeThreshold, input.Owner, workspace.Stake);
        Permits.Current(input.ValidatorPermit, input.Owner, workspace.Permits);
        Permits.Next(workspace.Stake, input.MaxAllowedValidators, input.Owner, workspace.Order, result.NewPermitsBuffer);
        StakeWeights.KeepActive(workspace.Stake, result.Active, workspace.Permits, workspace.ActiveStake);
    }

    /// <summary>Weights, consensus, clipped weights, validator trust, and incentives.</summary>
    /// <remarks>Source: rule book 02, 7.5 to 7.7.</remarks>
    private static void Agree(EpochInput input, EpochWorkspace workspace)
    {
        WeightMasks.Load(input, workspace.Permits, workspace.Weights);
        workspace.Median.Columns(workspace.ActiveStake, workspace.Weights, Quantise.FromParts(input.Kappa), workspace.Consensus);
        MatrixMath.Clip(workspace.Weights, workspace.Consensus, workspace.Clipped);
        MatrixMath.RowSums(workspace.Clipped, workspace.ValidatorTrust);
        MatrixMath.WeighColumns(workspace.Clipped, workspace.ActiveStake, workspace.Incentive);
        FixedVector.Normalize(workspace.Incentive);
    }

    /// <remarks>Source: rule book 02, 7.11-31.</remarks>
    private static void Store(EpochWorkspace workspace, EpochResult result)
    {
        Quantise.ToParts(workspace.Incentive, result.IncentiveBuffer);
        Quantise.ToParts(workspace.Dividends, result.DividendsBuffer);
        Quantise.ToParts(workspace.Consensus, result.ConsensusBuffer);
        Quantise.ToParts(workspace.ValidatorTrust, result.ValidatorTrustBuffer);
        Quantise.ToParts(workspace.Stake, result.StakeWeightBuffer);
    }
}
