using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;
using Xunit;

namespace Dtao.Economics.Tests.Epochs;

/// <summary>One row a rule of the payout: what there was, and every figure that is not zero afterwards.</summary>
public class EpochPayoutTests
{
    private const ulong All = ulong.MaxValue;
    private const ulong Half = ulong.MaxValue / 2 + 1;
    private const ushort AllParts = ushort.MaxValue;
    private const ushort FifthParts = ushort.MaxValue / 5;

    private static readonly Dictionary<string, (Func<EpochCase, EpochCase> Given, string Expected)> s_rows = new()
    {
        ["the owner's cut is staked to the owner's hotkey"] =
            (c => c.Owner("o", "oh").Pay(ownerCut: 100), "oh/o 100"),
        ["without an owner the cut is nobody's"] =
            (c => c.Pay(ownerCut: 100), ""),
        ["miners get what the epoch found, not what was put aside"] =
            (c => c.Neuron("h1", "c1", server: 60).Neuron("h2", "c2", server: 40).Pay(server: 7), "h1/c1 60; h2/c2 40; h1 rate 0; h2 rate 0"),
        ["a miner's pay goes to the hotkey that its owner chose"] =
            (c => c.Neuron("h1", "c1", server: 60).AutoStake("c1", "h9").AutoStake("c2", "h8"), "h9/c1 60; h1 rate 0"),
        ["the pay of the owner's miners is burned"] =
            (c => c.Neuron("h1", "o", server: 30).Neuron("h2", "c2", server: 10).Owner("o", "oh"),
                "h2/c2 10; burned 30; withheld 3221225472; h1 rate 0; h2 rate 0"),
        ["or recycled, and is withheld all the same"] =
            (c => c.Neuron("h1", "o", server: 30).Neuron("h2", "c2", server: 10).Owner("o", "oh").Pay(server: 40).Recycling(),
                "h2/c2 10; taken out 30; recycled 30; withheld 3221225472; h1 rate 0; h2 rate 0"),
        ["the owner's hotkey is withheld whoever owns it"] =
            (c => c.Neuron("h1", "c1", server: 30).Owner("o", "h1"), "burned 30; withheld 4294967296; h1 rate 0"),
        ["the owner's automatic stake does not get what is withheld"] =
            (c => c.Neuron("h1", "o", server: 30).Owner("o", "oh").AutoStake("o", "h9"), "burned 30; withheld 4294967296; h1 rate 0"),
        ["a dividend raises every position by its share"] =
            (c => c.Neuron("v1", "c1", validator: 5).Stake("v1", "c2", 750).Stake("v1", "c3", 250).Neuron("m1", "c4", server: 1).Pay(validator: 1_000),
                "m1/c4 1; v1/c2 1500; v1/c3 500; m1 rate 0; v1 shared 1000 and 0; v1 rate 0"),
        ["without miners validators get their part too"] =
            (c => c.Neuron("v1", "c1", validator: 5).Stake("v1", "c2", 1_000).Pay(server: 900, validator: 1_100),
                "v1/c2 3000; v1 shared 2000 and 0; v1 rate 0"),
        ["dividends count only against each other"] =
            (c => c.Neuron("v1", "c1", validator: 3).Stake("v1", "c1", 100).Neuron("v2", "c2", validator: 1).Stake("v2", "c2", 100).Pay(validator: 400),
                "v1/c1 400; v2/c2 200; v1 shared 300 and 0; v1 rate 0; v2 shared 100 and 0; v2 rate 0"),
        ["without a dividend validators' alpha is nobody's"] =
            (c => c.Neuron("v1", "c1").Stake("v1", "c1", 100).Pay(validator: 400, root: 50), "v1/c1 100; v1 rate 0"),
        ["the take is staked first and shares in the raise"] =
            (c => c.Neuron("v1", "c1", validator: 5, take: FifthParts).Stake("v1", "c2", 1_000).Pay(validator: 1_000),
                "v1/c1 331; v1/c2 1667; v1 shared 800 and 0; v1 rate 0"),
        ["a hotkey that is no delegate has the default take"] =
            (c => c.Neuron("v1", "c1", validator: 5, take: null).Stake("v1", "c2", 1_000_000).Pay(validator: 1_000_000),
                "v1/c1 305077; v1/c2 1694921; v1 shared 820004 and 0; v1 rate 0"),
        ["root's part is a rate for each root-rao"] =
            (c => c.Neuron("v1", "c1", validator: 5).Stake("v1", "c1", 1_000).Stake("v1", "c2", 1_000, onRoot: true).Pay(validator: 1_000, root: 500),
                "v1/c1 2000; unclaimed 500; v1 shared 1000 and 500; v1 rate 2147483648"),
        ["the rate is cut at 32 bits"] =
            (c => c.Neuron("v1", "c1", validator: 5).Stake("v1", "c2", 3_000, onRoot: true).Pay(root: 1_000),
                "unclaimed 1000; v1 shared 0 and 1000; v1 rate 1431655765"),
        ["root's take is staked as alpha of the subnet"] =
            (c => c.Neuron("v1", "c1", validator: 5, take: AllParts).Stake("v1", "c2", 1_000, onRoot: true).Pay(root: 500), "v1/c1 500; v1 rate 0"),
        ["more than the stake on root is paid to the owner in alpha"] =
            (c => c.Neuron("v1", "c1", validator: 5).Stake("v1", "c2", 499, onRoot: true).Pay(root: 500), "v1/c1 500; v1 shared 0 and 500"),
        ["as much as the stake on root is accrued"] =
            (c => c.Neuron("v1", "c1", validator: 5).Stake("v1", "c2", 500, onRoot: true).Pay(root: 500),
                "unclaimed 500; v1 shared 0 and 500; v1 rate 4294967296"),
        ["a parent gets the part that its stake earned, its child the rest"] =
            (c => c.Neuron("v1", "c1", validator: 400).Hotkey("p1", "c2").Stake("v1", "c1", 100).Stake("p1", "c2", 300).Link("p1", "v1", All).Pay(validator: 400),
                "p1/c2 600; v1/c1 200; p1 shared 300 and 0; p1 rate 0; v1 shared 100 and 0; v1 rate 0"),
        ["a part of the parent's stake earns a part"] =
            (c => c.Neuron("v1", "c1", validator: 400).Hotkey("p1", "c2").Stake("v1", "c1", 300).Stake("p1", "c2", 200).Link("p1", "v1", Half).Pay(validator: 400),
                "p1/c2 300; v1/c1 600; p1 shared 100 and 0; p1 rate 0; v1 shared 300 and 0; v1 rate 0"),
        ["what a child gave away earns nothing for it"] =
            (c => c.Neuron("v1", "c1", validator: 400).Hotkey("p1", "c2").Stake("v1", "c1", 200).Stake("p1", "c2", 100)
                    .Link("p1", "v1", All).Link("v1", "x1", Half).Pay(validator: 400),
                "p1/c2 300; v1/c1 400; p1 shared 200 and 0; p1 rate 0; v1 shared 200 and 0; v1 rate 0"),
        ["the child keeps its take"] =
            (c => c.Neuron("v1", "c1", validator: 400).Hotkey("p1", "c2").Stake("v1", "c1", 100).Stake("p1", "c2", 300).Link("p1", "v1", All)
                    .ChildTake("v1", AllParts).Pay(validator: 400),
                "p1/c2 300; v1/c1 500; p1 rate 0; v1 shared 400 and 0; v1 rate 0"),
        ["the subnet's minimum take holds"] =
            (c => c.Neuron("v1", "c1", validator: 400).Hotkey("p1", "c2").Stake("v1", "c1", 100).Stake("p1", "c2", 300).Link("p1", "v1", All)
                    .MinChildTake(AllParts).Pay(validator: 400),
                "p1/c2 300; v1/c1 500; p1 rate 0; v1 shared 400 and 0; v1 rate 0"),
        ["from a parent of its own owner it takes nothing, and nothing is burned"] =
            (c => c.Neuron("v1", "c1", validator: 400).Hotkey("p1", "c1").Stake("v1", "c1", 100).Stake("p1", "c2", 300).Link("p1", "v1", All)
                    .ChildTake("v1", AllParts).ChildBurn(All).Pay(validator: 400),
                "p1/c2 600; v1/c1 200; p1 shared 300 and 0; p1 rate 0; v1 shared 100 and 0; v1 rate 0"),
        ["the childkey burn lowers what is outstanding, and all of it is paid still"] =
            (c => c.Neuron("v1", "c1", validator: 400).Hotkey("p1", "c2").Stake("v1", "c1", 100).Stake("p1", "c2", 300).Link("p1", "v1", All)
                    .ChildBurn(Half).Pay(validator: 400),
                "p1/c2 539; v1/c1 259; taken out 150; recycled 150; burned by children 150; p1 shared 239 and 0; p1 rate 0; v1 shared 159 and 0; v1 rate 0"),
        ["a parent that is a neuron too gets both parts"] =
            (c => c.Neuron("p1", "c2", validator: 100).Neuron("v1", "c1", validator: 400).Stake("v1", "c1", 100).Stake("p1", "c2", 300)
                    .Link("p1", "v1", All).Pay(validator: 500),
                "p1/c2 699; v1/c1 199; p1 shared 399 and 0; p1 rate 0; v1 shared 99 and 0; v1 rate 0"),
    };

