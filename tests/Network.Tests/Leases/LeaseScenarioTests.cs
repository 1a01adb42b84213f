using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Leases;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Leases;

/// <summary>A subnet that is under a lease from genesis on, on a cluster and on the sequential model.</summary>
public sealed class LeaseScenarioTests
{
    private static readonly (AccountId Beneficiary, AccountId Ann, AccountId Bob) s_stakers = (Staker(0), Staker(1), Staker(2));

    /// <summary>Cuts are put aside, shared out in block 100, put aside again; then the lease ends, and the subnet changes hands.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Cluster_LeasedSubnet_IsTheModels(int silos)
    {
        var (beneficiary, ann, _) = s_stakers;
        (ulong Blocks, AccountId Signer, Call? Call)[] steps =
        [
            (95, default, null), (3, default, null), (7, default, null),
            (0, ann, Calls.TerminateLease(One, Ghost)), (0, beneficiary, Calls.TerminateLease(Two, Ghost)), (0, beneficiary, Calls.TerminateLease(One, Ghost)),
            (20, default, null),
            (0, beneficiary, Calls.TerminateLease(One, Hot)), (0, beneficiary, Calls.TryAssociateHotkey(Ghost)), (0, beneficiary, Calls.TerminateLease(One, Ghost)),
            (0, beneficiary, Calls.TerminateLease(One, Ghost)), (11, default, null),
        ];
        var scenario = new Scenario(
            "lease", SmallNetwork.Aliases, Leased(), [.. steps.Select(step => new ScenarioStep(step.Blocks, step.Signer, step.Call))],
            new ScenarioExpectation(null, null, null, []));

        await using var cluster = new OrderedLogNetwork(await ClusterNetwork.StartAsync(scenario.Genesis, silos));
        var onModel = Text(await ScenarioRunner.Run(scenario, new ModelNetwork(scenario.Genesis)));
        var onCluster = Text(await ScenarioRunner.Run(scenario, new RestartingNetwork(cluster, 2)));

        Assert.Equal(onModel, onCluster);
        string[] named = ["ExpectedBeneficiaryOrigin", "LeaseDoesNotExist", "LeaseHasNotEnded", "BeneficiaryDoesNotOwnHotkey"];
        Assert.All(named, error => Assert.Contains($"\"{error}\"", onModel, StringComparison.Ordinal));
        await cluster.AssertClean();
    }

    /// <summary>What readers are told before and after a distribution, and what contributors have then.</summary>
    [Fact]
    public async Task Lease_BeforeAndAfterADistribution_IsShownWithWhatIsPutAside()
    {
        await using var rules = await RuleNetwork.StartAsync(Leased());
        var network = rules.Network;
        for (var block = 0; block < 99; block++) await network.Coordinator.CloseBlock();
        var before = (await network.Pool(One).GetView()).Lease!;
        var held = await Positions(network);

        await network.Coordinator.CloseBlock();
        var after = (await network.Pool(One).GetView()).Lease!;
        var gained = (await Positions(network)).Zip(held, (now, then) => now - then).ToArray();

        Assert.Equal((s_stakers.Beneficiary, (byte)40, (BlockNumber?)new BlockNumber(120), 2), (before.Beneficiary, before.EmissionsShare, before.EndBlock, before.Contributors));
        Assert.True(before.Accrued > Alpha.Zero);
        Assert.Equal(Alpha.Zero, after.Accrued);
        Assert.Null((await network.Pool(Two).GetView()).Lease);

        // Two quarters to Bob, one to Ann, who paid a half of what he did, and the beneficiary's own quarter; each holds stake that earns dividends beside it.
        Assert.True(gained[0] > 0 && gained[1] > 0 && gained[2] > gained[1] + (gained[1] / 2), string.Join(' ', gained));
    }

    private static async Task<ulong[]> Positions(RunningNetwork network)
    {
        var (beneficiary, ann, bob) = s_stakers;
        AccountId[] coldkeys = [beneficiary, ann, bob];
        return await Task.WhenAll(coldkeys.Select(async coldkey => (await network.Position(One, Hot, coldkey)).Rao));
    }

    /// <summary>Subnet 1 has an epoch every ten blocks; its owner's keys are the lease's.</summary>
    private static GenesisState Leased()
    {
        var (beneficiary, ann, bob) = s_stakers;
        var genesis = Genesis(stakers: 4);
        (AccountId, Tao)[] paid = [(beneficiary, new Tao(OneTao)), (ann, new Tao(OneTao)), (bob, new Tao(2 * OneTao))];
        return genesis with
        {
            Subnets = [.. genesis.Subnets.Select(subnet =>
            {
                if (subnet.Books.Netuid != One) return subnet;
                subnet.Books.Tempo = 10;
                return subnet with { Lease = new SubnetLease(beneficiary, Owner, Hot, 40, new BlockNumber(120), LeaseShares.Of(paid, beneficiary), Alpha.Zero) };
            })],
        };
    }

    private static string Text(ScenarioRun run) => System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(run.State));
}
