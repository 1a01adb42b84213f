using System.Text;
using Dtao.Economics.Ledger;
using Dtao.Grains.Tests.Wire;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Xunit;

namespace Dtao.Grains.Tests.GoldenBytes;

/// <summary>What <see cref="GoldenBytesTests"/> says of records, of the values inside them.</summary>
public class GoldenValuesTests
{
    private static readonly Serializer s_serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    private static readonly Dictionary<string, string> s_fixtures = File
        .ReadLines(Path.Combine(AppContext.BaseDirectory, "GoldenBytes", "values-1.txt"))
        .Select(line => line.Split(' '))
        .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    public static TheoryData<string> Names => new(GoldenValues.All.Select(value => value.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Value_WrittenNow_IsTheStoredOneToTheByte(string name) =>
        Assert.Equal(s_fixtures.GetValueOrDefault(name), Convert.ToHexStringLower(Golden(name).Bytes));

    [Theory]
    [MemberData(nameof(Names))]
    public void Value_StoredBytes_AreReadAsTheValue(string name) =>
        Assert.Equal(Examples.Describe(Golden(name).Value), Golden(name).Read(Convert.FromHexString(s_fixtures[name])));

    [Theory]
    [MemberData(nameof(Names))]
    public void Value_InAMessage_CrossesTheWireUnchanged(string name) =>
        Assert.Equal(Examples.Describe(Golden(name).Value), Examples.Describe(s_serializer.Deserialize<object>(s_serializer.SerializeToArray(Golden(name).Value))));

    [Theory]
    [InlineData("CallWithClaim", 0, 3)]
    [InlineData("CallWithClaim", 44, 8)]
    [InlineData("OutcomeOfASubnet", 0, 4)]
    [InlineData("CallWithOrder", 45, 2)]
    [InlineData("CallWithOrder", 46, 3)]
    [InlineData("BooksOfANewSubnet", 0, 6)]
    [InlineData("ParametersOfOtherRules", 0, 8)]
    [InlineData("ClaimTypeKeep", 0, 3)]
    [InlineData("Metagraph", 0, 4)]
    [InlineData("MetagraphOfOrders", 0, 4)]
    [InlineData("MetagraphOfTexts", 0, 4)]
    [InlineData("OutcomeOfABatch", 0, 4)]
    [InlineData("Remains", 0, 2)]
    public void Value_OfAVersionOrKindThatIsNotKnown_IsInvalid(string name, int place, byte value)
    {
        var bytes = Golden(name).Bytes.ToArray();
        bytes[place] = value;

        Assert.Throws<InvalidDataException>(() => Golden(name).Read(bytes));
    }

    /// <summary>A name that this build does not know: whoever reads it must not go on under other rules.</summary>
    [Fact]
    public void Parameters_OfRulesThatAreNotKnown_AreInvalid()
    {
        var name = Encoding.UTF8.GetBytes("2025-02");
        var bytes = Golden("ParametersOfOtherRules").Bytes.ToArray();
        bytes[bytes.AsSpan().IndexOf(name)] = (byte)'1';

        Assert.Throws<InvalidDataException>(() => Golden("ParametersOfOtherRules").Read(bytes));
    }

    /// <summary>One stored byte stands for each of these sets: whoever changes a default keeps the old set for the bytes that mean it.</summary>
    [Fact]
    public void Hyperparameters_ThatOneByteStandsFor_AreWhatTheyWereWhenItWasStored()
    {
        const string stored = "MaxUids = 256, MaxValidators = 64, MinAllowedWeights = 1, ImmunityPeriod = 5000, ActivityCutoffFactor = 13889, Yuma3 = True, "
            + "LiquidAlpha = False, AlphaLow = 45875, AlphaHigh = 58982, Steepness = 1000, Kappa = 32767, BondsMovingAverage = 900000, BondsPenalty = 65535, "
            + "BondsReset = False, CommitReveal = False, RevealPeriod = 1, WeightsRateLimit = 100, WeightsVersionKey = 0, MinChildTake = 0, ImmuneOwnerUids = 1, "
            + "MinNonImmuneUids = 10, RootClaimThreshold = 500000, RecycleIncentive = False, OwnerCutAutoLock = False, MechanismCount = 1, Rho = 10";

        Assert.Equal($"SubnetHyperparameters {{ {stored} }}", SubnetHyperparameters.Default.ToString());
        Assert.Equal(SubnetHyperparameters.Default with { CommitReveal = true }, SubnetHyperparameters.OfNewSubnet);
    }

    private static GoldenValue Golden(string name) => GoldenValues.All.Single(value => value.Name == name);
}
