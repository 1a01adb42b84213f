using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains;
using Dtao.Grains.Validators;
using Dtao.TestKit;
using Orleans.Core.Internal;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Rules;

/// <summary>What whoever makes a block is told of hotkeys: how they were when it began, however late he asks.</summary>
public sealed class HotkeyAtStartRuleTests : IAsyncLifetime
{
    private RuleNetwork? _network;

    private RuleNetwork Rules => _network!;

    private RunningNetwork Network => Rules.Network;

    public async ValueTask InitializeAsync() => _network = await RuleNetwork.StartAsync();

    public ValueTask DisposeAsync() => Rules.DisposeAsync();

    /// <summary>The block has begun and its owner does not know: what he does then belongs to it, and he acts in no earlier one after that.</summary>
    [Fact]
    public async Task RecordAtStart_HotkeyAssociatedAfterItWasTold_IsAbsentInTheBlockAndItsOwnerWaitsForIt()
    {
        var block = (await Network.Head()).Next;
        var told = await Ghostly.GetRecordAtStart(block);

        var associated = await Network.Submit(Staker(0), Calls.TryAssociateHotkey(Ghost));
        var staking = Network.Submit(Staker(0), Calls.AddStake(Hot, One, new Tao(OneTao)));
        await Network.WaitForInFlight(Staker(0), 1);
        var again = await Ghostly.GetRecordAtStart(block);
        await Deactivate(Ghostly);
        var afterRestart = await Ghostly.GetRecordAtStart(block);
        await Network.Coordinator.CloseBlock();
        var next = await Ghostly.GetRecordAtStart(block.Next);

        Assert.True(associated.IsApplied, associated.ErrorName);
        Assert.Equal(block, associated.Block);
        Assert.Equal((null, null, null), (told, again, afterRestart));
        Assert.Equal(block, (await staking).Block);
        Assert.Equal(Staker(0), next!.Owner);
    }

    /// <summary>That the block was told outlives the activation: a sender who lags is brought to it by the next one too.</summary>
    [Fact]
    public async Task RecordAtStart_ToldBeforeARestart_StillDrawsLaterOperationsIntoTheBlock()
    {
        var block = (await Network.Head()).Next;
        await Ghostly.GetRecordAtStart(block);
        await Deactivate(Ghostly);

        var associated = await Network.Submit(Staker(1), Calls.TryAssociateHotkey(Ghost));

        Assert.Equal(block, associated.Block);
        Assert.Null(await Ghostly.GetRecordAtStart(block));
        Assert.NotNull(await Ghostly.GetRecord());
        await Network.Coordinator.CloseBlock();
    }

    [Fact]
    public async Task RecordAtStart_ChangedBeforeItWasTold_IsTheChangedOne()
    {
        var head = await Network.Head();
        var associated = await Network.Submit(Staker(2), Calls.TryAssociateHotkey(Ghost));

        var next = await Ghostly.GetRecordAtStart(head.Next);

        Assert.Equal(head, associated.Block);
        Assert.Equal(Staker(2), next!.Owner);
    }

    /// <summary>A pool's and the lane's delegates belong to the block in which the stake came.</summary>
    [Fact]
    public async Task RecordAtStart_DelegateMadeByStaking_IsOneOnlyAfterTheBlock()
    {
        var block = (await Network.Coordinator.CloseBlock()).Number;
        var hotkey = Rules.Grains.Validator(Warm);

        var staked = await Network.Submit(Staker(3), Calls.AddStakeLimit(Warm, One, new Tao(OneTao), new LimitPrice(ulong.MaxValue), allowPartial: true));

        Assert.True(staked.IsApplied, staked.ErrorName);
        Assert.Equal(block, staked.Block);
        Assert.Null((await hotkey.GetRecordAtStart(block))!.StoredTake);
        Assert.Equal(Take.Default.Parts, (await hotkey.GetRecordAtStart(block.Next))!.StoredTake);
        await Network.Coordinator.CloseBlock();
    }

    private IValidatorGrain Ghostly => Rules.Grains.Validator(Ghost);

    private static async Task Deactivate(IGrain grain) => await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
}
