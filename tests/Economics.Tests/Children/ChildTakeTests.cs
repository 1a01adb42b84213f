using Dtao.Economics.Children;
using Dtao.Economics.Ledger;
using Dtao.Economics.Tests.Neurons;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Children;

public class ChildTakeTests
{
    private const ulong Now = 300_000;

    [Fact]
    public void SetChildkeyTake_SeveralChecksFail_TheEarliestIsTold() => new Ladder<Case>(() => new Case(), spoiled => spoiled.Run())
        .Rung(LedgerError.NonAssociatedColdKey, spoiled => spoiled.Signer = Ann)
        .Rung(LedgerError.InvalidChildkeyTake, spoiled => spoiled.Take = 11_797)
        .Rung(LedgerError.SubnetNotExists, spoiled => spoiled.Netuid = new NetUid(9))
        .Rung(LedgerError.TxChildkeyTakeRateLimitExceeded, spoiled => spoiled.Bench.Metagraph = spoiled.Bench.Metagraph with
        {
            ChildTakeSetAt = spoiled.Bench.Metagraph.ChildTakeSetAt.Add(Warm, Now - 215_999),
        })
        .AssertInOrder();

    [Fact]
    public void SetChildkeyTake_Lowered_IsNotLimitedButStartsTheWaitAnew()
    {
        var bench = new Bench(Now);
        Assert.Equal(LedgerError.None, bench.Call(Owner, Of(500)));
        bench = bench.At(Now + 215_999);
        Assert.Equal(LedgerError.TxChildkeyTakeRateLimitExceeded, bench.Call(Owner, Of(501)));
        Assert.Equal(LedgerError.None, bench.Call(Owner, Of(500)));
        Assert.Equal(LedgerError.None, bench.Call(Owner, Of(400)));

        Assert.Equal(LedgerError.TxChildkeyTakeRateLimitExceeded, bench.At(Now + 300_000).Call(Owner, Of(401)));
        Assert.Equal(LedgerError.None, bench.At(Now + 215_999 + 216_000).Call(Owner, Of(401)));
        Assert.Equal(400, bench.Metagraph.ChildTakes[Warm]);
    }

    [Fact]
    public void SetChildkeyTake_LimitOff_MayRiseInEveryBlock()
    {
        var bench = new Bench(Now);
        bench.Scope.SetParameters(new() { ChildTakeRateLimit = 0 });

        Assert.Equal(LedgerError.None, bench.Call(Owner, Of(1)));
        Assert.Equal(LedgerError.None, bench.Call(Owner, Of(2)));
    }

    [Theory]
    [InlineData(99, LedgerError.InvalidChildkeyTake)]
    [InlineData(100, LedgerError.None)]
    [InlineData(11_796, LedgerError.None)]
    [InlineData(11_797, LedgerError.InvalidChildkeyTake)]
    public void SetChildkeyTake_Bounds_AreTheSubnetsMinimumAndTheNetworksMaximum(ushort take, LedgerError expected)
    {
        var bench = new Bench(Now);
        bench.Hyper = bench.Hyper with { MinChildTake = 100 };

        Assert.Equal(expected, bench.Call(Owner, Of(take)));
    }

    [Fact]
    public void Of_StoredTakeBelowTheSubnetsMinimum_ReadsAsTheMinimum()
    {
        var bench = new Bench(Now);
        Assert.Equal(0, ChildTake.Of(bench.Books, NetworkParameters.Default, bench.Metagraph, Warm).Parts);
        Assert.Equal(LedgerError.None, bench.Call(Owner, Of(50)));

        bench.Hyper = bench.Hyper with { MinChildTake = 100 };

        Assert.Equal(100, ChildTake.Of(bench.Books, NetworkParameters.Default, bench.Metagraph, Warm).Parts);
        Assert.Equal(LedgerError.None, bench.Call(Owner, Of(100)));
        Assert.Equal(200, ChildTake.Of(bench.Books, new NetworkParameters { MinChildTake = new Take(200) }, bench.Metagraph, Warm).Parts);
    }

    private static Call Of(ushort take, NetUid? netuid = null) =>
        new() { Kind = CallKind.SetChildkeyTake, Netuid = netuid ?? One, Hotkey = Warm, Take = new Take(take) };

    private sealed class Case
    {
        public Bench Bench { get; } = new(Now);
        public NetUid Netuid { get; set; } = One;
        public AccountId Signer { get; set; } = Owner;
        public ushort Take { get; set; } = 100;

        public LedgerError Run() => Bench.Call(Signer, Of(Take, Netuid));
    }
}
