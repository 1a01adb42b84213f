using CsCheck;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;
using Xunit;

namespace Dtao.Economics.Tests.Epochs;

public class EpochPropertyTests
{
    /// <summary>An epoch never hands out more than there is, neither as recorded nor as paid.</summary>
    [Fact]
    public void Run_AnyEpoch_DistributesNoMoreThanTheEmission() => EpochGenerators.Input.Sample(input =>
    {
        var result = EpochInputs.Run(input);

        Assert.True(Sum(result.ServerEmission) + Sum(result.ValidatorEmission) <= input.Emission);
        Assert.True(Sum(result.Emission) <= input.Emission);
    });

    [Fact]
    public void Run_AnyEpoch_GrantsPermitsToTheGreatestStakesAndTheOwner() => EpochGenerators.Input.Sample(input =>
    {
        var result = EpochInputs.Run(input);
        var granted = Enumerable.Range(0, input.NeuronCount).Where(uid => result.NewPermits[uid]).ToArray();

        Assert.True(granted.Count(uid => uid != input.OwnerUid) <= input.MaxAllowedValidators);
        Assert.True(input.OwnerUid is not { } owner || result.NewPermits[owner]);
        for (var uid = 0; uid < input.NeuronCount; uid++) Assert.True(result.NewPermits[uid] || result.Bonds(uid).IsEmpty);
    });

    /// <summary>In what order a validator submitted its weights matters to the liquid rate alone.</summary>
    [Fact]
    public void Run_RowsSorted_ChangeNothingWithoutLiquidAlpha() => EpochGenerators.Input.Sample(input =>
    {
        input.LiquidAlpha = false;
        var before = Texts(EpochInputs.Run(input));

        Sort(input.Weights);
        Sort(input.Bonds);

        Assert.Equal(before, Texts(EpochInputs.Run(input)));
    });

    [Fact]
    public void Run_WorkspaceUsedBefore_GivesTheSame() => Gen.Select(EpochGenerators.Input, EpochGenerators.Input).Sample((first, second) =>
    {
        var fresh = Texts(EpochInputs.Run(second));
        var workspace = new EpochWorkspace();
        var result = new EpochResult();

        YumaConsensus.Run(first, workspace, result);
        YumaConsensus.Run(second, workspace, result);

        Assert.Equal(fresh, Texts(result));
    });

    /// <summary>Guards the properties above against a generator that makes only epochs in which nothing happens.</summary>
    [Fact]
    public void Generator_ManyEpochs_ReachIncentivesDividendsAndBonds()
    {
        int incentives = 0, bonds = 0, stakeOnly = 0;
        EpochGenerators.Input.Sample(
            input =>
            {
                var result = EpochInputs.Run(input);
                if (Sum(result.ServerEmission) > 0) Interlocked.Increment(ref incentives);
                else Interlocked.Increment(ref stakeOnly);
                if (EpochInputs.BondsOf(result).Any(row => row.Length > 0)) Interlocked.Increment(ref bonds);
            },
            iter: 500);

        Assert.True(incentives > 50 && bonds > 50 && stakeOnly > 50, $"{incentives} with incentives, {bonds} with bonds, {stakeOnly} by stake");
    }

    [Fact]
    public void Run_UnsortedRowWithLiquidAlpha_SeesHiddenWeightsAsZero()
    {
        var input = EpochInputs.Of(4);
        (input.AlphaStake[0], input.ValidatorPermit[0], input.LiquidAlpha, input.LastStepBlock) = (1_000, true, true, 1);
        input.Weights[0] = [new(1, 20_000), new(2, 30_000), new(3, 40_000)];
        input.Bonds[0] = [new(1, 30_000), new(2, 30_000), new(3, 30_000)];
        var sorted = EpochInputs.Run(input).Bonds(0).ToArray();

        input.Weights[0] = [new(3, 40_000), new(1, 20_000), new(2, 30_000)];
        var unsorted = EpochInputs.Run(input).Bonds(0).ToArray();

        Assert.Equal([3, 1, 2], unsorted.Select(entry => (int)entry.Uid));
        Assert.Equal(sorted[2], unsorted[0]);
        Assert.NotEqual(sorted[0], unsorted[1]);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Run_SecondTimeOnTheSameWorkspace_AllocatesNothing(bool yuma3, bool liquid)
    {
        var input = EpochInputs.Of(64);
        (input.Yuma3, input.LiquidAlpha, input.BondsPenalty) = (yuma3, liquid, 30_000);
        for (var i = 0; i < 16; i++)
        {
            (input.AlphaStake[i], input.ValidatorPermit[i]) = (1_000_000UL * (ulong)(i + 1), true);
            input.Weights[i] = [.. Enumerable.Range(0, 64).Select(j => new WeightEntry((ushort)j, (ushort)(1 + (j * 991 + i * 37) % 60_000)))];
            input.Bonds[i] = [.. Enumerable.Range(0, 64).Select(j => new WeightEntry((ushort)j, (ushort)(1 + (j * 677 + i * 91) % 60_000)))];
        }

        var workspace = new EpochWorkspace();
        var result = new EpochResult();
        YumaConsensus.Run(input, workspace, result);

        var before = GC.GetAllocatedBytesForCurrentThread();
        YumaConsensus.Run(input, workspace, result);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.NotEqual(0UL, result.ServerEmission[40]);
    }

    private static UInt128 Sum(ReadOnlySpan<ulong> amounts)
    {
        var sum = UInt128.Zero;
        foreach (var amount in amounts) sum += amount;
        return sum;
    }

    private static void Sort(WeightEntry[][] rows)
    {
        for (var i = 0; i < rows.Length; i++) rows[i] = [.. rows[i].OrderBy(entry => entry.Uid)];
    }

    private static string[] Texts(EpochResult result) =>
    [
        string.Join(' ', result.Incentive.ToArray()), string.Join(' ', result.Dividends.ToArray()), string.Join(' ', result.Consensus.ToArray()),
        string.Join(' ', result.ValidatorTrust.ToArray()), string.Join(' ', result.StakeWeight.ToArray()),
        string.Join(' ', result.ServerEmission.ToArray()), string.Join(' ', result.ValidatorEmission.ToArray()),
        string.Join(' ', result.Emission.ToArray()), string.Join(' ', result.Stake.ToArray()),
        string.Join(' ', result.Active.ToArray()), string.Join(' ', result.NewPermits.ToArray()),
        .. EpochInputs.BondsOf(result).Select(row => string.Join(' ', row)),
    ];
}
