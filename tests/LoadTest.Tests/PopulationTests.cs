using Dtao.Economics;
using Dtao.LoadTest.Populations;

namespace Dtao.LoadTest.Tests;

public sealed class PopulationTests
{
    private const int Half = 1 << 15;

    [Theory]
    [InlineData(1, 0, 1_000)]
    [InlineData(4, Half, 2_000)]
    [InlineData(2, Half, 1_414)]
    [InlineData(2, -Half, 707)]
    [InlineData(10, 3 << 16, 1_000_000)]
    [InlineData(1_000, -1 << 16, 1)]
    public void Raise_WholeNumbers_AreRightToAThousandth(int number, long exponent, int thousandths)
    {
        var power = IntegerPower.Raise((ulong)number << IntegerPower.Bits, exponent);

        Assert.InRange((long)((power * 1_000) >> IntegerPower.Bits), thousandths - 1, thousandths);
    }

    [Fact]
    public void SquareRoot_AnyNumber_IsFloored()
    {
        foreach (var number in new UInt128[] { 0, 1, 2, 3, 4, 15, 16, 17, ulong.MaxValue, UInt128.MaxValue })
        {
            var root = IntegerPower.SquareRoot(number);

            Assert.True(root * root <= number);
            Assert.True(root == ulong.MaxValue || (root + 1) * (root + 1) > number);
        }
    }

    [Fact]
    public void Wealth_OfManyStakers_IsParetos()
    {
        var population = new Population(new PopulationOptions { Stakers = 20_000 });
        var wealth = Enumerable.Range(0, 20_000).Select(population.WealthOf).OrderDescending().ToArray();

        UInt128 all = 0, top = 0;
        for (var place = 0; place < wealth.Length; place++)
        {
            all += wealth[place];
            if (place < wealth.Length / 5) top += wealth[place];
        }

        // "A fifth has four fifths", within what a sample of this size may miss.
        Assert.InRange((int)(top * 100 / all), 70, 90);
        Assert.InRange((long)all, (long)(population.Total / 100 * 99), (long)(population.Total / 100 * 101));
        Assert.True(wealth[0] > 100 * wealth[10_000]);
    }

    [Fact]
    public void Population_SameSeed_IsTheSame()
    {
        var options = new PopulationOptions { Stakers = 300, Seed = 7 };
        var (one, same, other) = (new Population(options), new Population(options), new Population(options with { Seed = 8 }));

        string Describe(Population population) => string.Join('\n', Enumerable.Range(0, 300).Select(staker =>
            $"{population.BehaviourOf(staker)} {population.FreeOf(staker)} {population.PositionOf(staker, 0)} {population.PositionOf(staker, 1)}"));
        Assert.Equal(Describe(one), Describe(same));
        Assert.NotEqual(Describe(one), Describe(other));
    }

    [Fact]
    public void Behaviours_OfManyStakers_HaveTheirShares()
    {
        var population = new Population(new PopulationOptions { Stakers = 10_000, Behaviours = new BehaviourShares { Holders = 1, Momentum = 0, MeanReversion = 0, Arbitrage = 1, Drifters = 2, Claimers = 0 } });
        var counts = Enumerable.Range(0, 10_000).CountBy(population.BehaviourOf).ToDictionary();

        Assert.Equal([Behaviour.Arbitrage, Behaviour.Drifter, Behaviour.Holder], counts.Keys.Order(Comparer<Behaviour>.Create((one, other) => string.CompareOrdinal(one.ToString(), other.ToString()))));
        Assert.InRange(counts[Behaviour.Drifter], 4_700, 5_300);
        // Who drifts from root has stake there.
        Assert.All(Enumerable.Range(0, 100), staker => Assert.Equal(population.BehaviourOf(staker) == Behaviour.Drifter, population.PositionOf(staker, 0).Netuid.IsRoot));
    }

