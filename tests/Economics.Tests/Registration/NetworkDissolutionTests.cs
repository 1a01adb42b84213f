using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Registration;
using Dtao.Economics.Staking;
using Dtao.Economics.Tests.Staking;
using Dtao.Economics.Tests.Vectors;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Registration;

public class NetworkDissolutionTests
{
    private const string File = "staking-subnets.json";

    private static readonly Call s_dissolve = Of(CallKind.DissolveNetwork, Two);

    public static TheoryData<string> Vectors => LiteralVector.Rows(File, vector => vector.When == "dissolve");

    /// <summary>The reference's own cases, without a deposit, as they are too small for one.</summary>
    [Theory]
    [MemberData(nameof(Vectors))]
    public void Dissolve_Vector_PaysWhatTheReferencePays(string id)
    {
        var vector = LiteralVector.Find(File, id);
        var stakers = vector.Given.TryGetProperty("stakers", out var given) ? given.EnumerateArray().Select(alpha => alpha.GetUInt64()).ToArray() : [];
        var isLegacy = vector.Given.GetProperty("legacy").GetBoolean();
        var locked = vector.Number("locked", 0);
        var ledger = new TestLedger { Parameters = NetworkParameters.Default with { ExistentialDeposit = Tao.Zero } };
        ledger.With(_ =>
        {
            if (isLegacy) ledger.Parameters = ledger.Parameters with { NetworkRegistrationStartBlock = 1 };
            ledger.Books(Two).Locked = new Tao(locked);
            ledger.Books(Two).ProtocolAlpha = new Alpha(vector.Number("protocol_alpha", 0));
            ledger.AccountSurplus[Two] = new Tao(locked);
        }).Pool(Two, vector.Number("pot", 0), vector.Number("alpha_in", 0)).Balance(Owner, 0);
        for (var i = 0; i < stakers.Length; i++) ledger.Stake(Hot, Key((byte)(100 + i)), Two, stakers[i]);
        var network = ledger.Build();

        Assert.True(network.Execute(default, s_dissolve).IsOk);

        if (vector.Expected.TryGetProperty("stakers", out var paid))
            Assert.Equal(paid.EnumerateArray().Select(tao => tao.GetUInt64()), stakers.Select((_, i) => network.Free(Key((byte)(100 + i)))));
        if (vector.Expected.TryGetProperty("owner_refund", out var refund)) Assert.Equal(refund.GetUInt64(), network.Free(Owner));
        Assert.False(network.TryGetBooks(Two, out _));
    }

    [Fact]
    public void Dissolve_HoldersFeesAndGifts_PaysThePotRecyclesTheRestAndKeepsTheCounter()
    {
        var network = Staked().Build();
        network.Execute(Ann, Of(CallKind.AddStake, Two, ManyTao));
        network.Execute(Bob, new Call { Kind = CallKind.Transfer, ToColdkey = AccountId.OfSubnet(Two), Amount = 12_345 });
        var (books, issuance) = (network.Books(Two), network.TotalIssuance);
        var (ann, bob, total) = (network.Free(Ann), network.Free(Bob), TotalStake(network));
        var holders = StorageOrder.Of(network.PositionsOn(Two)).ToArray();
        var split = PotSplit.Split(
            books.TaoReserve, [.. holders.Select(holder => ShareLedger.Position(network, holder))], books.ProtocolAlpha);

        Assert.True(network.Execute(default, s_dissolve).IsOk);

        Tao PaidTo(AccountId coldkey) => new(holders.Select((holder, i) => holder.Coldkey == coldkey ? split.Shares[i].Rao : 0).Aggregate((a, b) => a + b));
        Assert.Equal(PaidTo(Ann).Rao, network.Free(Ann) - ann);
        Assert.Equal(PaidTo(Bob).Rao, network.Free(Bob) - bob);
        Assert.Equal(books.TaoReserve.Rao, PaidTo(Ann).Rao + PaidTo(Bob).Rao + split.Protocol.Rao);
        Assert.Equal(500UL, network.Free(AccountId.OfSubnet(Two)));
        Assert.Equal(issuance - (books.AccountTao - books.TaoReserve + split.Protocol - new Tao(500)), network.TotalIssuance);
        Assert.Equal(network.TotalIssuance, network.BalancesIssuance);
        Assert.Equal(total - books.TaoReserve.Rao, TotalStake(network));
        Assert.True(TotalStake(network) > network.Subnets.Sum(netuid => (long)network.Books(netuid).TaoReserve.Rao));
    }

    [Fact]
    public void Dissolve_ASubnetWithEverything_LeavesNothingOfIt()
    {
        var ledger = Staked();
        var network = ledger.Build((Two, RegistrationLedger.Of(RegistrationLedger.Neuron(Hot))));

        network.Execute(default, s_dissolve);

        INetworkState state = network;
        Assert.Equal([Root, One, StableSubnet], network.Subnets);
        Assert.DoesNotContain(state.Shares, entry => entry.Position.Netuid == Two);
        Assert.DoesNotContain(state.HotkeyPools, entry => entry.Netuid == Two);
        Assert.DoesNotContain(state.Metagraphs, entry => entry.Key == Two);
        Assert.Equal(LedgerError.SubnetNotExists, network.Execute(default, s_dissolve).Error);
        Assert.Equal(LedgerError.SubnetNotExists, network.Execute(Ann, Of(CallKind.AddStake, Two, ManyTao)).Error);
    }

