using Dtao.Hosting.Chaos;

namespace Dtao.Cluster.Tests.Chaos;

public sealed class FaultPlanTests
{
    private const long Spacing = 4_000;
    private const long Pause = 8_000;

    [Fact]
    public void Make_SameSeed_IsTheSamePlanAndAnotherSeedIsAnother()
    {
        var counts = FaultCounts.OfTotal(30);

        Assert.Equal(FaultPlan.Make(5, counts, Spacing, Pause), FaultPlan.Make(5, counts, Spacing, Pause));
        Assert.NotEqual(FaultPlan.Make(5, counts, Spacing, Pause), FaultPlan.Make(6, counts, Spacing, Pause));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(30)]
    [InlineData(77)]
    [InlineData(1_000)]
    public void OfTotal_AnyCount_IsThatCountInAllAndOfEachKindSome(int total)
    {
        var counts = FaultCounts.OfTotal(total);

        Assert.Equal(total, counts.Total);
        Assert.All(Kinds, kind => Assert.True(counts.Of(kind) >= (total >= 6 ? 1 : 0), $"{kind}: {counts}"));
    }

    [Fact]
    public void Make_AnySeed_HasEachFaultOnceInOrderAndWithinItsBounds()
    {
        var counts = FaultCounts.OfTotal(30);
        for (var seed = 0UL; seed < 200; seed++)
        {
            var plan = FaultPlan.Make(seed, counts, Spacing, Pause);

            Assert.Equal(Enumerable.Range(1, 30), plan.Select(fault => fault.Number));
            Assert.All(Kinds, kind => Assert.Equal(counts.Of(kind), plan.Count(fault => fault.Kind == kind)));
            Assert.All(plan, fault => Assert.InRange(fault.AtMilliseconds, (fault.Number - 1) * Spacing, (fault.Number * Spacing) - 1));
            Assert.All(plan.Where(fault => fault.Kind == FaultKind.Pause), fault => Assert.InRange(fault.Milliseconds, Pause, 2 * Pause));
            Assert.All(plan, fault => Assert.Equal(fault.Kind == FaultKind.StorageWindow, fault.Rates is not null));
            Assert.All(plan.Where(fault => fault.Rates is not null), fault => Assert.InRange(fault.Rates!.Sum, 1, FaultRates.Whole / 2));
        }
    }

    private static IEnumerable<FaultKind> Kinds => Enum.GetValues<FaultKind>().Where(kind => kind != FaultKind.None);
}

public sealed class FaultRatesTests
{
    [Fact]
    public void Write_ThenParse_IsTheSame()
    {
        var rates = new FaultRates(1, 2, 3, 4, 5, 6);

        Assert.Equal(rates, FaultRates.Parse(rates.ToJson().ToJsonString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"delayed":1}""")]
    [InlineData("""{"delayed":-1,"delay_ms_max":0,"not_sent":0,"refused":0,"answer_lost":0,"other_answer":0}""")]
    [InlineData("""{"delayed":"1","delay_ms_max":0,"not_sent":0,"refused":0,"answer_lost":0,"other_answer":0}""")]
    [InlineData("""{"delayed":900,"delay_ms_max":0,"not_sent":200,"refused":0,"answer_lost":0,"other_answer":0}""")]
    public void Parse_NoRates_IsNull(string text) => Assert.Null(FaultRates.Parse(text));
}
