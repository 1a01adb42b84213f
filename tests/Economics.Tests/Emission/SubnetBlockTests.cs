using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Economics.Tests.Vectors;
using Xunit;

namespace Dtao.Economics.Tests.Emission;

public class SubnetBlockTests
{
    private static readonly SubnetBlockInput s_input = new(
        new BlockNumber(2), U96F32.FromInteger(1_000_000), RootSell: true, RootTao: Tao.Zero, NetworkParameters.Default);

    /// <summary>Without root everything is excess; the pool refuses to sell, and the TAO is on the account but in no reserve.</summary>
    [Fact]
    public void Apply_PurchaseRefused_LeavesTheTaoStray()
    {
        var books = Books(1_000_000_000, 999_999);

        var result = SubnetBlock.Apply(books, s_input);

        Assert.Equal(new Tao(1_000_000), result.CreditConsumed);
        Assert.Equal((new Tao(1_001_000_000), new Tao(1_000_000_000)), (books.AccountTao, books.TaoReserve));
        Assert.Equal((Tao.Zero, Alpha.Zero, 0L), (books.ExcessTao, books.ProtocolAlpha, books.FlowProtocol));
        Assert.Equal((Int128)0, books.TotalStake);
    }

    [Fact]
    public void Apply_PurchaseMade_BelongsToNobodyAndCountsInEveryCounter()
    {
        var books = Books(1_000_000_000, 10_000_000_000);

        var result = SubnetBlock.Apply(books, s_input);

        Assert.Equal(new Tao(1_000_000), result.CreditConsumed);
        Assert.Equal(new Tao(1_000_000), books.ExcessTao);
        Assert.Equal(10_000_000_000 - books.AlphaReserve.Rao, books.ProtocolAlpha.Rao);
        Assert.Equal(((Int128)1_000_000, (UInt128)1_000_000, 1_000_000L), (books.TotalStake, books.Volume, books.FlowProtocol));
    }

    /// <summary>An account that would stay under the existential deposit cannot be credited: the TAO stays in the block's credit.</summary>
    [Fact]
    public void Apply_AccountWouldStayBelowTheDeposit_ConsumesNothing()
    {
        var books = Books(0, 0);

        var result = SubnetBlock.Apply(books, s_input with { TaoEmission = U96F32.FromInteger(499) });

        Assert.Equal((Tao.Zero, Tao.Zero), (result.CreditConsumed, books.AccountTao));
        Assert.Equal(new Alpha(1_000_000_000), books.AlphaOutEmission);
    }

    [Fact]
    public void Apply_NotEmitting_OnlyCountsTheBlockAndDecaysThePrice()
    {
        var books = Books(1_000_000_000, 10_000_000_000);
        books.MovingPrice = new I96F32(77);
        books.RootSellTao = new Tao(9);

        var result = SubnetBlock.Apply(books, s_input with { TaoEmission = null });

        Assert.Equal(Tao.Zero, result.CreditConsumed);
        Assert.Equal((1UL, 77L, Tao.Zero), (books.BlocksSinceLastStep, (long)books.MovingPrice.Bits, books.RootSellTao));
        Assert.Equal((Alpha.Zero, new Tao(998_076_443)), (books.AlphaOutEmission, books.Burn));
    }

    [Fact]
    public void Apply_EpochDue_LetsThePendingsAccumulate()
    {
        var books = Books(1_000_000_000, 10_000_000_000);
        books.Tempo = 1;

        SubnetBlock.Apply(books, s_input);
        SubnetBlock.Apply(books, s_input with { Block = new BlockNumber(3) });

        Assert.Equal((2UL, 0UL, 0UL), (books.BlocksSinceLastStep, books.LastEpochBlock, books.EpochIndex));
        Assert.Equal(820_004_576UL, books.PendingServer.Rao);
    }

    [Fact]
    public void Decay_FirstBlockOrBoundsThatCross_StaysOrEndsAtTheUpperOne()
    {
        var young = new SubnetBooks { Burn = new Tao(1_024), MinBurn = Tao.Zero, BurnHalfLife = 1 };
        var bounded = new SubnetBooks { Burn = new Tao(10), MinBurn = new Tao(20), MaxBurn = new Tao(15), BurnHalfLife = 0 };

        Assert.Equal(new Tao(1_024), RegistrationPrice.Decay(young, new BlockNumber(1)));
        Assert.Equal(new Tao(512), RegistrationPrice.Decay(young, new BlockNumber(2)));
        Assert.Equal(new Tao(15), RegistrationPrice.Decay(bounded, new BlockNumber(1)));
    }

    /// <summary>Truncation makes two half-lives of 1024 give 511 and then 255.</summary>
    [Fact]
    public void Decay_TwoHalfLives_TruncatesBelowTheExactHalves() => Assert.Equal([511UL, 255UL], After(2, 1_024, [2, 4]));

    [Fact]
    public void Decay_ManyHalfLives_IsTheVectors()
    {
        var vectors = VectorFiles.Literals("staking-registration.json")
            .Where(vector => vector.GetProperty("expect").TryGetProperty("burn_after_blocks", out _)).ToArray();

        Assert.True(vectors.Length >= 10);
        foreach (var vector in vectors)
        {
            var (given, expect) = (vector.GetProperty("given"), vector.GetProperty("expect"));
            var halfLife = given.GetProperty("half_life").GetUInt16();
            var points = expect.GetProperty("burn_after_blocks").EnumerateObject().ToArray();
            var blocks = points.Select(point => int.Parse(point.Name, System.Globalization.CultureInfo.InvariantCulture)).ToArray();

            Assert.Equal(expect.GetProperty("decay_factor_q32").GetUInt64(), RegistrationPrice.DecayFactor(halfLife));
            Assert.Equal(points.Select(point => point.Value.GetUInt64()), After(halfLife, given.GetProperty("burn").GetUInt64(), blocks));
        }
    }

    /// <summary>The price after each of the given numbers of blocks, ascending.</summary>
    private static List<ulong> After(ushort halfLife, ulong price, int[] blocks)
    {
        var books = new SubnetBooks { Burn = new Tao(price), MinBurn = Tao.Zero, MaxBurn = Tao.Max, BurnHalfLife = halfLife };
        var prices = new List<ulong>();
        for (var block = 1; block <= blocks[^1]; block++)
        {
            books.Burn = RegistrationPrice.Decay(books, new BlockNumber(2));
            if (blocks.Contains(block)) prices.Add(books.Burn.Rao);
        }

        return prices;
    }

    private static SubnetBooks Books(ulong tao, ulong alpha) => new()
    {
        Netuid = new NetUid(1),
        TaoReserve = new Tao(tao),
        AccountTao = new Tao(tao),
        AlphaReserve = new Alpha(alpha),
        FirstEmissionBlock = new BlockNumber(1),
        SubtokenEnabled = true,
    };
}
