using System.Runtime.CompilerServices;
using Dtao.Economics.Ledger;
using Dtao.Economics.Settings;
using Xunit;

namespace Dtao.Economics.Tests.Settings;

public class HyperparametersTests
{
    [Fact]
    public void Tables_EverySettingOfGenesis_StandsThereOrIsState()
    {
        var subnet = Hyperparameters.OfSubnet.Select(value => value.Name).Except(["mechanism_emission_split", "alpha_values"]).Concat(Hyperparameters.StateOfSubnet);
        var network = Hyperparameters.OfNetwork.Select(value => value.Name).Concat(Hyperparameters.StateOfNetwork);

        Assert.Equal(SubnetSettings.Names.Order(), subnet.Order());
        Assert.Equal(ParameterSettings.Names.Order(), network.Order());
    }

    [Fact]
    public void Tables_SlotsOfOwners_AreGivenOnce()
    {
        var slots = Hyperparameters.OfSubnet.Where(value => value.Slot != 0).Select(value => value.Slot).ToArray();

        Assert.Equal(slots.Length, slots.Distinct().Count());
        Assert.All(Hyperparameters.OfSubnet, value => Assert.True(value.Slot == 0 || value.Rate != OwnerRate.None, value.Name));
    }

    [Fact]
    public void TryRead_NameOfChainAndOwn_TellTheSame()
    {
        var books = new SubnetBooks { Hyper = new SubnetHyperparameters { MaxUids = 77, AlphaLow = 5, AlphaHigh = 6, Steepness = -3 } };

        Assert.True(Hyperparameters.TryRead(books, "max_uids", out var own));
        Assert.True(Hyperparameters.TryRead(books, "max_allowed_uids", out var chain));
        Assert.True(Hyperparameters.TryRead(books, "alpha_values", out var pair));
        Assert.True(Hyperparameters.TryRead(books, "alpha_sigmoid_steepness", out var steepness));
        Assert.Equal(("77", "77", "5,6", "-3"), (own, chain, pair, steepness));
        Assert.False(Hyperparameters.TryRead(books, "no_such", out _));
        Assert.False(Hyperparameters.TryRead(NetworkParameters.Default, "max_uids", out _));
    }

    /// <summary>What is read can be set again, and comes out the same: reading and setting mean one field.</summary>
    [Fact]
    public void Read_WhatWasSet_ComesBack()
    {
        foreach (var value in Hyperparameters.OfSubnet.Where(value => SubnetSettings.IsKnown(value.Name)))
        {
            var text = Other(value, value.Read(new SubnetBooks()));
            var books = new SubnetBooks();
            Assert.Equal(LedgerError.None, SubnetSettings.Set(books, value.Name, text));
            Assert.Equal(text, value.Read(books));
        }

        foreach (var value in Hyperparameters.OfNetwork)
        {
            var text = Other(value, value.Read(NetworkParameters.Default));
            Assert.Equal(LedgerError.None, ParameterSettings.Set(NetworkParameters.Default, value.Name, text, out var changed));
            Assert.Equal(text, value.Read(changed));
        }
    }

    [Fact]
    public void Page_Tables_AreTheCodes()
    {
        var page = File.ReadAllText(PagePath());

        Assert.Contains(HyperparametersPage.OfSubnet(), page, StringComparison.Ordinal);
        Assert.Contains(HyperparametersPage.OfNetwork(), page, StringComparison.Ordinal);
        Assert.Contains(HyperparametersPage.OfLimits(), page, StringComparison.Ordinal);
    }

    private static string Other(Hyperparameter value, string? before) => value.Kind switch
    {
        SettingKind.Flag => before == "true" ? "false" : "true",
        SettingKind.Account => new string('7', 2 * AccountId.Length),
        _ => value.Name is "mechanism_count" or "max_mechanism_count" ? "12" : "123",
    };

    private static string PagePath([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "reference", "hyperparameters.md");
}
