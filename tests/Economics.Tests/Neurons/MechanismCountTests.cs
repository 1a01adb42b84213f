using System.Collections.Immutable;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Tests.Registration;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Neurons;

/// <summary>Setting how many mechanisms a subnet has and how its emission is split, and what stays of those that go.</summary>
public class MechanismCountTests
{
    private static readonly AccountId Sudo = Key(77);

    [Fact]
    public void Count_Lowered_TakesRowsCommitsAndSplitOfTheMechanismsThatGo()
    {
        var network = Network(count: 3);

        Assert.Equal(LedgerError.None, Set(network, "mechanism_count", "1"));

        var after = network.GetMetagraph(One);
        Assert.All(after.Neurons, neuron => Assert.Equal(7UL, Assert.Single(neuron.Rows).LastUpdate));
        Assert.Equal([0], after.Commits.Keys.Select(key => (int)key.Mechanism));
        Assert.Empty(after.MechanismSplit);
        Assert.Equal(1, Books(network).Hyper.MechanismCount);
        Assert.Equal(LedgerError.None, Set(network, "mechanism_count", "2", Sudo));
        Assert.Equal(NeuronRow.Empty, network.GetMetagraph(One).Neurons[0].Row(1));
    }

    [Fact]
    public void Count_TheSameOrMore_KeepsTheRows()
    {
        var network = Network(count: 2);

        Assert.Equal(LedgerError.None, Set(network, "mechanism_count", "2", Sudo));
        Assert.Equal([10_000, 55_535], network.GetMetagraph(One).MechanismSplit.Select(part => (int)part));
        Assert.Equal(LedgerError.None, Set(network, "mechanism_count", "3", Sudo));

        Assert.Empty(network.GetMetagraph(One).MechanismSplit);
        Assert.All(network.GetMetagraph(One).Neurons, neuron => Assert.Equal(3, neuron.Rows.Length));
    }

    [Fact]
    public void Split_SetAndCleared_IsTheStatedOneAndThenEven()
    {
        var network = Network(count: 2);

        Assert.Equal(LedgerError.None, Set(network, "mechanism_emission_split", "1,65534", Sudo));
        Assert.Equal([1, 65_534], network.GetMetagraph(One).MechanismSplit.Select(part => (int)part));
        Assert.Equal(LedgerError.None, Set(network, "mechanism_emission_split", "65535", Sudo));
        Assert.Equal([65_535], network.GetMetagraph(One).MechanismSplit.Select(part => (int)part));
        Assert.Equal(LedgerError.None, Set(network, "mechanism_emission_split", null, Sudo));

        Assert.Empty(network.GetMetagraph(One).MechanismSplit);
    }

    /// <summary>Count and split have a limit each; the sudo key has none, and nobody has where owners have none.</summary>
    [Theory]
    [InlineData(2UL, 7_199UL, LedgerError.TxRateLimitExceeded)]
    [InlineData(2UL, 7_200UL, LedgerError.None)]
    [InlineData(0UL, 0UL, LedgerError.None)]
    public void Count_OwnerAgain_MustWaitBlocks(ulong ownersLimit, ulong later, LedgerError expected)
    {
        var network = Network(count: 3, ownersLimit).At(1);
        Assert.Equal(LedgerError.None, Set(network, "mechanism_count", "2"));
        Assert.Equal(LedgerError.None, Set(network, "mechanism_emission_split", "65535"));

        Assert.Equal(expected, Set(network.At(1 + later), "mechanism_count", "3"));
    }

    [Fact]
    public void Count_SubnetThatIsNotThere_IsToldAsAMissingMechanism() =>
        Assert.Equal(LedgerError.MechanismDoesNotExist, Set(Network(count: 2), "mechanism_count", "1", Sudo, new NetUid(99)));

    [Theory]
    [InlineData("0")]
    [InlineData("17")]
    public void Admin_CountThatNoSubnetCanHave_IsRefused(string value)
    {
        var network = Network(count: 2);
        var call = new Call { Kind = CallKind.Admin, Netuid = One, IsSubnetParameter = true, Parameter = "mechanism_count", Value = value };

        Assert.Equal(LedgerError.InvalidParameterValue, network.Execute(default, call).Error);
        Assert.Equal(LedgerError.None, network.Execute(default, call with { Value = "1" }).Error);
        Assert.All(network.GetMetagraph(One).Neurons, neuron => Assert.Single(neuron.Rows));
    }

    private static LedgerError Set(SequentialNetwork network, string name, string? value, AccountId? signer = null, NetUid? netuid = null) => network.Execute(
        signer ?? Owner, new Call { Kind = CallKind.SetHyperparameter, Netuid = netuid ?? One, Parameter = name, Value = value }).Error;

    private static SubnetBooks Books(SequentialNetwork network) => network.TryGetBooks(One, out var books) ? books : throw new InvalidOperationException();

    private static SequentialNetwork Network(byte count, ulong ownersLimit = 2)
    {
        var row = new NeuronRow { LastUpdate = 7 };
        var ledger = new TestLedger
        {
            Parameters = new() { MaxMechanismCount = 3, SudoKey = Sudo, OwnerHyperparamRateLimit = ownersLimit, AdminFreezeWindow = 0 },
        };
        ledger.Books(One).Owner = Owner;
        ledger.Books(One).Hyper = ledger.Books(One).Hyper with { MechanismCount = count, MaxUids = 64 };
        return ledger.Build((One, Metagraph.Empty with
        {
            Neurons = [.. Enumerable.Range(1, 4).Select(key => new Neuron { Hotkey = Key((byte)key), Rows = [row, row, row] })],
            Commits = Metagraph.Empty.Commits.AddRange(
                Enumerable.Range(0, 3).Select(mechanism => KeyValuePair.Create(new CommitKey((byte)mechanism, Hot), ImmutableArray<WeightCommit>.Empty))),
            MechanismSplit = [10_000, 55_535],
        }));
    }
}
