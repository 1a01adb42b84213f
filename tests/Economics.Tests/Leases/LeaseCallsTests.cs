using System.Collections.Immutable;
using CsCheck;
using Dtao.Economics.Leases;
using Dtao.Economics.Ledger;
using Dtao.Economics.Tests.Neurons;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Leases;

/// <summary>The end of a lease, and who has which share of one. The lease of subnet 1 is Bob's, and ends with block 1000.</summary>
public class LeaseCallsTests
{
    private static readonly AccountId s_bobsHot = Key(14);

    /// <summary>One row for each refusal, in the order in which they are checked.</summary>
    [Theory]
    [InlineData("another subnet", LedgerError.LeaseDoesNotExist)]
    [InlineData("no subnet", LedgerError.LeaseDoesNotExist)]
    [InlineData("another signer", LedgerError.ExpectedBeneficiaryOrigin)]
    [InlineData("another signer, never", LedgerError.ExpectedBeneficiaryOrigin)]
    [InlineData("never", LedgerError.LeaseHasNoEndBlock)]
    [InlineData("early", LedgerError.LeaseHasNotEnded)]
    [InlineData("early, another's hotkey", LedgerError.LeaseHasNotEnded)]
    [InlineData("another's hotkey", LedgerError.BeneficiaryDoesNotOwnHotkey)]
    [InlineData("nobody's hotkey", LedgerError.BeneficiaryDoesNotOwnHotkey)]
    [InlineData("in time", LedgerError.None)]
    public void Terminate_AnyState_IsTheEarliestRefusalOrHandsTheSubnetOver(string situation, LedgerError expected)
    {
        var bench = new Bench(change: ledger => ledger.Hotkeys[s_bobsHot] = new HotkeyRecord(Bob));
        var end = new BlockNumber(situation.StartsWith("early", StringComparison.Ordinal) ? 1_001UL : 1_000);
        BlockNumber? stated = situation.Contains("never", StringComparison.Ordinal) ? null : end;
        bench.Metagraph = bench.Metagraph with
        {
            Lease = new SubnetLease(Bob, Owner, Hot, 30, stated, ImmutableSortedDictionary<AccountId, U64F64>.Empty, new Alpha(9)),
        };
        var netuid = situation switch { "another subnet" => Two, "no subnet" => new NetUid(77), _ => One };
        var hotkey = situation.EndsWith("another's hotkey", StringComparison.Ordinal) ? Hot : situation == "nobody's hotkey" ? Ghost : s_bobsHot;
        var before = bench.Metagraph.Lease;

        var error = bench.Call(situation.StartsWith("another signer", StringComparison.Ordinal) ? Ann : Bob, TestCalls.Of(CallKind.TerminateLease, netuid, 0, hotkey));

        Assert.Equal(expected, error);
        var isOver = expected == LedgerError.None;
        Assert.Equal(isOver ? null : before, bench.Metagraph.Lease);
        Assert.Equal(isOver ? (Bob, s_bobsHot) : (Owner, Hot), (bench.Books.Owner!.Value, bench.Books.OwnerHotkey!.Value));
    }

    [Fact]
    public void Shares_OfContributions_AreFlooredPartsOfTheWholeWithoutTheBeneficiarys()
    {
        var shares = LeaseShares.Of([(Ann, new Tao(1)), (Bob, new Tao(1)), (Key(9), new Tao(1))], Bob);

        Assert.Equal([Ann, Key(9)], shares.Keys);
        Assert.All(shares.Values, share => Assert.Equal((UInt128.One << 64) / 3, share.Bits));
        Assert.Empty(LeaseShares.Of([(Bob, new Tao(5))], Bob));
    }

    /// <summary>Whatever was contributed, the contributors never own more than the whole.</summary>
    [Fact]
    public void Shares_OfAnyContributions_ComeToAtMostOne() =>
        Gen.ULong[1, ulong.MaxValue / 16].Array[1, 16].Sample(amounts =>
        {
            var shares = LeaseShares.Of([.. amounts.Select((amount, i) => (Key((byte)(i + 1)), new Tao(amount)))], Key(200));
            return shares.Values.Aggregate(UInt128.Zero, (sum, share) => sum + share.Bits) <= UInt128.One << 64;
        });
}
