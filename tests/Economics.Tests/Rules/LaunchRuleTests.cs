using System.Numerics;
using CsCheck;
using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Rules;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Rules;

/// <summary>2025-02 in whole blocks of the model: pool, emission, and root dividends.</summary>
public class LaunchRuleTests
{
    private const ulong Block = 1_000_000_000;
    private const ushort Tempo = 5;

    /// <summary>x times y: no trade lowers it, and one without a fee raises it by no more than a millionth.</summary>
    [Fact]
    public void Swap_AnyTrades_KeepTheProduct() => Gen.Select(Gen.Bool, Gen.ULong[3_000_000, 900_000_000_000]).Array[1, 20].Sample(trades =>
    {
        var network = Start(change: ledger => ledger.Books(One).FeeRate = default);
        network.MakeBlock();
        foreach (var (isBuy, amount) in trades)
        {
            var before = Product(network.Books(One));
            var kind = isBuy ? CallKind.AddStake : CallKind.RemoveStake;
            if (!network.Execute(isBuy ? Ann : Owner, Of(kind, One, amount)).IsOk) continue;
            var after = Product(network.Books(One));
            Assert.True(after >= before, $"{before} fell to {after}");
            Assert.True(after - before <= before / 1_000_000, $"{before} rose to {after}");
        }

        Assert.Equal(Perquintill.Half, network.Books(One).QuoteWeight);
    }, iter: 100, threads: 1);

    /// <summary>All of a subnet's TAO enters its pool, with alpha at the price but no more than the curve gives; nothing is bought.</summary>
    [Theory]
    [InlineData(1_000_000_000_000, 2_000_000_000_000, 1_000_000_000)]
    [InlineData(4_000_000_000_000, 1_000_000_000_000, 250_000_000)]
    [InlineData(1_000_000_000_000, 1_000_000_000_000, 1_000_000_000)]
    public void MakeBlock_OneSubnetEmits_AlphaFollowsThePriceUpToTheCurve(ulong tao, ulong alpha, ulong expectedAlpha)
    {
        var network = Start(change: ledger =>
        {
            ledger.Pool(Two, tao, alpha);
            ledger.Books(One).RegistrationAllowed = ledger.Books(StableSubnet).RegistrationAllowed = false;
        });

        network.MakeBlock();

        var books = network.Books(Two);
        Assert.Equal((Block, expectedAlpha), (books.TaoInEmission.Rao, books.AlphaInEmission.Rao));
        Assert.Equal((Tao.Zero, Alpha.Zero), (books.ExcessTao, books.ProtocolAlpha));
        Assert.Equal((tao + Block, alpha + expectedAlpha), (books.TaoReserve.Rao, books.AlphaReserve.Rao));
        Assert.Equal(Perquintill.Half, books.QuoteWeight);
    }

    /// <summary>What miners burned and whether emission is switched on do not count; moving prices alone do.</summary>
    [Fact]
    public void Plan_BurnedAndSwitchedOff_SharesAreByPriceAlone()
    {
        var parameters = NetworkParameters.Default with { Rules = RuleSchedule.Of(RuleSets.February2025) };
        SubnetBlockFacts[] facts =
        [
            new(One, 1, true, true, new I96F32((Int128)3 << 32), U96F32.One),
            new(Two, 1, true, false, new I96F32(Int128.One << 32), default),
        ];

        var plan = BlockPlan.Compute(new BlockNumber(1), new Tao(1), new Tao(1), parameters, Tao.Zero, facts);

        Assert.Equal([750_000_000UL, 250_000_000UL], plan.Emissions.Select(emission => emission.TaoEmission.ToUInt64Saturating()));
        Assert.True(plan.RootSell);
    }

    [Fact]
    public void Plan_PricesAddUpToLittle_RootIsPaidAllTheSame()
    {
        var network = Start();

        network.MakeBlock();

        Assert.True(network.Books(One).MovingPrice < new I96F32(Int128.One << 31));
        Assert.True(network.Books(One).PendingRoot > Alpha.Zero);
    }

