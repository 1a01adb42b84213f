using System.Text.Json;
using Dtao.Economics.Ledger;
using Dtao.Economics.Registration;
using Dtao.Economics.Tests.Vectors;
using Xunit;

namespace Dtao.Economics.Tests.Registration;

public class NetworkChoiceTests
{
    private const string File = "staking-subnets.json";
    private const ulong Tau = 1_000_000_000;

    private static readonly NetworkParameters s_priced = NetworkParameters.Default with
    {
        NetworkMinLock = new Tao(1_000 * Tau),
        NetworkLastLock = new Tao(3_000 * Tau + 7),
        NetworkLastLockBlock = 1_000,
        NetworkLockInterval = 100,
    };

    public static TheoryData<string> Prunings => LiteralVector.Rows(File, vector => vector.When == "network_to_prune");

    public static TheoryData<string> Medians => LiteralVector.Rows(File, vector => vector.When == "median_price");

    /// <summary>Twice the last price, minus whole rao per block: 30,000,000,000 of the last 3,000,000,000,007 in each of 100 blocks.</summary>
    [Theory]
    [InlineData(1_000UL, 6_000_000_000_014UL)]
    [InlineData(1_001UL, 5_970_000_000_014UL)]
    [InlineData(1_100UL, 3_000_000_000_014UL)]
    [InlineData(1_166UL, 1_020_000_000_014UL)]
    [InlineData(1_167UL, 1_000_000_000_000UL)]
    [InlineData(900_000UL, 1_000_000_000_000UL)]
    [InlineData(0UL, 6_000_000_000_014UL)]
    public void LockCost_AfterARegistration_FallsFromTwiceThePriceToTheMinimum(ulong block, ulong cost) =>
        Assert.Equal(new Tao(cost), NetworkChoice.LockCost(s_priced, new BlockNumber(block), Tao.Zero));

    [Fact]
    public void LockCost_NobodyRegisteredYet_IsNotDoubled()
    {
        var first = s_priced with { NetworkLastLockBlock = 0 };

        Assert.Equal(new Tao(3_000 * Tau + 7), NetworkChoice.LockCost(first, BlockNumber.Genesis, Tao.Zero));
        Assert.Equal(new Tao(2_970 * Tau + 7), NetworkChoice.LockCost(first, new BlockNumber(1), Tao.Zero));
    }

    /// <summary>The interval shrinks with the emission: to a half; to nothing at the full supply, and then the price stays.</summary>
    [Theory]
    [InlineData(10_500_000_000_000_000UL, 10UL, 5_400_000_000_014UL)]
    [InlineData(21_000_000_000_000_000UL, 10UL, 6_000_000_000_014UL)]
    public void LockCost_AfterHalvings_FallsFaster(ulong issuance, ulong blocks, ulong cost) =>
        Assert.Equal(new Tao(cost), NetworkChoice.LockCost(s_priced, new BlockNumber(1_000 + blocks), new Tao(issuance)));

    /// <summary>After ten halvings the emission is 976,562 rao; its part of a whole is cut, so that 1,024 times 10^9 blocks become 999,999,487.</summary>
    [Fact]
    public void LockCost_AfterTenHalvings_CutsTheIntervalDown()
    {
        var parameters = s_priced with { NetworkLastLock = new Tao(999_999_487), NetworkLockInterval = 1_024 * Tau, NetworkMinLock = Tao.Zero };
        var issuance = new Tao(21_000_000_000_000_000 - 21_000_000_000_000_000 / 1_024);

        Assert.Equal(new Tao(2 * 999_999_487UL - 10), NetworkChoice.LockCost(parameters, new BlockNumber(1_010), issuance));
    }

    [Fact]
    public void LockCost_OfAnythingHuge_Saturates()
    {
        var huge = s_priced with { NetworkLastLock = Tao.Max, NetworkLockInterval = ulong.MaxValue, NetworkMinLock = Tao.Zero };

        Assert.Equal(Tao.Max, NetworkChoice.LockCost(huge, new BlockNumber(1_000), Tao.Zero));
    }

    [Theory]
    [InlineData(0UL, 5UL, 1UL, true)]
    [InlineData(10UL, 5UL, 14UL, false)]
    [InlineData(10UL, 5UL, 15UL, true)]
    [InlineData(10UL, 0UL, 10UL, true)]
    public void PassesRateLimit_LastAndNow_NeedsAtLeastTheLimitBetween(ulong last, ulong limit, ulong now, bool passes) =>
        Assert.Equal(passes, NetworkChoice.PassesRateLimit(
            NetworkParameters.Default with { NetworkLastLockBlock = last, NetworkRateLimit = limit }, new BlockNumber(now)));

