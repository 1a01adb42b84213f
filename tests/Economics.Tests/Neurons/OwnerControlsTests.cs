using Dtao.Economics.Ledger;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Neurons;

public class OwnerControlsTests
{
    private const ulong Now = 100_000;

    [Fact]
    public void SetTempo_SeveralChecksFail_TheEarliestIsTold() => Ladder(CallKind.SetTempo, 400)
        .Rung(LedgerError.BadOrigin, spoiled => spoiled.Signer = Ann)
        .Rung(LedgerError.TempoOutOfBounds, spoiled => spoiled.Amount = 359)
        .Rung(LedgerError.AdminActionProhibitedDuringWeightsWindow, spoiled => spoiled.Bench.Books.PendingEpochAt = Now + 1)
        .Rung(LedgerError.TxRateLimitExceeded, spoiled => spoiled.Bench.Books.OwnerMarks = new(Owner, Now - 359, 0, 0))
        .AssertInOrder();

    [Fact]
    public void SetActivityCutoffFactor_SeveralChecksFail_TheEarliestIsTold() => Ladder(CallKind.SetActivityCutoffFactor, 2_000)
        .Rung(LedgerError.BadOrigin, spoiled => spoiled.Signer = Ann)
        .Rung(LedgerError.ActivityCutoffFactorMilliOutOfBounds, spoiled => spoiled.Amount = 999)
        .Rung(LedgerError.AdminActionProhibitedDuringWeightsWindow, spoiled => spoiled.Bench.Books.PendingEpochAt = Now + 1)
        .Rung(LedgerError.TxRateLimitExceeded, spoiled => spoiled.Bench.Books.OwnerMarks = new(null, 0, Now - 1_999, 0))
        .AssertInOrder();

    [Fact]
    public void TriggerEpoch_SeveralChecksFail_TheEarliestIsTold() => Ladder(CallKind.TriggerEpoch, 0)
        .Rung(LedgerError.BadOrigin, spoiled => spoiled.Signer = Ann)
        .Rung(LedgerError.DynamicTempoBlockedByCommitReveal, spoiled => spoiled.Bench.Hyper = spoiled.Bench.Hyper with { CommitReveal = true })
        .Rung(LedgerError.EpochTriggerAlreadyPending, spoiled => spoiled.Bench.Books.PendingEpochAt = 1)
        .Rung(LedgerError.AutoEpochAlreadyImminent, spoiled => spoiled.Bench.Books.LastEpochBlock = Now - 991)
        .Rung(LedgerError.TxRateLimitExceeded, spoiled => spoiled.Bench.Books.OwnerMarks = new(null, 0, 0, Now - 1_999))
        .AssertInOrder();

    [Theory]
    [InlineData(CallKind.SetTempo, 360UL, LedgerError.None)]
    [InlineData(CallKind.SetTempo, 50_400UL, LedgerError.None)]
    [InlineData(CallKind.SetTempo, 50_401UL, LedgerError.TempoOutOfBounds)]
    [InlineData(CallKind.SetActivityCutoffFactor, 1_000UL, LedgerError.None)]
    [InlineData(CallKind.SetActivityCutoffFactor, 50_000UL, LedgerError.None)]
    [InlineData(CallKind.SetActivityCutoffFactor, 50_001UL, LedgerError.ActivityCutoffFactorMilliOutOfBounds)]
    [InlineData(CallKind.SetActivityCutoffFactor, ulong.MaxValue, LedgerError.ActivityCutoffFactorMilliOutOfBounds)]
    public void Setting_Bounds_AreTheChains(CallKind kind, ulong amount, LedgerError expected) =>
        Assert.Equal(expected, new Case { Kind = kind, Amount = amount }.Run());

    [Fact]
    public void Calls_SubnetUnknown_AreOfNoOwner() => Assert.All(
        [CallKind.SetTempo, CallKind.SetActivityCutoffFactor, CallKind.TriggerEpoch],
        kind => Assert.Equal(LedgerError.BadOrigin, new Case { Kind = kind, Amount = 1_000, Netuid = new NetUid(9) }.Run()));

