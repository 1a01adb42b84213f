using Dtao.Economics.Claims;
using Dtao.Economics.Ledger;
using Dtao.Economics.Tests.Staking;
using Dtao.Economics.Tests.Vectors;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Claims;

/// <summary>The literals of the reference's own tests of root claims.</summary>
public class ClaimVectorTests
{
    private const string File = "root-claims.json";
    private const ulong Stated = 100;

    public static TheoryData<string> Indices => LiteralVector.Rows(File, vector => vector.When == "block_hash_to_indices");

    [Theory]
    [MemberData(nameof(Indices))]
    public void Picks_OfALiteral_AreTheStatedOnes(string id)
    {
        var vector = LiteralVector.Find(File, id);
        var hash = Convert.FromHexString(vector.Given.GetProperty("parent_hash").GetString()!);

        var picks = AutoClaims.Picks(hash, vector.Number("k"), (int)vector.Number("n"));

        Assert.Equal(vector.Expected.GetProperty("indices").EnumerateArray().Select(item => item.GetInt32()), picks);
    }

    [Fact]
    public void Claim_TwoRoundsKept_AreTheStatedAmounts()
    {
        var vector = LiteralVector.Find(File, "claim-keep-two-rounds");
        var derived = vector.Derived;
        var bench = new ClaimBench(new TestLedger().Stake(Hot, Ann, Root, 2_000_000));
        Assert.Equal(LedgerError.None, bench.Choose(Ann, RootClaimKind.Keep));
        var rest = RestOf(vector, 1_000_000);
        Assert.Equal(derived.GetProperty("rest").GetUInt64(), rest);

        foreach (var round in new[] { "1", "2" })
        {
            bench.Accrue(Hot, One, rest);
            Assert.Equal(LedgerError.None, bench.Claim(Ann, One));

            var mark = bench.Mark(Hot, Ann, One);
            Assert.Equal(derived.GetProperty($"claimed_after_{round}").GetUInt64(), mark);
            AssertNear(vector.Expected.GetProperty($"claimed_after_{round}").GetUInt64(), mark);
            Assert.Equal(mark, bench.Position(Hot, Ann, One));
            if (round == "1") Assert.Equal(derived.GetProperty("rate_increment_bits32").GetInt64(), bench.Scope.GetClaimRates(Hot).BySubnet[One].Bits);
        }
    }

    [Fact]
    public void Claim_TwoWithATenthEach_AreTheStatedAmounts()
    {
        var vector = LiteralVector.Find(File, "claim-two-proportional");
        var derived = vector.Derived;
        var bench = new ClaimBench(new TestLedger().Stake(Hot, Ann, Root, 1_000_000).Stake(Hot, Bob, Root, 1_000_000).Stake(Hot, Nobody, Root, 8_000_000));
        bench.Accrue(Hot, One, RestOf(vector, vector.Number("pending_root")));
        Assert.Equal(derived.GetProperty("rate_bits32").GetInt64(), bench.Scope.GetClaimRates(Hot).BySubnet[One].Bits);

        foreach (var coldkey in new[] { Ann, Bob })
        {
            Assert.Equal(LedgerError.None, bench.Choose(coldkey, RootClaimKind.Keep));
            Assert.Equal(LedgerError.None, bench.Claim(coldkey, One));
            Assert.Equal(derived.GetProperty("alice").GetUInt64(), bench.Position(Hot, coldkey, One));
            AssertNear(vector.Expected.GetProperty("alice").GetUInt64(), bench.Position(Hot, coldkey, One));
        }
    }

    [Fact]
    public void Claim_StakeHalvedAndRestored_AreTheStatedAmounts()
    {
        var vector = LiteralVector.Find(File, "claim-changed-stake");
        var bench = new ClaimBench(new TestLedger().Stake(Hot, Ann, Root, 8_000_000).Stake(Hot, Bob, Root, 8_000_000));
        Assert.Equal(LedgerError.None, bench.Choose(Ann, RootClaimKind.Keep));
        Assert.Equal(LedgerError.None, bench.Choose(Bob, RootClaimKind.Keep));
        Call?[] changes = [null, Of(CallKind.RemoveStake, Root, 4_000_000), Of(CallKind.AddStake, Root, 4_000_000)];

        for (var round = 1; round <= changes.Length; round++)
        {
            if (changes[round - 1] is { } change) Assert.Equal(LedgerError.None, bench.Execute(Bob, change));
            bench.Accrue(Hot, One, RestOf(vector, vector.Number("pending_root_per_round")));
            var (ann, bob) = (Claimed(bench, Ann), Claimed(bench, Bob));

            var stated = vector.Expected.GetProperty($"round{round}");
            AssertNear(stated.GetProperty("bob").GetUInt64(), bob);
            AssertNear(stated.TryGetProperty("alice", out var alice) ? alice.GetUInt64() : 2 * bob, ann);
        }
    }

    /// <summary>The administrator sets it as a parameter of the subnet, the owner by a call.</summary>
    [Fact]
    public void Threshold_SetByRootAndOwner_IsTheStatedOne()
    {
        var expected = LiteralVector.Find(File, "threshold-default").Expected;
        var network = new TestLedger().Build();
        ulong Threshold() => network.Books(One).Hyper.RootClaimThreshold;
        LedgerError Set(AccountId signer, ulong threshold) => network.Execute(signer, Of(CallKind.SetRootClaimThreshold, One, threshold)).Error;

        Assert.Equal(expected.GetProperty("default").GetUInt64(), Threshold());
        Assert.True(network.Execute(default, Setting("root_claim_threshold", "1000", One)).IsOk);
        Assert.Equal(expected.GetProperty("after_root").GetUInt64(), Threshold());
        Assert.Equal(LedgerError.None, Set(Owner, 2_000));
        Assert.Equal(expected.GetProperty("after_owner").GetUInt64(), Threshold());
        Assert.Equal(expected.GetProperty("too_high_error").GetString(), Set(Owner, 10_000_001).ToString());
        Assert.Equal(expected.GetProperty("stranger_error").GetString(), Set(Bob, 1).ToString());
        Assert.Equal(2_000UL, Threshold());
    }

    /// <summary>Dividends enter no stake until they are claimed.</summary>
    [Fact]
    public void Accrual_OfAsMuchAsIsStaked_IsARateOfOneAndLeavesTheStake()
    {
        var vector = LiteralVector.Find(File, "drain-root-not-staked");
        var bench = new ClaimBench(new TestLedger().Stake(Hot, Ann, Root, vector.Number("root_stake")));

        bench.Accrue(Hot, One, vector.Number("amount"));

        Assert.Equal(vector.Derived.GetProperty("rate_bits32").GetInt64(), bench.Scope.GetClaimRates(Hot).BySubnet[One].Bits);
        Assert.Equal(vector.Expected.GetProperty("root_stake_after").GetUInt64(), bench.Position(Hot, Ann, Root));
        Assert.Equal(vector.Number("amount"), bench.Owed(Hot, Ann, One));
    }

    private static ulong Claimed(ClaimBench bench, AccountId coldkey)
    {
        var before = bench.Position(Hot, coldkey, One);
        Assert.Equal(LedgerError.None, bench.Claim(coldkey, One));
        return bench.Position(Hot, coldkey, One) - before;
    }

    /// <summary>What the hotkey's take leaves of an amount.</summary>
    private static ulong RestOf(LiteralVector vector, ulong amount) => amount - (amount * vector.Number("take_u16", 11_796) / ushort.MaxValue) - 1;

    private static void AssertNear(ulong stated, ulong actual) =>
        Assert.InRange(actual, stated - Stated, stated + Stated);
}