    public static TheoryData<string> Rules => [.. s_rows.Keys];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Payout_OneRule_LeavesTheseFigures(string rule)
    {
        var (given, expected) = s_rows[rule];

        Assert.Equal(expected, given(new EpochCase()).PaidOut());
    }

    [Fact]
    public void Payout_Done_StampsTheBlockAndForgetsTheDividendsBefore()
    {
        var given = new EpochCase().Neuron("h1", "c1");
        given.Metagraph = Metagraph.Empty with
        {
            AlphaDividends = Metagraph.Empty.AlphaDividends.Add(EpochCase.Key("gone"), new Alpha(5)),
            RootDividends = Metagraph.Empty.RootDividends.Add(EpochCase.Key("gone"), new Alpha(5)),
        };
        var network = given.Network();
        network.MakeBlock();
        var scope = given.Scope(network);

        EpochPayout.Apply(scope, EpochCase.Subnet, given.Pot, given.Findings());

        Assert.Equal(1UL, scope.Books(EpochCase.Subnet).LastStepBlock);
        Assert.Equal([EpochCase.Key("h1")], scope.GetMetagraph(EpochCase.Subnet).AlphaDividends.Keys);
        Assert.Equal([EpochCase.Key("h1")], scope.GetMetagraph(EpochCase.Subnet).RootDividends.Keys);
    }

