using System.Text.Json;
using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Economics.Tests.Vectors;
using Xunit;

namespace Dtao.Economics.Tests.Emission;

/// <summary>The literal vectors of the reference's own tests, where the set-up is numeric.</summary>
public class EmissionLiteralTests
{
    private static readonly Dictionary<string, JsonElement> s_vectors =
        new[] { "emission-curve.json", "emission-prices.json", "emission-shares.json", "emission-terms.json" }
            .SelectMany(VectorFiles.Literals)
            .ToDictionary(vector => vector.GetProperty("id").GetString()!);

    public static TheoryData<string> CurvePoints => [.. s_vectors
        .Where(entry => entry.Value.GetProperty("given").TryGetProperty("issuance", out _) && entry.Key.StartsWith("curve-", StringComparison.Ordinal))
        .Select(entry => entry.Key)];

    [Theory]
    [MemberData(nameof(CurvePoints))]
    public void BlockEmission_PointOfTheCurve_IsTheReferences(string id)
    {
        var (given, expect) = (s_vectors[id].GetProperty("given"), s_vectors[id].GetProperty("expect"));

        Assert.Equal(expect.GetProperty("emission").GetUInt64(), BlockEmission.Of(given.GetProperty("issuance").GetUInt64()));
    }

    [Theory]
    [InlineData("curve-alpha-1e12")]
    [InlineData("curve-alpha-0cut")]
    [InlineData("curve-alpha-exhausted")]
    public void SubnetBlock_AlphaOfOneBlock_FollowsTheCurveAndTheCut(string id)
    {
        var (given, expect) = (s_vectors[id].GetProperty("given"), s_vectors[id].GetProperty("expect"));
        var books = Dynamic(1, 1, given.GetProperty("alpha_in").GetUInt64(), given.GetProperty("alpha_out").GetUInt64());
        var cut = given.TryGetProperty("owner_cut_u16", out var parts) ? parts.GetUInt16() : (ushort)0;

        SubnetBlock.Apply(books, Input(U96F32.Zero, NetworkParameters.Default with { OwnerCut = cut }));

        if (expect.TryGetProperty("block_emission", out var emission)) Assert.Equal(emission.GetUInt64(), books.AlphaOutEmission.Rao);
        if (expect.TryGetProperty("pending_owner_cut", out var pending)) Assert.Equal(pending.GetUInt64(), books.PendingOwnerCut.Rao);
    }

    [Theory]
    [InlineData("ema-fixed-point")]
    [InlineData("ema-14-steps")]
    [InlineData("ema-young")]
    public void MovingPrice_UpdatedAtPriceOne_IsTheDerivedOne(string id)
    {
        var (given, derived) = (s_vectors[id].GetProperty("given"), s_vectors[id].GetProperty("derived"));
        var price = I96F32.FromInteger(given.GetProperty("moving_price").GetUInt64());
        var repeats = given.TryGetProperty("repeat", out var repeat) ? repeat.GetInt32() : 1;

        for (var i = 0; i < repeats; i++)
        {
            price = PoolPrices.UpdateMovingPrice(
                price,
                U64F64.One,
                new BlockNumber(given.GetProperty("block").GetUInt64()),
                new BlockNumber(given.GetProperty("first_emission_block").GetUInt64()),
                201_600,
                new I96F32(given.GetProperty("moving_alpha_bits32").GetInt64()));
        }

        Assert.Equal((Int128)derived.GetProperty("moving_price_bits32").GetInt64(), price.Bits);
    }

    [Fact]
    public void EmissionShares_StableSubnets_ShareEquallyAndSwitchedOffOnesPassTheirPartOn()
    {
        SubnetBlockFacts[] equal = [Stable(1), Stable(2), Stable(3)];
        SubnetBlockFacts[] oneOff = [Stable(1), Stable(2) with { EmissionEnabled = false }, Stable(3)];

        Assert.Equal([1UL], Floors(new Tao(1), [Stable(1)]));
        Assert.All(Floors(new Tao(3_333_333), equal), part => Assert.InRange(part, 1_111_110UL, 1_111_111UL));
        var parts = Floors(new Tao(3_333_333), oneOff);
        Assert.InRange(parts[0], 1_666_665UL, 1_666_666UL);
        Assert.Equal(0UL, parts[1]);
        Assert.InRange(parts[2], 1_666_665UL, 1_666_666UL);
    }

    [Fact]
    public void EmissionShares_PricesOneToTwo_SplitOneToTwo()
    {
        var tenth = new I96F32(429_496_729);
        var fifth = new I96F32(858_993_459);

        var parts = Floors(new Tao(100_000_000), [Priced(1, tenth), Priced(2, fifth)]);

        Assert.InRange(parts[0], 33_333_330UL, 33_333_334UL);
        Assert.InRange(parts[1], 66_666_663UL, 66_666_667UL);
    }

    [Fact]
    public void EmissionShares_NoPriceAnywhere_GivesNothing() =>
        Assert.Equal([0UL, 0UL], Floors(new Tao(1_000_000), [Priced(1, I96F32.Zero), Priced(2, I96F32.Zero)]));

