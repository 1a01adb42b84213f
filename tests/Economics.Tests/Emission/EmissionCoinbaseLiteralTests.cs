using System.Numerics;
using System.Text.Json;
using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Economics.Tests.Vectors;
using Xunit;

namespace Dtao.Economics.Tests.Emission;

/// <summary>Whole blocks of emission from the literal file of shares, and what the terms' file says of injection.</summary>
public class EmissionCoinbaseLiteralTests
{
    private const string SharesFile = "emission-shares.json";

    public static TheoryData<string> Blocks =>
        LiteralVector.Rows(SharesFile, vector => vector.Given.TryGetProperty("block_emission", out _));

    [Theory]
    [MemberData(nameof(Blocks))]
    public void SubnetBlock_OneCoinbase_GivesEverySubnetWhatTheVectorStates(string id)
    {
        var vector = LiteralVector.Find(SharesFile, id);
        var books = vector.Given.GetProperty("subnets").EnumerateArray().Select(BooksOf).ToArray();
        var taoBefore = Array.ConvertAll(books, book => book.TaoReserve.Rao);
        var minted = new Tao(vector.Number("block_emission"));
        var emissions = EmissionShares.Of(minted, Array.ConvertAll(books, SubnetBlock.FactsOf));
        var parameters = NetworkParameters.Default with { TaoWeight = vector.Number("tao_weight", 0), ExistentialDeposit = Tao.Zero };
        var rootTao = new Tao(vector.Number("root_tao", 0));

        var consumed = Tao.Zero;
        for (var i = 0; i < books.Length; i++)
            consumed += SubnetBlock.Apply(books[i], new(new BlockNumber(1), emissions[i], false, rootTao, parameters)).CreditConsumed;

        CheckEach(vector, "subnet_tao", book => book.TaoReserve.Rao);
        CheckEach(vector, "subnet_tao_delta", book => book.TaoReserve.Rao - taoBefore[Array.IndexOf(books, book)]);
        if (id != "shares-alpha-in-equal" && id != "shares-zero") CheckTotal(vector, consumed);
        else CheckEach(vector, "alpha_in", book => book.AlphaReserve.Rao);

        void CheckEach(LiteralVector source, string name, Func<SubnetBooks, ulong> actual)
        {
            if (!source.Expected.TryGetProperty(name, out var stated)) return;
            Assert.Equal(books.Length, stated.GetArrayLength());
            Assert.All(stated.EnumerateArray().Zip(books), pair =>
                CheckWithin(source, name, LiteralVector.Integer(pair.First), actual(pair.Second)));
        }
    }

    [Fact]
    public void SubnetBlock_EmissionSwitchedOff_MintsAlphaAllTheSame()
    {
        var vector = LiteralVector.Find(SharesFile, "shares-one-disabled");
        var books = vector.Given.GetProperty("subnets").EnumerateArray().Select(BooksOf).ToArray();
        var emissions = EmissionShares.Of(new Tao(vector.Number("block_emission")), Array.ConvertAll(books, SubnetBlock.FactsOf));

        var terms = SubnetBlock.TermsOf(books[1], emissions[1], new(new BlockNumber(1), emissions[1], false, Tao.Zero, NetworkParameters.Default));

        Assert.Equal(vector.Expected.GetProperty("alpha_in_disabled").GetUInt64(), terms.AlphaIn.ToUInt64Saturating());
        Assert.Equal(vector.Expected.GetProperty("excess_disabled").GetUInt64(), terms.ExcessTao.ToUInt64Saturating());
        Assert.Equal(vector.Expected.GetProperty("alpha_out_disabled_positive").GetBoolean(), !terms.AlphaOut.IsZero);
    }

    [Fact]
    public void EmissionShares_StoredRootProportion_HasNoInfluence()
    {
        var vector = LiteralVector.Find(SharesFile, "shares-ignore-root-prop");
        var prices = vector.Given.GetProperty("moving_price").EnumerateArray().Select(Bits32).ToArray();
        var stored = vector.Given.GetProperty("stored_root_prop").EnumerateArray().Select(Bits32).ToArray();
        var facts = prices.Select((price, i) => SubnetBlock.FactsOf(new SubnetBooks
        {
            Netuid = new NetUid((ushort)(i + 1)),
            Mechanism = 1,
            MovingPrice = new I96F32((Int128)price),
            RootProportion = new U96F32((UInt128)stored[i]),
        })).ToArray();

        var shares = EmissionShares.Shares(facts);

        Assert.All(shares, share => Assert.Equal(U64F64.FromRatio(1, 2), share));
    }

