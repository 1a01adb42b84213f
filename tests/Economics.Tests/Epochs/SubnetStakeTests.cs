using System.Text.Json;
using Dtao.Economics.Epochs;
using Dtao.Economics.Tests.Vectors;
using Xunit;

namespace Dtao.Economics.Tests.Epochs;

/// <summary>Stake along child and parent links, and the division among mechanisms.</summary>
public class SubnetStakeTests
{
    private const string File = "epoch-children.json";

    public static TheoryData<string> Links => LiteralVector.Rows(File, vector => vector.When == "get_inherited_for_hotkey_on_subnet");

    public static TheoryData<string> Splits => LiteralVector.Rows(File, vector => vector.When == "split_emissions");

    [Theory]
    [MemberData(nameof(Links))]
    public void StakeInheritance_LinksOfTheReferencesTests_MoveStake(string id)
    {
        var vector = LiteralVector.Find(File, id);
        var tolerance = vector.Item("tolerance").GetUInt64();

        foreach (var stated in vector.Expected.EnumerateObject())
        {
            var actual = Inherited(vector.Given, stated.Name);
            var expected = stated.Value.GetUInt64();
            Assert.InRange(actual, expected - Math.Min(expected, tolerance), expected + tolerance);
        }
    }

    [Theory]
    [InlineData(1_000UL, new[] { ulong.MaxValue, ulong.MaxValue }, 500UL, 500UL)]
    [InlineData(ulong.MaxValue, new ulong[0], ulong.MaxValue, ulong.MaxValue)]
    [InlineData(7UL, new[] { ulong.MaxValue / 2 }, 0UL, 3UL)]
    public void StakeInheritance_Extremes_SaturateAndCutOnce(ulong own, ulong[] children, ulong lent, ulong expected)
    {
        Assert.Equal(expected, StakeInheritance.Inherited(own, children, [new(lent, ulong.MaxValue)]));
    }

    [Fact]
    public void Epoch_NobodySetsWeights_PaysByInheritedStake()
    {
        var vector = LiteralVector.Find(File, "epoch-children-shares");
        string[] hotkeys = ["a", "b", "c"];
        var input = EpochInputs.Of(hotkeys.Length);
        input.AlphaStake = Array.ConvertAll(hotkeys, hotkey => Inherited(vector.Given, hotkey));
        input.Emission = vector.Number("emission");

        var result = EpochInputs.Run(input);

        for (var uid = 0; uid < hotkeys.Length; uid++)
        {
            var share = Rational.Parse(vector.Expected.GetProperty("validator_share").GetProperty(hotkeys[uid]).GetRawText());
            var actual = new Rational(result.ValidatorEmission[uid], input.Emission);
            Assert.True((actual - share).Abs() <= Rational.Parse(vector.Item("tolerance").GetRawText()), hotkeys[uid]);
        }
    }

    [Theory]
    [MemberData(nameof(Splits))]
    public void SplitEmission_EvenSplitOfTheReferencesTests_GivesTheRestToTheFirst(string id)
    {
        var vector = LiteralVector.Find(File, id);

        var parts = Mechanisms.SplitEmission(vector.Number("alpha"), null, (int)vector.Number("mechanisms"));

        Assert.Equal(EpochInputs.Numbers(vector.Expected.GetProperty("parts")), parts);
    }

    [Theory]
    [InlineData(100UL, new ushort[] { 16_383, 49_152 }, 2, new ulong[] { 25, 75 })]
    [InlineData(100UL, new ushort[] { 65_535 }, 3, new ulong[] { 100, 0, 0 })]
    [InlineData(100UL, new ushort[] { 32_767, 16_384, 16_384 }, 2, new ulong[] { 75, 25 })]
    [InlineData(ulong.MaxValue, new ushort[] { 1, 65_534 }, 2, new[] { 281_479_271_743_489UL, 18_446_462_594_437_808_126UL })]
    public void SplitEmission_StoredSplit_FloorsEachPart(ulong emission, ushort[] split, int count, ulong[] expected)
    {
        Assert.Equal(expected, Mechanisms.SplitEmission(emission, split, count));
    }

    [Fact]
    public void MechanismAggregate_TwoMechanisms_AddsEmissionAndWeighsTheRest()
    {
        var vector = LiteralVector.Find("epoch-yuma.json", "mech-symmetric");
        var input = EpochInputs.Of(vector.Given);
        input.Emission = 75;
        var first = EpochInputs.Run(input);
        input.Emission = 25;
        var second = EpochInputs.Run(input);
        var aggregate = new MechanismAggregate();

        aggregate.Reset(first.NeuronCount);
        aggregate.Add(first, MechanismAggregate.Weight(75, 100, 0));
        aggregate.Add(second, MechanismAggregate.Weight(25, 100, 1));

        // Without weights everything goes by stake: halves, floored in each mechanism, and then by their weights of 3/4 and 1/4.
        Assert.Equal([49UL, 49UL], aggregate.ValidatorEmission);
        Assert.Equal([0UL, 0UL], aggregate.ServerEmission);
        Assert.Equal([30UL, 30UL], aggregate.Emission);
        Assert.Equal([32_766, 32_766], aggregate.StakeWeight);
        Assert.Equal([2_000_000_000UL, 2_000_000_000UL], aggregate.Stake);
        Assert.Equal([true, true], aggregate.NewPermits);
        Assert.Equal([true, true], aggregate.Active);
    }

    [Fact]
    public void MechanismAggregate_NoEmission_TakesTheFirstMechanism()
    {
        Assert.Equal(U64F64.One, MechanismAggregate.Weight(0, 0, 0));
        Assert.Equal(U64F64.Zero, MechanismAggregate.Weight(0, 0, 1));
    }

    [Theory]
    [InlineData(13_889u, 360, 5_000UL)]
    [InlineData(1_000u, 0, 1UL)]
    [InlineData(50_000u, 50_400, 2_520_000UL)]
    public void ActivityCutoff_FactorAndTempo_FloorsToAtLeastOne(uint factorMilli, ushort tempo, ulong expected) =>
        Assert.Equal(expected, ActivityCutoff.Blocks(factorMilli, tempo));

    private static ulong Inherited(JsonElement given, string hotkey)
    {
        var links = given.GetProperty("links").EnumerateArray().ToArray();
        ulong Stake(string name) => given.GetProperty("alpha_stakes").GetProperty(name).GetUInt64();
        return StakeInheritance.Inherited(
            Stake(hotkey),
            [.. links.Where(link => link[0].GetString() == hotkey).Select(link => link[2].GetUInt64())],
            [.. links.Where(link => link[1].GetString() == hotkey).Select(link => new ParentStake(Stake(link[0].GetString()!), link[2].GetUInt64()))]);
    }
}