    [Fact]
    public void EmissionShares_EverythingBurned_FallsBackToPrices()
    {
        var burned = Stable(1) with { MinerBurned = U96F32.One };

        Assert.Equal([U64F64.One], EmissionShares.Shares([burned]));
    }

    [Fact]
    public void BlockPlan_RegistrationOffOrRoot_IsLeftOut()
    {
        SubnetBlockFacts[] subnets = [Stable(0), Stable(1) with { IsEmitting = false }, Stable(2)];

        var plan = BlockPlan.Compute(new BlockNumber(2), Tao.Zero, Tao.Zero, NetworkParameters.Default, Tao.Zero, subnets);

        Assert.Equal([new NetUid(2)], plan.Emissions.Select(line => line.Netuid));
        Assert.Equal(new Tao(1_000_000_000), plan.Minted);
        Assert.Null(plan.InputFor(new NetUid(1)).TaoEmission);
        Assert.NotNull(plan.InputFor(new NetUid(2)).TaoEmission);
    }

    [Fact]
    public void SubnetTerms_RootProportion_IsTheVectors()
    {
        var (given, expect) = (s_vectors["root-prop"].GetProperty("given"), s_vectors["root-prop"].GetProperty("expect"));

        var proportion = SubnetTerms.RootProportion(
            new Tao(given.GetProperty("root_tao").GetUInt64()),
            given.GetProperty("tao_weight").GetUInt64(),
            new Alpha(given.GetProperty("alpha_issuance").GetUInt64()));

        Assert.Equal((UInt128)expect.GetProperty("root_proportion_bits32").GetUInt64(), proportion.Bits);
    }

    [Fact]
    public void SubnetTerms_AlphaAboveTheCap_LeavesExcess()
    {
        var derived = s_vectors["terms-gt-cap"].GetProperty("derived");
        UInt128 Bits(string name) => derived.GetProperty(name).GetUInt64();

        var terms = SubnetTerms.Of(
            new U96F32(Bits("tao_emission_bits32")),
            new U96F32(Bits("price_bits32")).ToU64F64(),
            U96F32.FromInteger(1_000_000_000),
            new U96F32(Bits("root_proportion_bits32")));

        Assert.Equal(Bits("alpha_in_bits32"), terms.AlphaIn.Bits);
        Assert.Equal(Bits("tao_in_bits32"), terms.TaoIn.Bits);
        Assert.Equal(Bits("excess_bits32"), terms.ExcessTao.Bits);
        Assert.Equal(1_000_000_000UL, terms.AlphaOut.ToUInt64Saturating());
    }

    [Theory]
    [InlineData("terms-uncapped")]
    [InlineData("terms-lte")]
    public void SubnetTerms_AlphaBelowTheCap_StaysExact(string id)
    {
        var emission = s_vectors[id].GetProperty("given").GetProperty("tao_emission").GetUInt64();

        var terms = SubnetTerms.Of(U96F32.FromInteger(emission), U64F64.One, U96F32.FromInteger(1_000_000_000), new U96F32(4_294_967_000));

        Assert.Equal(emission, terms.AlphaIn.ToUInt64Saturating());
        Assert.Equal(emission, terms.TaoIn.ToUInt64Saturating());
        Assert.True(terms.ExcessTao.IsZero);
    }

    [Fact]
    public void PendingAlpha_Splits_AreTheDerivedOnes()
    {
        var withRoot = Dynamic(1, 1, 1, 2_000_000_000);
        var parameters = NetworkParameters.Default with { OwnerCut = 0, TaoWeight = ulong.MaxValue };

        SubnetBlock.Apply(withRoot, Input(U96F32.Zero, parameters) with { RootTao = new Tao(1_000_000_000), RootSell = true });
        var withCut = PendingAlpha.Split(U96F32.FromInteger(1_000_000_000), 6_553, U96F32.Zero);

        Assert.Equal(500_000_000UL, withRoot.PendingServer.Rao);
        Assert.Equal(375_000_000UL, withRoot.PendingValidator.Rao);
        Assert.Equal(124_999_999UL, withRoot.PendingRoot.Rao);
        Assert.Equal(new PendingAlpha(new Alpha(99_992_370), new Alpha(450_003_814), new Alpha(450_003_814), Alpha.Zero), withCut);
    }

    private static ulong[] Floors(Tao emission, SubnetBlockFacts[] subnets) =>
        [.. EmissionShares.Of(emission, subnets).Select(part => part.ToUInt64Saturating())];

    private static SubnetBlockFacts Stable(ushort netuid) => new(new NetUid(netuid), 0, true, true, I96F32.Zero, U96F32.Zero);

    private static SubnetBlockFacts Priced(ushort netuid, I96F32 price) => new(new NetUid(netuid), 1, true, true, price, U96F32.Zero);

    private static SubnetBooks Dynamic(ushort netuid, ulong tao, ulong alphaIn, ulong alphaOut) => new()
    {
        Netuid = new NetUid(netuid),
        TaoReserve = new Tao(tao),
        AccountTao = new Tao(tao),
        AlphaReserve = new Alpha(alphaIn),
        AlphaOutstanding = new Alpha(alphaOut),
    };

    private static SubnetBlockInput Input(U96F32 emission, NetworkParameters parameters) =>
        new(new BlockNumber(2), emission, false, Tao.Zero, parameters);
}