    [Fact]
    public void SetTempo_Accepted_StartsTheCycleAnewAndBindsOnlyThisOwner()
    {
        var made = new Case { Kind = CallKind.SetTempo, Amount = 720 };
        Assert.Equal(LedgerError.None, made.Run());
        Assert.Equal((720, Now), (made.Bench.Books.Tempo, made.Bench.Books.LastEpochBlock));

        Assert.Equal(LedgerError.TxRateLimitExceeded, made.At(Now + 359).Run());
        Assert.Equal(LedgerError.None, made.At(Now + 360).Run());
        made.Bench.Books.Owner = made.Signer = Ann;
        Assert.Equal(LedgerError.None, made.Run());
    }

    /// <summary>The tempo is 1000 and the last epoch 500 blocks ago; two tempos must lie between two settings, by whichever owner.</summary>
    [Fact]
    public void SetActivityCutoffFactor_Accepted_IsLimitedByTempos()
    {
        var made = new Case { Kind = CallKind.SetActivityCutoffFactor, Amount = 3_000 };
        Assert.Equal(LedgerError.None, made.Run());
        Assert.Equal(3_000U, made.Bench.Hyper.ActivityCutoffFactor);

        made.Bench.Books.Owner = made.Signer = Ann;
        made.Bench.Books.LastEpochBlock = Now + 1_500;
        Assert.Equal(LedgerError.TxRateLimitExceeded, made.At(Now + 1_999).Run());
        Assert.Equal(LedgerError.None, made.At(Now + 2_000).Run());
    }

    [Fact]
    public void TriggerEpoch_Accepted_IsDueWhenTheWindowIsOver()
    {
        var made = new Case { Kind = CallKind.TriggerEpoch };

        Assert.Equal(LedgerError.None, made.Run());

        Assert.Equal(Now + 10, made.Bench.Books.PendingEpochAt);
        Assert.Equal(LedgerError.AdminActionProhibitedDuringWeightsWindow, (made with { Kind = CallKind.SetTempo, Amount = 400 }).Run());
    }

    [Theory]
    [InlineData(990UL, 10, LedgerError.None)]
    [InlineData(991UL, 10, LedgerError.AdminActionProhibitedDuringWeightsWindow)]
    [InlineData(1_500UL, 10, LedgerError.AdminActionProhibitedDuringWeightsWindow)]
    [InlineData(991UL, 0, LedgerError.None)]
    public void SetTempo_BeforeAnAutomaticEpoch_IsFrozenForTheWindow(ulong since, ushort window, LedgerError expected)
    {
        var made = new Case { Kind = CallKind.SetTempo, Amount = 400 };
        made.Bench.Scope.SetParameters(new() { AdminFreezeWindow = window });
        made.Bench.Books.LastEpochBlock = Now - since;

        Assert.Equal(expected, made.Run());
    }

    [Fact]
    public void Calls_LimitsOff_PassInEveryBlock()
    {
        var made = new Case { Amount = 2_000 };
        made.Bench.Scope.SetParameters(new() { AdminFreezeWindow = 0, OwnerHyperparamRateLimit = 0, TempoRateLimit = 0 });

        foreach (var kind in new[] { CallKind.SetTempo, CallKind.SetTempo, CallKind.SetActivityCutoffFactor, CallKind.SetActivityCutoffFactor })
            Assert.Equal(LedgerError.None, (made with { Kind = kind }).Run());
    }

    private static Ladder<Case> Ladder(CallKind kind, ulong amount) => new(() => new Case { Kind = kind, Amount = amount }, spoiled => spoiled.Run());

    private sealed record Case
    {
        public Case()
        {
            Bench.Books.Tempo = 1_000;
            Bench.Books.LastEpochBlock = Now - 500;
        }

        public Bench Bench { get; private init; } = new(Now);
        public CallKind Kind { get; init; }
        public ulong Amount { get; set; }
        public NetUid Netuid { get; init; } = One;
        public AccountId Signer { get; set; } = Owner;

        public Case At(ulong block) => this with { Bench = Bench.At(block) };

        public LedgerError Run() => Bench.Call(Signer, new Call { Kind = Kind, Netuid = Netuid, Amount = Amount });
    }
}
