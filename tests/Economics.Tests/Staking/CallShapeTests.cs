using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Dtao.Economics.Tests.Claims;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Staking;

public class CallShapeTests
{
    public static TheoryData<Call, CallReach, int, bool> Rows => new()
    {
        { Of(CallKind.AddStake, One), CallReach.OnePool, 1, false },
        { Of(CallKind.AddStakeLimit, One) with { Limit = 1 }, CallReach.OnePool, 1, true },
        { Of(CallKind.RemoveStake, One), CallReach.OnePool, 1, false },
        { Of(CallKind.RemoveStakeLimit, One) with { Limit = 1 }, CallReach.OnePool, 1, false },
        { Of(CallKind.RemoveStakeFullLimit, One), CallReach.OnePool, 1, false },
        { Of(CallKind.RecycleAlpha, One), CallReach.OnePool, 1, false },
        { Of(CallKind.BurnAlpha, One), CallReach.OnePool, 1, false },
        { Of(CallKind.AddStakeBurn, One), CallReach.OnePool, 1, false },
        { Of(CallKind.AddStakeBurn, One) with { Limit = 1 }, CallReach.OnePool, 1, true },
        { Move(CallKind.MoveStake, One, One, 1), CallReach.OnePool, 1, false },
        { Move(CallKind.MoveStake, One, Two, 1), CallReach.SeveralPools, 2, true },
        { Move(CallKind.SwapStake, One, Two, 1), CallReach.SeveralPools, 2, true },
        { Move(CallKind.TransferStake, One, One, 1), CallReach.SeveralPools, 1, false },
        { Move(CallKind.TransferStake, One, One, 1) with { ToColdkey = Ann }, CallReach.OnePool, 1, false },
        { Of(CallKind.UnstakeAll), CallReach.SeveralPools, 0, false },
        { Of(CallKind.UnstakeAllAlpha), CallReach.SeveralPools, 0, false },
        { new Call { Kind = CallKind.Transfer, ToColdkey = Bob }, CallReach.Accounts, 0, false },
        { new Call { Kind = CallKind.TransferAll, ToColdkey = AccountId.OfSubnet(One) }, CallReach.SeveralPools, 1, false },
        { Of(CallKind.IncreaseTake), CallReach.Hotkey, 0, true },
        { Of(CallKind.TryAssociateHotkey), CallReach.Hotkey, 0, true },
        { Of(CallKind.StartCall, One), CallReach.SubnetSettings, 1, false },
        { Setting("tempo", "1", One), CallReach.SubnetSettings, 1, false },
        { Of(CallKind.SetTempo, One, 400), CallReach.SubnetSettings, 1, false },
        { Of(CallKind.TriggerEpoch, One), CallReach.SubnetSettings, 1, false },
        { Neurons.Bench.SetWeights(Neurons.Bench.Weights([0], [1])), CallReach.OnePool, 1, false },
        { Neurons.Bench.SetChildren(Hot), CallReach.OnePool, 1, false },
        { Of(CallKind.SetChildkeyTake, One), CallReach.OnePool, 1, false },
        { Of(CallKind.SetAutoStakeHotkey, One), CallReach.OnePool, 1, false },
        { Of(CallKind.SetWeights, One), CallReach.None, 0, false },
        { Setting("owner_cut", "1"), CallReach.NetworkSettings, 0, false },
        { ClaimBench.ClaimOf(Two, One, Two), CallReach.SeveralPools, 3, false },
        { ClaimBench.ClaimOf(One, Two, StableSubnet, new(4), new(5), new(6)), CallReach.SeveralPools, 1, false },
        { ClaimBench.ChoiceOf(RootClaimKind.KeepSubnets, One), CallReach.OnePool, 1, false },
        { Of(CallKind.SetRootClaimThreshold, One), CallReach.SubnetSettings, 1, false },
        { Of(CallKind.SetHyperparameter, One) with { Parameter = "rho", Value = "1" }, CallReach.SubnetSettings, 1, false },
        { Of(CallKind.SetHyperparameter, One), CallReach.None, 0, false },
        { Of(CallKind.SudoSet) with { Parameter = "owner_cut", Value = "1" }, CallReach.NetworkSettings, 0, false },
        { Of(CallKind.SetNumRootClaims), CallReach.NetworkSettings, 0, false },
        { Of(CallKind.AddStakeRecycle, One), CallReach.OnePool, 1, false },
        { Of(CallKind.AddStakeRecycle, One) with { Limit = 1 }, CallReach.OnePool, 1, true },
        { Of(CallKind.RegisterNeuron, One), CallReach.OnePool, 1, true },
        { Of(CallKind.RegisterLimit, One) with { Limit = 1 }, CallReach.OnePool, 1, true },
        { Of(CallKind.RegisterLimit, One), CallReach.None, 0, false },
        { Of(CallKind.RootRegister, One), CallReach.OnePool, 1, true },
        { Of(CallKind.RegisterNetwork), CallReach.Network, 0, true },
        { Of(CallKind.RegisterNetwork) with { Detail = new ClaimDetail([]) }, CallReach.None, 0, false },
        { Of(CallKind.DissolveNetwork, One), CallReach.Network, 0, false },
        { Of(CallKind.SetSubnetIdentity, One) with { Detail = new IdentityDetail("", "", "", "", "", "", "", "") }, CallReach.SubnetSettings, 1, false },
        { Of(CallKind.SetSubnetIdentity, One) with { Detail = new IdentityDetail("", "", "", null!, "", "", "", "") }, CallReach.None, 0, false },
        { Of(CallKind.UpdateSymbol, One) with { Detail = new SymbolDetail("") }, CallReach.Network, 1, false },
        { Of(CallKind.UpdateSymbol, One), CallReach.None, 0, false },
        { Of(CallKind.SetIdentity) with { Detail = new ColdkeyIdentityDetail("", "", "", "", "", "", "") }, CallReach.Registrations, 0, false },
        { Of(CallKind.SetAutoParentDelegation) with { Detail = new SwitchDetail(true) }, CallReach.OnePool, 1, false },
        { Of(CallKind.SwapStakeLimit, One), CallReach.None, 0, false },
        { Keys.KeyBench.Swap(Hot, Warm), CallReach.Network, 0, true },
        { Keys.KeyBench.Swap(Hot, Warm, One, keepsStake: true), CallReach.Network, 0, true },
        { Of(CallKind.SwapHotkey), CallReach.None, 0, false },
        { Keys.KeyBench.Announce(Bob), CallReach.OnePool, 1, false },
        { Of(CallKind.AnnounceColdkeySwap), CallReach.None, 0, false },
        { Keys.KeyBench.Execute(Bob), CallReach.Network, 0, true },
        { Keys.KeyBench.ByRoot(Ann, Bob), CallReach.Network, 0, true },
        { Keys.KeyBench.Dispute, CallReach.Accounts, 0, false },
    };

    [Theory]
    [MemberData(nameof(Rows), DisableDiscoveryEnumeration = true)]
    public void Of_Call_NamesWhoMustTakePart(Call call, CallReach reach, int netuids, bool mayChangeHotkey)
    {
        var shape = CallShape.Of(Ann, call);

        Assert.Equal(reach, shape.Reach);
        Assert.Equal(netuids, shape.Netuids.Count);
        Assert.Equal(mayChangeHotkey, shape.MayChangeHotkey);
    }
}