    /// <summary>The terms never ask for the vector's 456 alpha beside 123 TAO at price 1, so as much alpha as TAO is injected.</summary>
    [Fact]
    public void SubnetBlock_InjectionAndPurchase_DoNotSkewTheReserves()
    {
        var vector = LiteralVector.Find("emission-terms.json", "inject-no-skew");
        var (injected, excess) = (vector.Number("inject_tao"), vector.Number("excess_tao"));
        var books = new SubnetBooks
        {
            Netuid = new NetUid(1),
            Mechanism = 1,
            TaoReserve = new Tao(vector.Number("tao_in")),
            AccountTao = new Tao(vector.Number("tao_in")),
            AlphaReserve = new Alpha(vector.Number("alpha_in")),
            SwapInitialised = true,
        };

        // A root proportion of 530 parts of 2^32 caps the alpha of this block, 10^9, at 123.4.
        var parameters = NetworkParameters.Default with { TaoWeight = ulong.MaxValue };
        SubnetBlock.Apply(books, new(
            new BlockNumber(1), U96F32.FromInteger(injected + excess + 1), false, new Tao(123_500_000), parameters));

        Assert.Equal((injected, injected, excess), (books.TaoInEmission.Rao, books.AlphaInEmission.Rao, books.ExcessTao.Rao));
        var ratio = new Rational(books.AlphaReserve.Rao, books.TaoReserve.Rao);
        var price = Rational.OfBits(PoolState.Of(books).Price.Bits, U64F64.FractionBits);
        Assert.True((ratio - price).Abs() <= new Rational(1, 1_000_000), $"ratio {ratio}, price {price}");
    }

    private static void CheckTotal(LiteralVector vector, Tao consumed)
    {
        foreach (var name in new[] { "total_issuance", "total_issuance_delta", "total_stake", "total_stake_delta" })
            if (vector.Expected.TryGetProperty(name, out var stated)) CheckWithin(vector, name, LiteralVector.Integer(stated), consumed.Rao);
    }

    /// <summary>A tolerance is one number for all, or one for each name.</summary>
    private static void CheckWithin(LiteralVector vector, string name, BigInteger expected, BigInteger actual)
    {
        var tolerance = vector.ToleranceItem;
        var bound = tolerance.ValueKind == JsonValueKind.Number ? tolerance.GetInt32() : tolerance.GetProperty(name).GetInt32();
        Assert.True(BigInteger.Abs(expected - actual) <= bound, $"{vector.Id} {name}: expected {expected} within {bound}, got {actual}");
    }

    private static SubnetBooks BooksOf(JsonElement subnet) => new()
    {
        Netuid = new NetUid(subnet.GetProperty("netuid").GetUInt16()),
        Mechanism = subnet.GetProperty("mechanism").GetUInt16(),
        TaoReserve = new Tao(Reserve(subnet, "tao_in")),
        AccountTao = new Tao(Reserve(subnet, "tao_in")),
        AlphaReserve = new Alpha(Reserve(subnet, "alpha_in")),
        SwapInitialised = true,
        MovingPrice = subnet.TryGetProperty("moving_price", out var price) ? new I96F32((Int128)Bits32(price)) : I96F32.Zero,
        EmissionEnabled = !subnet.TryGetProperty("emission_enabled", out var enabled) || enabled.GetBoolean(),
    };

    /// <summary>Where a vector leaves the reserves to registration, price 1.</summary>
    private static ulong Reserve(JsonElement subnet, string name) =>
        subnet.TryGetProperty(name, out var reserve) ? reserve.GetUInt64() : 1_000_000_000;

    /// <summary>A decimal with 32 fraction bits, rounded to the nearest.</summary>
    private static BigInteger Bits32(JsonElement item)
    {
        var scaled = Rational.Parse(LiteralVector.Text(item)) * (BigInteger.One << U96F32.FractionBits);
        var denominator = scaled.Denominator * BigInteger.Pow(10, -scaled.Exponent);
        return ((scaled.Numerator * 2) + denominator) / (denominator * 2);
    }
}
