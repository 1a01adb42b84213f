using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Genesis;
using Xunit;

namespace Dtao.Hosting.Tests.Genesis;

public class GenesisReaderTests
{
    [Fact]
    public void Read_SmallDocument_HasEveryFigure()
    {
        var document = GenesisDocuments.Valid(GenesisDocuments.Small);

        Assert.Equal(("small", "small-1", 1_000L), (document.Name, document.NetworkId, document.BlockIntervalMilliseconds));
        Assert.Equal([1_000_000_000UL, 2_000_000_000UL, 1_000_000_000_000UL], document.Balances.Select(balance => balance.Free.Rao));
        Assert.Equal(DevAccounts.Alice, document.Balances[2].Account);
        Assert.Equal(DevAccounts.Bob, document.Balances[1].Account);
        Assert.Equal(new Take(5_000), Assert.Single(document.Hotkeys).Take);
        Assert.Equal(["root", "Lantern"], document.Subnets.Select(subnet => subnet.Name));
        Assert.Equal("LAN", document.Subnets[1].Symbol);
        Assert.Equal(2, document.Stakes.Count);
        Assert.All(document.Subnets, subnet => Assert.Empty(subnet.Neurons));
    }

    [Fact]
    public void Read_SmallDocument_TotalsAllTao()
    {
        var document = GenesisDocuments.Valid(GenesisDocuments.Small);

        // Free TAO, the reserve of subnet 1, and the stake on root.
        Assert.Equal(new Tao(1_000_000_000UL + 2_000_000_000 + 1_000_000_000_000 + 3_000_000_000_000 + 7_000_000_000), document.TotalIssuance);
        Assert.Equal(document.TotalIssuance, GenesisBuilder.Build(document.ToState()).TotalIssuance);
    }

    [Theory]
    [InlineData("feeAccount")]
    [InlineData("author")]
    public void Read_FeeAccountByEitherName_IsTheAuthor(string field)
    {
        var json = GenesisDocuments.With(field, "\"//Eve\"");

        Assert.Equal(DevAccounts.Eve, GenesisDocuments.Valid(json).Parameters.Author);
    }

    [Fact]
    public void Read_NullFeeAccount_MeansNone() =>
        Assert.Null(GenesisDocuments.Valid(GenesisDocuments.With("feeAccount", "null")).Parameters.Author);

    [Theory]
    [InlineData(GenesisDocuments.AliceAddress)]
    [InlineData("0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d")]
    [InlineData("d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d")]
    [InlineData("//Alice")]
    public void Read_AccountInEveryForm_IsTheSameAccount(string written)
    {
        var json = GenesisDocuments.With("subnets 1 owner", $"\"{written}\"");

        Assert.Equal(DevAccounts.Alice, GenesisDocuments.Valid(json).Subnets[1].Books.Owner);
    }

    [Fact]
    public void Read_BuiltInBurnAccount_NeedsNoDeclaration()
    {
        var document = GenesisDocuments.Valid(GenesisDocuments.With("balances burn", "700"));

        Assert.Contains(document.Balances, balance => balance.Account == AccountId.Burn && balance.Free == new Tao(700));
    }

    [Fact]
    public void Read_Lease_HasTheOwnersKeysAndSharesByWhatEachPaid()
    {
        var json = GenesisDocuments.With(
            "subnets 1 lease", """{"beneficiary": "ben", "emissions_share": 25, "contributions": [{"coldkey": "ben", "amount": 1}, {"coldkey": "//Charlie", "amount": "3"}]}""");

        var subnet = GenesisDocuments.Valid(json).ToState().Subnets[1];
        var lease = subnet.Lease!;

        Assert.Equal((subnet.Books.Owner!.Value, subnet.Books.OwnerHotkey!.Value, (byte)25, Alpha.Zero), (lease.Coldkey, lease.Hotkey, lease.EmissionsShare, lease.Accrued));
        Assert.Null(lease.EndBlock);
        Assert.Equal(new Dictionary<AccountId, U64F64> { [DevAccounts.Charlie] = U64F64.FromRatio(3, 4) }, lease.Shares);
    }

    [Fact]
    public void Read_Neurons_HaveTheirUidsOrderAndDefaults()
    {
        var json = GenesisDocuments.With("subnets 1 neurons", """[{"hotkey": "hot", "registered": 5, "permit": true}, {"hotkey": "//Charlie", "registered": 7, "last_update": "9"}]""")
            .Replace("\"hotkeys\":{", "\"hotkeys\":{\"//Charlie\":{\"owner\":\"ben\"},", StringComparison.Ordinal);

        var neurons = GenesisDocuments.Valid(json).ToState().Subnets[1].Neurons;

        Assert.Equal(
            [(5UL, 5UL, true, true), (7UL, 9UL, false, true)],
            neurons.Select(neuron => (neuron.RegisteredAt, neuron.Row(0).LastUpdate, neuron.HasPermit, neuron.IsActive)));
        Assert.Equal(DevAccounts.Charlie, neurons[1].Hotkey);
    }