    [Theory]
    [MemberData(nameof(Prunings))]
    public void ToPrune_Vector_IsTheSubnetOfTheReference(string id)
    {
        var vector = LiteralVector.Find(File, id);
        var source = new FixedSource(
            new BlockNumber(vector.Number("block")),
            NetworkParameters.Default with { NetworkImmunity = vector.Number("immunity") },
            [.. vector.Given.GetProperty("networks").EnumerateArray().Select(NetworkOf)]);

        var expected = vector.Expected.GetProperty("netuid");
        Assert.Equal(expected.ValueKind == JsonValueKind.Null ? null : (ushort?)expected.GetUInt16(), NetworkChoice.ToPrune(source)?.Value);
    }

    [Theory]
    [InlineData(new ushort[] { 1, 256, 2 }, (ushort)256)]
    [InlineData(new ushort[] { 1, 2 }, (ushort)1)]
    public void ToPrune_AllTied_IsTheFirstInStorageOrder(ushort[] netuids, ushort expected)
    {
        var source = new FixedSource(
            new BlockNumber(5), NetworkParameters.Default with { NetworkImmunity = 5 },
            [new SubnetBooks { Netuid = NetUid.Root, Mechanism = 0 }, .. netuids.Select(netuid => new SubnetBooks { Netuid = new NetUid(netuid) })]);

        Assert.Equal(new NetUid(expected), NetworkChoice.ToPrune(source));
    }

    /// <summary>A stable subnet counts with a moving price of 1, and the last immune block still protects.</summary>
    [Fact]
    public void ToPrune_StableSubnetAndAYoungOne_LeavesTheOther()
    {
        var source = new FixedSource(
            new BlockNumber(14), NetworkParameters.Default with { NetworkImmunity = 10 },
            new SubnetBooks { Netuid = new NetUid(1), Mechanism = 0 },
            new SubnetBooks { Netuid = new NetUid(2), MovingPrice = I96F32.One, RegisteredAt = new BlockNumber(4) },
            new SubnetBooks { Netuid = new NetUid(3), RegisteredAt = new BlockNumber(5) });

        Assert.Equal(new NetUid(1), NetworkChoice.ToPrune(source));
    }

    [Theory]
    [MemberData(nameof(Medians))]
    public void MedianPrice_Vector_IsTheReferences(string id)
    {
        var vector = LiteralVector.Find(File, id);
        var prices = vector.Given.GetProperty("prices").EnumerateArray().Select(price => price.GetUInt64()).ToArray();
        var subnets = prices.Append(0UL).Select((price, i) => Priced((ushort)(i + 1), price)).Append(new SubnetBooks { Netuid = NetUid.Root, Mechanism = 0 });

        var median = NetworkChoice.MedianPrice(new FixedSource(BlockNumber.Genesis, NetworkParameters.Default, [.. subnets]));

        Assert.Equal(vector.Expected.GetProperty("u64f64_bits").GetRawText(), median.Bits.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void MedianPrice_NoSubnetHasOne_IsOne() => Assert.Equal(
        U64F64.One, NetworkChoice.MedianPrice(new FixedSource(BlockNumber.Genesis, NetworkParameters.Default, Priced(1, 0))));

    [Fact]
    public void NextFree_GapInTheNumbers_IsTheLowest()
    {
        static NetUid Next(params ushort[] taken) => NetworkChoice.NextFree(new FixedSource(
            BlockNumber.Genesis, NetworkParameters.Default, [.. taken.Select(netuid => new SubnetBooks { Netuid = new NetUid(netuid) })]));

        Assert.Equal(new NetUid(1), Next(0));
        Assert.Equal(new NetUid(2), Next(0, 1, 3));
        Assert.Equal(new NetUid(4), Next(0, 1, 2, 3));
    }

    private static SubnetBooks NetworkOf(JsonElement network) => new()
    {
        Netuid = new NetUid(network.GetProperty("n").GetUInt16()),
        RegisteredAt = new BlockNumber(network.GetProperty("registered").GetUInt64()),
        MovingPrice = new I96F32((Int128)(network.TryGetProperty("moving_price", out var price) ? price.GetUInt64() : 0) << I96F32.FractionBits),
    };

    private static SubnetBooks Priced(ushort netuid, ulong price) => new()
    {
        Netuid = new NetUid(netuid),
        TaoReserve = new Tao(price * Tau),
        AlphaReserve = new Alpha(Tau),
    };
}