    [Fact]
    public void Payout_StakedOnes_AreNotedForTheirColdkeys()
    {
        var given = new EpochCase().Neuron("h1", "c1", server: 60).Neuron("h2", "c2").AutoStake("c1", "h9").Owner("o", "oh").Pay(ownerCut: 1);
        var scope = given.Scope();

        EpochPayout.Apply(scope, EpochCase.Subnet, given.Pot, given.Findings());

        Assert.Equal([EpochCase.Key("h1"), EpochCase.Key("h9")], scope.StakingHotkeys(EpochCase.Key("c1")));
        Assert.Equal([EpochCase.Key("h2")], scope.StakingHotkeys(EpochCase.Key("c2")));
        Assert.Equal([EpochCase.Key("oh")], scope.StakingHotkeys(EpochCase.Key("o")));
    }

    [Fact]
    public void Payout_OfNothingToAnEmptyPool_TakesAwayTheOwnersLeftoverShareOnly()
    {
        var given = new EpochCase().Neuron("h1", "c1");
        var scope = given.Scope();
        var (owners, others) = (Position("c1"), Position("c2"));
        scope.SetShare(owners, SafeFloat.FromUInt64(3));
        scope.SetShare(others, SafeFloat.FromUInt64(5));

        EpochPayout.Apply(scope, EpochCase.Subnet, given.Pot, given.Findings());

        Assert.True(scope.GetShare(owners).IsZero);
        Assert.Equal(SafeFloat.FromUInt64(5), scope.GetShare(others));
        Assert.DoesNotContain(EpochCase.Key("c1"), scope.AppendedStakingHotkeys.Select(entry => entry.Coldkey));
    }

    [Fact]
    public void RootAccruals_SeveralEpochs_AddUp()
    {
        var scope = new EpochCase().Scope();
        var accrual = new RootAccrual(EpochCase.Key("v1"), new I96F32(7), new Alpha(1));

        RootAccruals.Apply(scope, new NetUid(1), [accrual]);
        RootAccruals.Apply(scope, new NetUid(2), [accrual, accrual]);

        var rates = scope.GetClaimRates(EpochCase.Key("v1")).BySubnet;
        Assert.Equal([new I96F32(7), new I96F32(14)], [rates[new NetUid(1)], rates[new NetUid(2)]]);
    }

    private static PositionKey Position(string coldkey) => new(EpochCase.Subnet, EpochCase.Key("h1"), EpochCase.Key(coldkey));
}

/// <summary>Settings of a case by the name of their rule.</summary>
internal static class EpochCaseSettings
{
    public static EpochCase Recycling(this EpochCase given)
    {
        given.Books.Hyper = given.Books.Hyper with { RecycleIncentive = true };
        return given;
    }

    public static EpochCase MinChildTake(this EpochCase given, ushort take)
    {
        given.Books.Hyper = given.Books.Hyper with { MinChildTake = take };
        return given;
    }

    public static EpochCase ChildBurn(this EpochCase given, ulong burn)
    {
        given.Parameters = given.Parameters with { ChildBurn = burn };
        return given;
    }
}