    [Fact]
    public void Positions_OfManyStakers_AreSpreadEvenly()
    {
        var population = new Population(new PopulationOptions { Stakers = 6_400, Subnets = 64, Behaviours = new BehaviourShares { Drifters = 0, Claimers = 0 } });
        var counts = Enumerable.Range(0, 6_400).SelectMany(staker => new[] { population.PositionOf(staker, 0), population.PositionOf(staker, 1) }).CountBy(position => position.Netuid).ToDictionary();

        Assert.Equal(64, counts.Count);
        Assert.All(counts.Values, count => Assert.Equal(200, count));
    }

    [Fact]
    public void Zipf_ManyDraws_FallWithTheRank()
    {
        var table = new ZipfTable(4, 1_000);
        var counts = new int[4];
        for (var draw = 0; draw < 25_000; draw++) counts[table.Pick(ulong.MaxValue / 25_000 * (ulong)draw)]++;

        Assert.Equal([12_000, 6_000, 4_000, 3_000], counts.Select(count => (count + 5) / 10 * 10));
        Assert.Equal([0, 1, 2, 3], Enumerable.Range(0, 4).Select(place => new ZipfTable(4, 0).Pick((ulong.MaxValue / 4 * (ulong)place) + 1_000)));
    }

    [Theory]
    [InlineData("""{ "stakers": 5, "seed": 9, "behaviours": { "holders": 0, "claimers": 1 }, "mix": { "send": 0 } }""", null)]
    [InlineData("""{ "stakrs": 5 }""", "stakrs")]
    [InlineData("""{ "stakers": "5" }""", "$.stakers")]
    [InlineData("""{""", "cannot be read")]
    public void Population_ReadFromJson_IsWhatItSays(string json, string? fault)
    {
        if (fault is not null)
        {
            Assert.Contains(fault, Assert.Throws<LoadUsageException>(() => PopulationReader.Read(json)).Message, StringComparison.Ordinal);
            return;
        }

        var population = PopulationReader.Read(json);

        Assert.Equal(new PopulationOptions { Stakers = 5, Seed = 9, Behaviours = new BehaviourShares { Holders = 0, Claimers = 1 }, Mix = new OperationMix { Send = 0 } }, population);
        Assert.Empty(population.FindFaults());
    }

    [Fact]
    public void Population_OutOfBounds_SaysWhat()
    {
        var none = new BehaviourShares { Holders = 0, Momentum = 0, MeanReversion = 0, Arbitrage = 0, Drifters = 0, Claimers = 0 };
        var faults = new PopulationOptions { Stakers = 0, Subnets = 5_000, Behaviours = none }.FindFaults();

        Assert.Equal(3, faults.Count);
        Assert.Contains(faults, fault => fault.Contains("Stakers", StringComparison.Ordinal));
    }

    /// <summary>The id is a hash of what block 0 depends on: what people do later is no part of it.</summary>
    [Fact]
    public void NetworkId_OfOtherPeople_IsAnother()
    {
        var options = new PopulationOptions();
        PopulationOptions[] others =
        [
            options with { Seed = 2 }, options with { Stakers = 999 }, options with { Subnets = 15 }, options with { Validators = 15 }, options with { ValidatorTao = 99 }, options with { Positions = 3 },
            options with { WealthTao = 99 }, options with { WealthTaoMax = 99 }, options with { ParetoHundredths = 117 }, options with { ReserveTao = 99 }, options with { Tempo = 49 },
            options with { Behaviours = new BehaviourShares { Drifters = 6 } },
        ];

        Assert.Equal(others.Length + 1, others.Append(options).Select(PopulationGenesis.NetworkIdOf).Distinct().Count());
        Assert.Equal(PopulationGenesis.NetworkIdOf(options), PopulationGenesis.NetworkIdOf(options with { ZipfThousandths = 5, Mix = new OperationMix { Move = 0 } }));
        Assert.True(PopulationGenesis.IsOfPopulation(PopulationGenesis.NetworkIdOf(options)));
        Assert.False(PopulationGenesis.IsOfPopulation(PopulationGenesis.NetworkId));
    }
}
