using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Grains;
using Dtao.Grains.Lanes;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;
using Dtao.TestKit;
using Orleans.Core.Internal;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Rules;

/// <summary>Subnets that come while a block begins, and while somebody sends to the account of the netuid that they get.</summary>
public sealed class NetworkChangeRuleTests
{
    private static readonly NetUid s_next = new(5);

    private static Call Register => new() { Kind = CallKind.RegisterNetwork, Hotkey = Ghost };

    private static GenesisState Cheap()
    {
        var genesis = Genesis();
        return genesis with { Parameters = genesis.Parameters with { NetworkMinLock = new Tao(OneTao), NetworkLastLock = new Tao(OneTao) } };
    }

    /// <summary>The coordinator has begun, and has not paused the lane: whatever subnet comes until then takes part in the block.</summary>
    [Fact]
    public async Task Block_SubnetRegisteredBeforeTheLanePaused_HasPartInItAndInTheNext()
    {
        await using var rules = await RuleNetwork.StartAsync(Cheap());
        var network = rules.Network;
        var held = rules.Calls.HoldNextRequest(rules.Grains.Lane(), nameof(ILaneGrain.PauseForBlock));

        var closing = network.Coordinator.CloseBlock();
        await held.Reached;
        var registered = await network.Submit(Staker(0), Register);
        held.Release();
        var first = await closing;
        var second = await network.Coordinator.CloseBlock();

        Assert.True(registered.IsApplied, registered.ErrorName);
        Assert.Equal(s_next, registered.Outcome!.Netuid);
        Assert.Equal(6, first.Subnets);
        Assert.Equal(second.Number, (await network.Pool(s_next).GetView()).Block);
    }

    /// <summary>Root's members are asked about everywhere: the one whose stakes on all subnets are worth the threshold becomes a parent, the other does not.</summary>
    [Theory]
    [InlineData(0UL)]
    [InlineData(300UL * OneTao)]
    public async Task Register_WithValidatorsOnRoot_LinksThoseWithTheStake(ulong threshold)
    {
        var genesis = Cheap();
        genesis = genesis with
        {
            Parameters = genesis.Parameters with { StakeThreshold = threshold },
            Subnets = [.. genesis.Subnets.Select(subnet => subnet.Books.IsRoot
                ? subnet with { Neurons = [new Neuron { Hotkey = Hot, Rows = [NeuronRow.Empty] }, new Neuron { Hotkey = Warm, Rows = [NeuronRow.Empty] }] }
                : subnet)],
        };
        await using var rules = await RuleNetwork.StartAsync(genesis);
        var model = new SequentialNetwork(GenesisBuilder.Build(genesis));

        var quoted = await rules.Network.Account(Staker(0)).Quote(Register);
        var registered = await rules.Network.Submit(Staker(0), Register);
        Assert.True(model.Execute(Staker(0), Register).IsOk);

        Assert.Equal(LedgerError.None, quoted.Error);
        Assert.True(registered.IsApplied, registered.ErrorName);
        var linked = (await rules.Network.Pool(s_next).GetMetagraph(null, 0))!.Metagraph.Parents[Ghost];
        Assert.Equal(model.GetMetagraph(s_next).Parents[Ghost], linked);
        Assert.Equal(threshold == 0 ? [Hot, Warm] : [Hot], linked.Select(link => link.Hotkey).Order());
    }

    /// <summary>The netuid's actor is activated afresh after the lane has read what lies on its account: it asks whether it must stay closed.</summary>
    [Fact]
    public async Task Gift_ToANetuidThatIsBeingRegistered_WaitsAndIsInTheNewSubnetsBooks()
    {
        await using var rules = await RuleNetwork.StartAsync(Cheap());
        var network = rules.Network;
        var held = rules.Calls.HoldNext(rules.Grains.Validator(Ghost), nameof(IValidatorGrain.Reserve));

        var registering = network.Submit(Staker(0), Register);
        await held.Reached;
        await network.Pool(s_next).AsReference<IGrainManagementExtension>().DeactivateOnIdle(TestContext.Current.CancellationToken);
        var sending = network.Submit(Staker(1), Calls.Transfer(AccountId.OfSubnet(s_next), new Tao(OneTao), keepAlive: true));
        await network.WaitForInFlight(Staker(1), 1);
        held.Release();
        var (registered, sent) = (await registering, await sending);

        Assert.True(registered.IsApplied, registered.ErrorName);
        Assert.True(sent.IsApplied, sent.ErrorName);
        var view = await network.Pool(s_next).GetView();
        Assert.Equal(registered.Outcome!.Paid + new Tao(OneTao), view.Books!.AccountTao);
        Assert.Equal(Tao.Zero, view.UnclaimedTao);
    }
}
