using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Genesis;
using Xunit;

namespace Dtao.Hosting.Tests.Genesis;

public class DemoGenesisTests
{
    private static readonly GenesisDocument Demo = DemoGenesis.Create();

    [Fact]
    public void Create_Twice_IsTheSameToTheByte() =>
        Assert.Equal(GenesisWriter.Write(Demo), GenesisWriter.Write(DemoGenesis.Create()));

    [Fact]
    public void Create_WrittenAndRead_IsTheSameState()
    {
        var again = GenesisDocumentReader.Read(GenesisWriter.Write(Demo));

        Assert.Empty(again.Faults);
        GenesisStates.AssertEqual(Demo.ToState(), again.Document!.ToState());
    }

    [Fact]
    public void Create_Network_HasThePeopleAndSubnetsThatItPromises()
    {
        Assert.Equal(16, Demo.Subnets.Count(subnet => !subnet.Netuid.IsRoot));
        Assert.Equal(16, Demo.Subnets.Where(subnet => !subnet.Netuid.IsRoot).Select(subnet => subnet.Name).Distinct().Count());
        Assert.Equal(32, Demo.Hotkeys.Count(hotkey => hotkey.Take is not null));
        Assert.Equal(1_000, DemoGenesis.Stakers.Intersect(Demo.Balances.Select(balance => balance.Account)).Count());
        Assert.All(DevAccounts.ByName.Values, dev => Assert.Contains(Demo.Balances, balance => balance.Account == dev && balance.Free == DemoGenesis.DevFunds));
    }

    [Fact]
    public void Create_EverySubnet_HasValidatorsAndMinersAndShortEpochs()
    {
        var subnets = Demo.Subnets.Where(subnet => !subnet.Netuid.IsRoot).ToList();

        Assert.All(subnets, subnet =>
        {
            Assert.Equal((8, 17), (subnet.Neurons.Count(neuron => neuron.HasPermit), subnet.Neurons.Count));
            Assert.Equal(subnet.Books.OwnerHotkey, subnet.Neurons[0].Hotkey);
            Assert.InRange(subnet.Books.Tempo, (ushort)1, (ushort)60);
        });
        Assert.Equal(1UL, Demo.Parameters.NumRootClaim);
    }

    [Fact]
    public void Create_Issuance_IsExactAndMintsOneTaoABlock()
    {
        var network = GenesisBuilder.Build(Demo.ToState());

        Assert.Equal(DemoGenesis.Issuance, network.TotalIssuance);
        Assert.Equal(new Tao(1_000_000_000), BlockEmission.Minted(network.TotalIssuance, network.TotalIssuance));
        Assert.True(network.Subnets.Single(books => books.IsRoot).TaoReserve > new Tao(1_000_000_000_000_000));
    }

    [Fact]
    public void Create_EverySubnet_EmitsAndHasHoldersAndAPrice()
    {
        var network = GenesisBuilder.Build(Demo.ToState());
        var dynamicSubnets = network.Subnets.Where(books => !books.IsRoot).ToList();

        Assert.All(dynamicSubnets, books => Assert.True(books is { IsEmitting: true, EmissionEnabled: true } && books.AlphaOutstanding > Alpha.Zero));
        var priceSum = dynamicSubnets.Aggregate(Int128.Zero, (sum, books) => sum + books.MovingPrice.Bits);
        Assert.InRange(priceSum, (Int128)1 << 31, (Int128)1 << 32);
        Assert.Equal(16, dynamicSubnets.Select(books => books.TaoReserve).Distinct().Count());
    }
}
