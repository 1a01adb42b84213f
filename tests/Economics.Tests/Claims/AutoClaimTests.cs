using CsCheck;
using Dtao.Economics.Claims;
using Dtao.Economics.Ledger;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Claims;

public class AutoClaimTests
{
    private const ulong OneTao = 1_000_000_000;

    [Fact]
    public void Picks_AnyHash_AreDistinctPlacesInAscendingOrder() =>
        Gen.Select(Gen.Byte.Array[32], Gen.ULong[0, 60], Gen.Int[0, 40]).Sample((hash, count, length) =>
        {
            var picks = AutoClaims.Picks(hash, count, length);
            return picks.Count <= (int)Math.Min(count, AutoClaims.MaxPerBlock)
                && (picks.Count > 0) == (count > 0 && length > 0)
                && picks.All(place => place >= 0 && place < length)
                && picks.Zip(picks.Skip(1)).All(pair => pair.First < pair.Second);
        });

    /// <summary>The first sum of two 8-byte numbers does not wrap but stops at the highest.</summary>
    [Fact]
    public void Picks_SumAboveSixtyFourBits_StopsAtTheHighest()
    {
        var hash = new byte[32];
        hash.AsSpan(0, 8).Fill(0xFF);

        Assert.Equal([(int)(ulong.MaxValue % 1_000_003)], AutoClaims.Picks(hash, 1, 1_000_003));
    }

    [Fact]
    public void Coldkeys_OfAnIndex_AreThoseAtThePickedPlaces()
    {
        AccountId[] index = [Ann, Bob, Owner, Nobody, Author];
        var hash = AutoClaims.HashOfNumberBefore(new BlockNumber(7));

        var coldkeys = AutoClaims.Coldkeys(index, hash, 3);

        Assert.Equal(AutoClaims.Picks(hash, 3, 5).Select(place => index[place]), coldkeys);
        Assert.NotEmpty(coldkeys);
    }

    [Fact]
    public void HashOfNumberBefore_OfBlockOne_IsTheHashOfEightZeros() =>
        Assert.Equal(
            "af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc",
            Convert.ToHexStringLower(AutoClaims.HashOfNumberBefore(new BlockNumber(1))));

    [Fact]
    public void Run_OneColdkeyCannotBePaid_TheOtherIs()
    {
        var ledger = ClaimBench.WithRootStakes().Stake(Warm, Bob, Root, OneTao).Pool(Two, 999_999, 2_000_000);
        var bench = new ClaimBench(ledger).Accrue(Hot, One, 5 * OneTao).Accrue(Warm, Two, 500_000_000);

        Assert.Equal(LedgerError.None, AutoClaims.Run(bench.Scope, Ann));
        Assert.Equal(LedgerError.ReservesTooLow, AutoClaims.Run(bench.Scope, Bob));

        Assert.Equal((0UL, 2 * OneTao), (bench.Owed(Hot, Ann, One), bench.Owed(Hot, Bob, One)));
        Assert.True(bench.Position(Hot, Ann, Root) > 6 * OneTao);
        Assert.Equal(4 * OneTao, bench.Position(Hot, Bob, Root));
    }

    [Fact]
    public void Run_SeveralHotkeysAndSubnets_ClaimsThemAll()
    {
        var ledger = ClaimBench.WithRootStakes().Stake(Warm, Bob, Root, OneTao);
        var bench = new ClaimBench(ledger).Accrue(Hot, One, 5 * OneTao).Accrue(Hot, Two, 5 * OneTao).Accrue(Warm, Two, 500_000_000);

        Assert.Equal(LedgerError.None, AutoClaims.Run(bench.Scope, Bob));

        // A rao is left where the marks of new root stake were floored.
        Assert.Equal((1UL, 1UL, 0UL), (bench.Owed(Hot, Bob, One), bench.Owed(Hot, Bob, Two), bench.Owed(Warm, Bob, Two)));
        Assert.Equal(new Tao(bench.Position(Hot, Bob, Root) + bench.Position(Warm, Bob, Root) - (5 * OneTao)), bench.Books(One).RootSellTao + bench.Books(Two).RootSellTao);
    }

    /// <summary>The index is the list that swap-remove makes, whatever calls bring coldkeys in and out.</summary>
    [Fact]
    public void Index_RandomStakesOnRoot_IsTheListThatSwapRemoveMakes() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2], Gen.Bool).Array[1, 40].Sample(
            steps =>
            {
                AccountId[] coldkeys = [Ann, Bob, Owner, Author];
                var network = new TestLedger().Balance(Author, 100 * OneTao).Balance(Owner, 100 * OneTao).Build();
                var expected = new List<AccountId>();
                foreach (var (who, kind, isWarm) in steps)
                {
                    var coldkey = coldkeys[who];
                    var hotkey = isWarm ? Warm : Hot;
                    var call = kind switch
                    {
                        0 => Of(CallKind.AddStake, Root, OneTao / 10, hotkey),
                        1 => Of(CallKind.RemoveStake, Root, ulong.MaxValue / 2, hotkey),
                        _ => ClaimBench.ChoiceOf(RootClaimKind.Keep),
                    };
                    if (!network.Execute(coldkey, call).IsOk) continue;
                    if (kind != 1 && !expected.Contains(coldkey)) expected.Add(coldkey);
                    var isEmpty = network.Position(Hot, coldkey, Root) == 0 && network.Position(Warm, coldkey, Root) == 0;
                    if (kind != 1 || !isEmpty || !expected.Contains(coldkey)) continue;
                    expected[expected.IndexOf(coldkey)] = expected[^1];
                    expected.RemoveAt(expected.Count - 1);
                }

                return expected.SequenceEqual(network.ClaimIndex) && coldkeys.All(key => network.IsClaimIndexed(key) == expected.Contains(key));
            },
            iter: 200,
            threads: 1);
}