    /// <summary>The alpha of root's stakers is sold at the epoch, and each of them has the TAO as stake on root; nothing is left to be claimed.</summary>
    [Fact]
    public void Epoch_ValidatorHasRootStakers_TheyHaveMoreTaoOnRoot()
    {
        var network = Start();
        for (var block = 1; block < Tempo; block++) network.MakeBlock();
        var (pending, root) = (network.Books(One).PendingRoot, network.Books(Root).TaoReserve);
        Assert.True(pending > Alpha.Zero);

        network.MakeBlock();

        var books = network.Books(One);
        var paid = network.Books(Root).TaoReserve - root;
        Assert.Equal((Alpha.Zero, Alpha.Zero), (books.PendingRoot, books.RootUnclaimed));
        Assert.Equal(paid, books.RootSellTao);
        Assert.True(paid > Tao.Zero);
        Assert.Empty(network.GetClaimRates(Hot).BySubnet);

        // 18 % are the owner's take; Ann has 3 parts of 4 of the rest, Bob 1.
        ulong ann = network.Position(Hot, Ann, Root) - 300_000_000_000, bob = network.Position(Hot, Bob, Root) - 100_000_000_000;
        var take = network.Position(Hot, Owner, Root);
        Assert.InRange(ann + bob + take, paid.Rao - 3, paid.Rao);
        Assert.InRange(take, (paid.Rao * 18 / 100) - 1_000, paid.Rao * 181 / 1_000);
        Assert.InRange(ann, (bob * 3) - 10, (bob * 3) + 10);
    }

    /// <summary>A stake that grows by the rules of launch keeps what it was owed under the rules before, to the rounding of a rate.</summary>
    [Fact]
    public void Epoch_ClaimsAreOwedFromBefore_TheyStayOwed()
    {
        var rules = RuleSchedule.Of(RuleSets.June2026, [new(new BlockNumber(Tempo + 1), RuleSets.February2025)]);
        var network = Start(rules, ledger => ledger.Books(Two).MovingPrice = I96F32.One);
        for (var block = 0; block < Tempo; block++) network.MakeBlock();
        ulong OwedTo(AccountId coldkey) => Economics.Claims.OwedDividends.Whole(network, new PositionKey(One, Hot, coldkey)).Rao;
        var (ann, bob, unclaimed) = (OwedTo(Ann), OwedTo(Bob), network.Books(One).RootUnclaimed);
        Assert.True(bob > 1_000);

        for (var block = 0; block < 4 * Tempo; block++) network.MakeBlock();

        Assert.True(network.Position(Hot, Bob, Root) > 100_000_000_000);
        Assert.InRange(OwedTo(Ann), ann - 500, ann);
        Assert.InRange(OwedTo(Bob), bob - 500, bob);
        Assert.InRange(OwedTo(Owner), 0UL, 5UL);
        Assert.Equal(unclaimed, network.Books(One).RootUnclaimed);
        Assert.True(network.Execute(Ann, new Call { Kind = CallKind.ClaimRoot, Detail = new ClaimDetail([One]) }).IsOk);
    }

    [Fact]
    public void Epoch_NobodyHasARootStake_TheAlphaWaits()
    {
        var network = Start(change: ledger => ledger.Stake(Warm, Bob, Root, 900_000_000_000), withRootOfHot: false);

        for (var block = 0; block < Tempo; block++) network.MakeBlock();

        Assert.True(network.Books(One).PendingRoot > Alpha.Zero);
        Assert.Equal(900_000_000_000UL, network.Books(Root).TaoReserve.Rao);
        Assert.Equal(Tao.Zero, network.Books(One).RootSellTao);
    }

    [Fact]
    public void Epoch_PoolIsTooSmallToSellTo_TheAlphaWaits()
    {
        var network = Start(change: ledger =>
        {
            ledger.Pool(One, 900_000, 10_000_000_000_000);
            ledger.Books(One).MovingPrice = I96F32.Zero;
        });

        for (var block = 0; block < Tempo; block++) network.MakeBlock();

        Assert.True(network.Books(One).PendingRoot > Alpha.Zero);
        Assert.Equal(400_000_000_000UL, network.Books(Root).TaoReserve.Rao);
    }