    /// <summary>A share under the deposit for an account that does not exist is refused, and destroyed with the rest.</summary>
    [Fact]
    public void Dissolve_ShareUnderTheDeposit_IsDestroyed()
    {
        var network = new TestLedger().Stake(Hot, Ann, Two, 1_000_000_000_000).Stake(Hot, Nobody, Two, 499).Pool(Two, 1_000_000_000_499, 1)
            .With(ledger => ledger.AccountSurplus[Two] = new Tao(1_000)).Build();
        var (ann, issuance) = (network.Free(Ann), network.TotalIssuance);

        network.Execute(default, s_dissolve);

        Assert.Equal(1_000_000_000_000UL, network.Free(Ann) - ann);
        Assert.Equal(0UL, network.Free(Nobody));
        Assert.Equal(500UL, network.Free(AccountId.OfSubnet(Two)));
        Assert.Equal(issuance - new Tao(999), network.TotalIssuance);
    }

    /// <summary>A payment that would leave the subnet's account with less than the deposit takes that with it, and later payments find nothing.</summary>
    [Fact]
    public void Dissolve_AccountClosedByAPayment_PaysNobodyAfterIt()
    {
        var network = new TestLedger().Stake(Hot, Ann, Two, 1_000_000_000_000).Stake(Hot, Bob, Two, 499).Pool(Two, 1_000_000_000_499, 1).Build();
        var (bob, issuance) = (network.Free(Bob), network.TotalIssuance);

        network.Execute(default, s_dissolve);

        Assert.Equal(bob, network.Free(Bob));
        Assert.Equal(0UL, network.Free(AccountId.OfSubnet(Two)));
        Assert.Equal(issuance - new Tao(499), network.TotalIssuance);
    }

    /// <summary>The pool's own alpha takes part for subnets registered after the change of rules, and for none before.</summary>
    [Theory]
    [InlineData(5UL, 4UL, 500_000_000_000UL)]
    [InlineData(5UL, 5UL, 1_000_000_000_000UL)]
    public void Dissolve_TheReserve_TakesPartAfterTheDeploymentBlock(ulong registered, ulong deployed, ulong paid)
    {
        var network = new TestLedger().With(ledger =>
        {
            ledger.Parameters = ledger.Parameters with { TaoInRefundDeploymentBlock = deployed };
            ledger.Books(Two).RegisteredAt = new BlockNumber(registered);
        }).Stake(Hot, Ann, Two, 2_000_000_000_000).Build();
        var before = network.Free(Ann);

        network.Execute(default, s_dissolve);

        Assert.Equal(paid, network.Free(Ann) - before);
    }

    /// <summary>The owner of an old subnet gets its lock back less its cut of all alpha at the spot price, and never the protocol's part.</summary>
    [Theory]
    [InlineData(500_000_000_000UL, 500_000_000_000UL, 320_004_577_749UL)]
    [InlineData(179_995_422_251UL, 500_000_000_000UL, 0UL)]
    [InlineData(500_000_000_000UL, 7_000UL, 7_000UL)]
    public void Dissolve_ALegacySubnet_RefundsTheLockLessWhatTheOwnerEarned(ulong locked, ulong surplus, ulong refund)
    {
        var network = new TestLedger().With(ledger =>
        {
            ledger.Parameters = ledger.Parameters with { NetworkRegistrationStartBlock = 1 };
            ledger.Books(Two).Locked = new Tao(locked);
            ledger.Books(Two).ProtocolAlpha = new Alpha(1_000);
            ledger.AccountSurplus[Two] = new Tao(surplus);
            ledger.AlphaOutstanding[Two] = Alpha.Zero;
        }).Build();
        var before = network.Free(Owner);

        network.Execute(default, s_dissolve);

        Assert.Equal(refund, network.Free(Owner) - before);
    }

    [Fact]
    public void Dissolve_RootDividends_AreForgotten()
    {
        var scope = new LedgerScope(Staked().Build());
        var position = new PositionKey(Two, Hot, Ann);
        scope.SetClaimed(position, 7);
        scope.SetClaimRates(Hot, new ClaimRates(ClaimRates.None.BySubnet.Add(One, I96F32.One).Add(Two, I96F32.One)));

        Assert.True(StakingCalls.Execute(scope, default, s_dissolve).IsOk);

        Assert.Equal(UInt128.Zero, scope.GetClaimed(position));
        Assert.Equal([One], scope.GetClaimRates(Hot).BySubnet.Keys);
    }

    /// <summary>Twenty thousand holders in one call, to the rao.</summary>
    [Fact]
    public void Dissolve_ManyHolders_PaysEveryOne()
    {
        var ledger = new TestLedger();
        var coldkeys = Enumerable.Range(0, 20_000).Select(Numbered).ToArray();
        for (var i = 0; i < coldkeys.Length; i++) ledger.Stake(Hot, coldkeys[i], Two, 100_000_000 + (ulong)i);
        var network = ledger.Build();
        var pot = network.Books(Two).TaoReserve;

        network.Execute(default, s_dissolve);

        Assert.Equal(pot.Rao, coldkeys.Select(network.Free).Aggregate((sum, tao) => sum + tao));
        Assert.All(coldkeys, coldkey => Assert.NotEqual(0UL, network.Free(coldkey)));
    }

    private static AccountId Numbered(int number)
    {
        var bytes = new byte[AccountId.Length];
        BitConverter.TryWriteBytes(bytes, number + 1);
        bytes[^1] = 200;
        return new AccountId(bytes);
    }

    private static Int128 TotalStake(SequentialNetwork network) =>
        network.Subnets.Aggregate(Int128.Zero, (sum, netuid) => sum + network.Books(netuid).TotalStake);

    private static TestLedger Staked() => new TestLedger()
        .Stake(Hot, Ann, Two, 700_000_000_000).Stake(Warm, Bob, Two, 300_000_000_001).Stake(Hot, Bob, Two, 77_777_777_777)
        .With(ledger => ledger.Books(Two).ProtocolAlpha = new Alpha(123_456_789_012));
}
