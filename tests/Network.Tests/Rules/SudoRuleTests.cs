using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Rules;

/// <summary>What owners and the sudo key set by operations of their own. On a network of its own, because a subnet ends.</summary>
public sealed class SudoRuleTests(SharedNetwork shared) : IClassFixture<SharedNetwork>
{
    private static readonly AccountId Sudo = Staker(7);

    [Fact]
    public async Task Operations_OfOwnerAndSudoKey_SetValuesAndEndASubnet()
    {
        var network = shared.Network;
        var client = new DtaoClient(shared.Cluster.Host.Grains);
        var token = TestContext.Current.CancellationToken;

        // Without a key in the genesis nobody has one.
        Assert.Equal(LedgerError.BadOrigin, (await network.Submit(Sudo, Calls.SudoSet("owner_cut", "7"))).Outcome!.Error);
        await shared.Administer("sudo_key", Sudo.ToString());

        // The network's parameter: quoted, set once however often it is sent, and known to every pool on return.
        Assert.Equal(LedgerError.BadOrigin, (await client.QuoteAsync(Owner, Calls.SudoSet("owner_cut", "7"), token)).Error);
        Assert.Equal(LedgerError.None, (await client.QuoteAsync(Sudo, Calls.SudoSet("owner_cut", "7"), token)).Error);
        var operation = await network.Prepare(Sudo, Calls.SudoSet("owner_cut", "7"));
        var first = await network.Submit(operation);
        Assert.True(first.IsApplied, first.ErrorName);
        var revision = (await client.GetNetworkAsync(token)).Revision;
        Assert.Equal(first.Order, (await network.Submit(operation)).Order);
        var after = await client.GetNetworkAsync(token);
        Assert.Equal((revision, 7), (after.Revision, after.Parameters.OwnerCut));
        Assert.Equal(LedgerError.InvalidParameterValue, (await network.Submit(Sudo, Calls.SudoSet("owner_cut", "65536"))).Outcome!.Error);
        Assert.Equal(LedgerError.BadOrigin, (await network.Submit(Owner, Calls.SudoSet("owner_cut", "8"))).Outcome!.Error);

        // A subnet's value: the owner's, and root's.
        Assert.True((await network.Submit(Owner, Calls.SetHyperparameter(One, "max_burn", "200000000"))).IsApplied);
        Assert.Equal(LedgerError.BadOrigin, (await network.Submit(Owner, Calls.SetHyperparameter(One, "kappa", "9"))).Outcome!.Error);
        Assert.True((await network.Submit(Sudo, Calls.SetHyperparameter(One, "kappa", "9"))).IsApplied);
        Assert.Equal(LedgerError.FeeRateTooHigh, (await client.QuoteAsync(Sudo, Calls.SetHyperparameter(One, "fee_rate", "10001"), token)).Error);
        var books = (await network.Pool(One).GetView()).Books!;
        Assert.Equal((200_000_000UL, 9), (books.MaxBurn.Rao, books.Hyper.Kappa));

        // The end of a subnet.
        Assert.Equal(LedgerError.BadOrigin, (await network.Submit(Owner, Calls.DissolveNetwork(Two))).Outcome!.Error);
        var ended = await network.Submit(Sudo, Calls.DissolveNetwork(Two));
        Assert.True(ended.IsApplied, ended.ErrorName);
        Assert.Null(await client.GetSubnetAsync(Two, token));
        Assert.Equal(LedgerError.SubnetNotExists, (await network.Submit(Sudo, Calls.DissolveNetwork(Two))).Outcome!.Error);
    }
}