    /// <summary>Blocks with epochs, trades, and changes of rules back and forth: every rao of TAO and of alpha is somewhere.</summary>
    [Theory]
    [InlineData("2025-02")]
    [InlineData("2026-06-flow")]
    [InlineData("2026-06")]
    public void MakeBlock_ManyEpochsAndTradesUnderChangingRules_EveryRaoIsBooked(string first)
    {
        Assert.True(RuleSets.TryFind(first, out var rules));
        var schedule = RuleSchedule.Of(rules, [new(new BlockNumber(23), RuleSets.February2025), new(new BlockNumber(41), RuleSets.June2026Flow), new(new BlockNumber(57), RuleSets.June2026)]);
        var network = Start(schedule, ledger => ledger.Books(One).QuoteWeight = new Perquintill(Perquintill.One / 5 * 2));
        var done = 0;
        for (var block = 0; block < 80; block++)
        {
            network.MakeBlock();
            var netuid = block % 3 == 0 ? Two : One;
            if (network.Execute(Ann, Of(CallKind.AddStake, netuid, 1_000_000_000)).IsOk) done++;
            if (network.Execute(Owner, Of(CallKind.RemoveStake, One, 20_000_000_000)).IsOk) done++;
            if (block % 7 == 0 && network.Execute(Ann, new Call { Kind = CallKind.ClaimRoot, Detail = new ClaimDetail([One]) }).IsOk) done++;
            AssertBooked(network);
        }

        Assert.True(done > 150, $"Only {done} calls were done.");
        Assert.True(network.Books(Root).TaoReserve.Rao > 400_000_000_000);
    }

    private static void AssertBooked(SequentialNetwork network)
    {
        INetworkState state = network;
        Int128 tao = 0;
        foreach (var (_, free) in state.Balances) tao += free.Rao;
        foreach (var books in state.Subnets)
        {
            tao += books.AccountTao.Rao;
            Assert.True(books.AccountTao >= books.TaoReserve, $"subnet {books.Netuid}: reserve above account");
        }

        Assert.Equal((Int128)network.BalancesIssuance.Rao, tao);
        foreach (var netuid in new[] { One, Two })
        {
            var (books, first) = (network.Books(netuid), Start().Books(netuid));
            Assert.Equal(
                (Int128)first.AlphaReserve.Rao + first.AlphaOutstanding.Rao + books.MintedAlpha.Rao - books.RecycledAlpha.Rao,
                (Int128)books.AlphaReserve.Rao + books.AlphaOutstanding.Rao);
            Int128 placed = (Int128)books.PendingServer.Rao + books.PendingValidator.Rao + books.PendingRoot.Rao + books.PendingOwnerCut.Rao
                + books.ProtocolAlpha.Rao + books.BurnedAlpha.Rao + books.RootUnclaimed.Rao;
            foreach (var (at, _, pool) in state.HotkeyPools) placed += at == netuid ? pool.Value.Rao : 0;
            Assert.InRange((Int128)books.AlphaOutstanding.Rao - placed, 0, 8 * (Int128)network.Block.Value);
        }

        var root = network.Books(Root);
        Assert.Equal(root.TaoReserve.Rao, root.AlphaOutstanding.Rao);
    }

    private static BigInteger Product(SubnetBooks books) => (BigInteger)books.TaoReserve.Rao * books.AlphaReserve.Rao;

    /// <summary>On subnet 1 Hot validates and Ghost, of Bob, mines; on root Ann and Bob have staked on Hot, 3 to 1. Epochs every fifth block.</summary>
    private static SequentialNetwork Start(RuleSchedule? rules = null, Action<TestLedger>? change = null, bool withRootOfHot = true) => new TestLedger()
        .With(ledger =>
        {
            ledger.Parameters = ledger.Parameters with { Rules = rules ?? RuleSchedule.Of(RuleSets.February2025) };
            ledger.Hotkeys[Ghost] = new(Bob);
            ledger.Books(One).Tempo = Tempo;
            ledger.Neurons[One] =
            [
                new Neuron { Hotkey = Hot, HasPermit = true, Rows = [new NeuronRow { LastUpdate = 1, Weights = [new(1, ushort.MaxValue)] }] },
                new Neuron { Hotkey = Ghost, Rows = [NeuronRow.Empty] },
            ];
            if (withRootOfHot) ledger.Stake(Hot, Ann, Root, 300_000_000_000).Stake(Hot, Bob, Root, 100_000_000_000);
            change?.Invoke(ledger);
        })
        .Build();
}