    [Fact]
    public void Read_Hyperparameters_AreThoseOfTheBooks()
    {
        var json = GenesisDocuments.With("subnets 1 activity_cutoff_factor", "4294967295").Replace(
            "\"symbol\"", "\"kappa\":1,\"steepness\":-7,\"reveal_period\":100,\"bonds_reset\":true,\"owner_cut_auto_lock\":true,\"symbol\"", StringComparison.Ordinal);

        var hyper = GenesisDocuments.Valid(json).Subnets[1].Books.Hyper;

        Assert.Equal(
            SubnetHyperparameters.Default with
            {
                ActivityCutoffFactor = uint.MaxValue,
                Kappa = 1,
                Steepness = -7,
                RevealPeriod = 100,
                BondsReset = true,
                OwnerCutAutoLock = true,
            },
            hyper);
    }

    [Fact]
    public void Read_ParametersGiven_ReplaceTheDefaultsOnly()
    {
        var parameters = GenesisDocuments.Valid(GenesisDocuments.With("parameters owner_cut", "\"7\"")).Parameters;

        Assert.Equal(NetworkParameters.Default with { OwnerCut = 7 }, parameters);
    }

    [Fact]
    public void Write_ThenRead_IsTheSameState()
    {
        var json = GenesisDocuments.With("subnets 1 weight", "\"560000000000000000\"");
        var document = GenesisDocuments.Valid(json);

        var again = GenesisDocumentReader.Read(GenesisWriter.Write(document));

        GenesisStates.AssertEqual(document.ToState(), again.Document!.ToState());
        Assert.Equal(document.Subnets.Select(subnet => (subnet.Name, subnet.Symbol)), again.Document.Subnets.Select(subnet => (subnet.Name, subnet.Symbol)));
        Assert.Equal((document.Name, document.NetworkId, document.BlockIntervalMilliseconds), (again.Document.Name, again.Document.NetworkId, again.Document.BlockIntervalMilliseconds));
    }

    [Fact]
    public void Write_EveryParameterAndFieldOffItsDefault_ReadsBackTheSame()
    {
        // A field that the writer forgets reads back as its default, and so differs.
        var document = GenesisDocuments.Valid(GenesisDocuments.Small);
        var parameters = document.Parameters with { Author = DevAccounts.Dave };
        foreach (var rule in GenesisFields.Parameters)
        {
            var text = rule.Kind switch
            {
                FieldKind.Account => DevAccounts.Eve.ToString(),
                FieldKind.Flag => "true",
                _ => rule.Name is "min_take" or "max_mechanism_count" ? "3" : "9001"[..(rule.Highest < 9001 ? 2 : 4)],
            };
            Assert.Equal(LedgerError.None, ParameterSettings.Set(parameters, rule.Name, text, out parameters));
        }
        var books = document.Subnets[1].Books.Copy();
        foreach (var rule in GenesisFields.Subnet)
        {
            var text = rule.Name switch
            {
                "mechanism" => "0",
                "weight" => "300000000000000000",
                "max_burn" => "900000000",
                "protocol_alpha" => "0",
                "reveal_period" => "99",
                "steepness" => "-4321",
                "mechanism_count" => "5",
                _ when rule.Kind == FieldKind.Number => "4321",
                _ when rule.Kind == FieldKind.Flag => SubnetFlagIsOn(rule.Name) ? "false" : "true",
                _ => null,
            };
            if (text is not null) Assert.Equal(LedgerError.None, SubnetSettings.Set(books, rule.Name, text));
        }
        DocumentNeuron[] neurons = [new("", document.Hotkeys[0].Hotkey, 3, 4, HasPermit: true)];
        var lease = new DocumentLease("", AccountId.Burn, 30, new BlockNumber(9), [new("", DevAccounts.Charlie, new Tao(5)), new("", document.Hotkeys[0].Owner, new Tao(ulong.MaxValue - 5))]);
        var changed = document with
        {
            Parameters = parameters,
            Balances = [.. document.Balances.Select(balance => balance with { Free = new Tao(balance.Free.Rao + 9_001) })],
            Hotkeys = [.. document.Hotkeys.Select(hotkey => hotkey with { Take = new Take(50) })],
            Subnets = [document.Subnets[0], document.Subnets[1] with { Books = books, AccountSurplus = new Tao(77), AlphaOutstanding = new Alpha(6_000_000_000_000), Neurons = neurons, Lease = lease }],
            TotalStake = new Tao(123),
        };

        var again = GenesisDocumentReader.Read(GenesisWriter.Write(changed));

        Assert.Empty(again.Faults);
        GenesisStates.AssertEqual(changed.ToState(), again.Document!.ToState());
    }

    private static bool SubnetFlagIsOn(string name) => name is "registration_allowed" or "emission_enabled" or "owner_cut_enabled" or "transfer_enabled" or "yuma3";
}
