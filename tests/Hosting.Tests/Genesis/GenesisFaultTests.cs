using Dtao.Hosting.Genesis;
using Xunit;

namespace Dtao.Hosting.Tests.Genesis;

public class GenesisFaultTests
{
    /// <summary>One change to a valid document, and the one fault that it must be answered with.</summary>
    public static readonly TheoryData<string, string?, string, GenesisFaultCode> SingleFaults = new()
    {
        // The text and its shape.
        { "format", null, "$.format", GenesisFaultCode.MissingField },
        { "format", "\"dtao-genesis/9\"", "$.format", GenesisFaultCode.UnsupportedFormat },
        { "format", "7", "$.format", GenesisFaultCode.UnsupportedFormat },
        { "name", null, "$.name", GenesisFaultCode.MissingField },
        { "name", "\"\"", "$.name", GenesisFaultCode.OutOfRange },
        { "name", "17", "$.name", GenesisFaultCode.WrongType },
        { "networkId", "\"a\\u0007b\"", "$.networkId", GenesisFaultCode.OutOfRange },
        { "balance", "{}", "$.balance", GenesisFaultCode.UnknownField },
        { "subnets 1 taoIn", "\"1\"", "$.subnets[1].taoIn", GenesisFaultCode.UnknownField },
        { "parameters existentialdeposit", "1", "$.parameters.existentialdeposit", GenesisFaultCode.UnknownField },
        { "hotkeys hot owned", "\"ann\"", "$.hotkeys.hot.owned", GenesisFaultCode.UnknownField },
        { "stakes 0 uid", "1", "$.stakes[0].uid", GenesisFaultCode.UnknownField },
        { "balances", "[]", "$.balances", GenesisFaultCode.WrongType },
        { "accounts ann", "5", "$.accounts.ann", GenesisFaultCode.WrongType },
        { "subnets 1 swap_initialised", "\"yes\"", "$.subnets[1].swap_initialised", GenesisFaultCode.WrongType },
        { "subnets 1 name", "[]", "$.subnets[1].name", GenesisFaultCode.WrongType },
        { "subnets 1 tao_in", "true", "$.subnets[1].tao_in", GenesisFaultCode.WrongType },
        { "subnets 1 neurons", "[{\"uid\": 1, \"hotkey\": \"hot\"}]", "$.subnets[1].neurons[0].uid", GenesisFaultCode.UnknownField },
        { "subnets 1 neurons", "[{\"registered\": 1}]", "$.subnets[1].neurons[0].hotkey", GenesisFaultCode.MissingField },
        { "stakes 0", "[1]", "$.stakes[0]", GenesisFaultCode.WrongType },
        { "parameters", "3", "$.parameters", GenesisFaultCode.WrongType },
        { "ruleSet", "\"2026-06\"", "$.ruleSet", GenesisFaultCode.WrongType },
        { "stakes 0 amount", null, "$.stakes[0].amount", GenesisFaultCode.MissingField },
        { "hotkeys hot owner", null, "$.hotkeys.hot.owner", GenesisFaultCode.MissingField },
        { "subnets +", "{\"tao_in\": 1}", "$.subnets[2].netuid", GenesisFaultCode.MissingField },

        // Numbers.
        { "subnets 1 tao_in", "1.5", "$.subnets[1].tao_in", GenesisFaultCode.NotAWholeNumber },
        { "subnets 1 tao_in", "1e9", "$.subnets[1].tao_in", GenesisFaultCode.NotAWholeNumber },
        { "subnets 1 tao_in", "\"1,000\"", "$.subnets[1].tao_in", GenesisFaultCode.NotAWholeNumber },
        { "subnets 1 tao_in", "\" 7\"", "$.subnets[1].tao_in", GenesisFaultCode.NotAWholeNumber },
        { "subnets 1 tao_in", "\"\"", "$.subnets[1].tao_in", GenesisFaultCode.NotAWholeNumber },
        { "subnets 1 tao_in", "\"+7\"", "$.subnets[1].tao_in", GenesisFaultCode.NotAWholeNumber },
        { "subnets 1 tao_in", "\"-7\"", "$.subnets[1].tao_in", GenesisFaultCode.NegativeNumber },
        { "balances ann", "-1", "$.balances.ann", GenesisFaultCode.NegativeNumber },
        { "subnets 1 alpha_in", "\"18446744073709551616\"", "$.subnets[1].alpha_in", GenesisFaultCode.NumberTooLarge },
        { "hotkeys hot take", "65536", "$.hotkeys.hot.take", GenesisFaultCode.NumberTooLarge },
        { "hotkeys hot take", "11797", "$.hotkeys.hot.take", GenesisFaultCode.OutOfRange },
        { "subnets +", "{\"netuid\": 65536}", "$.subnets[2].netuid", GenesisFaultCode.NumberTooLarge },
        { "subnets 1 weight", "\"9999999999999999\"", "$.subnets[1].weight", GenesisFaultCode.OutOfRange },
        { "subnets 1 weight", "\"990000000000000001\"", "$.subnets[1].weight", GenesisFaultCode.OutOfRange },
        { "subnets 1 reveal_period", "0", "$.subnets[1].reveal_period", GenesisFaultCode.OutOfRange },
        { "subnets 1 reveal_period", "101", "$.subnets[1].reveal_period", GenesisFaultCode.OutOfRange },
        { "subnets 1 activity_cutoff_factor", "4294967296", "$.subnets[1].activity_cutoff_factor", GenesisFaultCode.NumberTooLarge },
        { "subnets 1 fee_rate", "10001", "$.subnets[1].fee_rate", GenesisFaultCode.OutOfRange },
        { "blockIntervalMilliseconds", "86400001", "$.blockIntervalMilliseconds", GenesisFaultCode.OutOfRange },
        { "blockIntervalMilliseconds", "-1", "$.blockIntervalMilliseconds", GenesisFaultCode.NegativeNumber },
        { "parameters owner_cut", "70000", "$.parameters.owner_cut", GenesisFaultCode.NumberTooLarge },

        // Accounts.
        { "balances bob", "\"1000\"", "$.balances.bob", GenesisFaultCode.UnknownAccount },
        { "accounts ann", "\"fc7b\"", "$.accounts.ann", GenesisFaultCode.UnknownAccount },
        { "balances 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQX", "1000", "$.balances[\"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQX\"]", GenesisFaultCode.WrongChecksum },
        { "balances 15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5", "1000", "$.balances[\"15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5\"]", GenesisFaultCode.WrongAddressKind },
        { "devAccounts //Zoe", "1000", "$.devAccounts[\"//Zoe\"]", GenesisFaultCode.UnknownAccount },
        { "devAccounts ben", "1000", "$.devAccounts.ben", GenesisFaultCode.UnknownAccount },
        { "accounts burn", "\"//Bob\"", "$.accounts.burn", GenesisFaultCode.ReservedAlias },
        { "accounts subnet:3", "\"//Bob\"", "$.accounts[\"subnet:3\"]", GenesisFaultCode.ReservedAlias },
        { "accounts //Al", "\"//Bob\"", "$.accounts[\"//Al\"]", GenesisFaultCode.ReservedAlias },
        { "accounts " + GenesisDocuments.AliceAddress, "\"//Alice\"", "$.accounts[\"" + GenesisDocuments.AliceAddress + "\"]", GenesisFaultCode.ReservedAlias },
        { "accounts alice", "\"//Bob\"", "$.accounts.alice", GenesisFaultCode.DuplicateAccount },
        { "balances //Alice", "1000", "$.devAccounts[\"//Alice\"]", GenesisFaultCode.DuplicateAccount },
        { "balances subnet:1", "1000", "$.balances[\"subnet:1\"]", GenesisFaultCode.SystemAccountNotAllowed },
        { "hotkeys subnet:1", "{\"owner\": \"ann\"}", "$.hotkeys[\"subnet:1\"]", GenesisFaultCode.SystemAccountNotAllowed },
        { "hotkeys 0x89013c7fc7356941e65bf5e37e36422a30ba857c5dec9ed08af6633cd4dc9f03", "{\"owner\": \"ben\"}", "$.hotkeys[\"0x89013c7fc7356941e65bf5e37e36422a30ba857c5dec9ed08af6633cd4dc9f03\"]", GenesisFaultCode.DuplicateHotkey },
        { "author", "\"nobody\"", "$.author", GenesisFaultCode.UnknownAccount },
        { "stakes 0 coldkey", "\"anm\"", "$.stakes[0].coldkey", GenesisFaultCode.UnknownAccount },
        { "subnets 1 owner", "\"anm\"", "$.subnets[1].owner", GenesisFaultCode.UnknownAccount },

        // Subnets and stakes.
        { "subnets +", "{\"netuid\": 1}", "$.subnets[2].netuid", GenesisFaultCode.DuplicateNetuid },
        { "subnets 0 tao_in", "1", "$.subnets[0].tao_in", GenesisFaultCode.RootFigureNotAllowed },
        { "subnets 0 alpha_in", "1", "$.subnets[0].alpha_in", GenesisFaultCode.RootFigureNotAllowed },
        { "subnets 0 alpha_out", "7000000000", "$.subnets[0].alpha_out", GenesisFaultCode.RootFigureNotAllowed },
        { "subnets 1 mechanism", "2", "$.subnets[1].mechanism", GenesisFaultCode.UnknownMechanism },
        { "subnets 1 owner_hotkey", "\"ben\"", "$.subnets[1].owner_hotkey", GenesisFaultCode.UnknownHotkey },
        { "subnets 1 lease", "{\"emissions_share\": 5}", "$.subnets[1].lease.beneficiary", GenesisFaultCode.MissingField },
        { "subnets 1 lease", "{\"beneficiary\": \"ben\", \"emissions_share\": 101}", "$.subnets[1].lease.emissions_share", GenesisFaultCode.OutOfRange },
        { "subnets 1 lease", "{\"beneficiary\": \"subnet:1\", \"emissions_share\": 1}", "$.subnets[1].lease.beneficiary", GenesisFaultCode.SystemAccountNotAllowed },
        { "subnets 0 lease", "{\"beneficiary\": \"ben\", \"emissions_share\": 1}", "$.subnets[0].lease", GenesisFaultCode.Contradiction },
        { "subnets 1 lease", "{\"beneficiary\": \"ben\", \"emissions_share\": 1, \"contributions\": [{\"coldkey\": \"ann\", \"amount\": 0}]}", "$.subnets[1].lease.contributions[0].amount", GenesisFaultCode.OutOfRange },
        { "subnets 1 lease", "{\"beneficiary\": \"ben\", \"emissions_share\": 1, \"contributions\": [{\"coldkey\": \"ann\", \"amount\": 1}, {\"coldkey\": \"ann\", \"amount\": 1}]}", "$.subnets[1].lease.contributions[1]", GenesisFaultCode.DuplicateAccount },
        { "subnets 1 lease", "{\"beneficiary\": \"ben\", \"emissions_share\": 1, \"contributions\": [{\"coldkey\": \"ann\", \"amount\": 18446744073709551615}, {\"coldkey\": \"ben\", \"amount\": 1}]}", "$.subnets[1].lease.contributions", GenesisFaultCode.NumberTooLarge },
        { "subnets 1 neurons", "[{\"hotkey\": \"ben\"}]", "$.subnets[1].neurons[0].hotkey", GenesisFaultCode.UnknownHotkey },
        { "subnets 1 neurons", "[{\"hotkey\": \"hot\"}, {\"hotkey\": \"hot\"}]", "$.subnets[1].neurons[1].hotkey", GenesisFaultCode.DuplicateHotkey },
        { "subnets +", "{\"netuid\": 2, \"max_uids\": 0, \"neurons\": [{\"hotkey\": \"hot\"}]}", "$.subnets[2].neurons", GenesisFaultCode.Contradiction },
        { "subnets 1 alpha_out", "4999999999999", "$.subnets[1].alpha_out", GenesisFaultCode.StakesAboveOutstanding },
        { "subnets 1 protocol_alpha", "1", "$.subnets[1].alpha_out", GenesisFaultCode.StakesAboveOutstanding },
        { "subnets 1 min_burn", "\"100000000001\"", "$.subnets[1].min_burn", GenesisFaultCode.Contradiction },
        { "stakes 0 hotkey", "\"ben\"", "$.stakes[0].hotkey", GenesisFaultCode.UnknownHotkey },
        { "stakes 0 netuid", "2", "$.stakes[0].netuid", GenesisFaultCode.UnknownSubnet },
        { "stakes 0 amount", "0", "$.stakes[0].amount", GenesisFaultCode.ZeroStake },

        // The whole.
        { "ruleSet", null, "$.ruleSet", GenesisFaultCode.MissingField },
        { "ruleSet name", null, "$.ruleSet.name", GenesisFaultCode.MissingField },
        { "ruleSet name", "\"2019-01\"", "$.ruleSet", GenesisFaultCode.UnknownRuleSet },
        { "ruleSet date", "\"2019-01-01\"", "$.ruleSet", GenesisFaultCode.UnknownRuleSet },
        { "balances ann", "499", "$.balances.ann", GenesisFaultCode.BelowExistentialDeposit },
        { "balances ann", "0", "$.balances.ann", GenesisFaultCode.BelowExistentialDeposit },
        { "balances ann", "\"18446744073709551615\"", "$", GenesisFaultCode.SumOverflow },
        { "subnets 1 alpha_in", "\"18446744073709551615\"", "$.subnets[1]", GenesisFaultCode.SumOverflow },
        { "balances ann", "\"21000000000000000\"", "$", GenesisFaultCode.IssuanceAboveMaximum },
        { "parameters min_take", "11797", "$.parameters.min_take", GenesisFaultCode.Contradiction },
    };

    [Theory]
    [MemberData(nameof(SingleFaults))]
    public void Read_OneValueWrong_AnswersExactlyThatFault(string place, string? json, string path, GenesisFaultCode code)
    {
        var result = GenesisDocumentReader.Read(GenesisDocuments.With(place, json));

        Assert.Null(result.Document);
        var fault = Assert.Single(result.Faults);
        Assert.Equal((path, code), (fault.Path, fault.Code));
        Assert.EndsWith(".", fault.Message.TrimEnd('?') + (fault.Message.EndsWith('?') ? "." : string.Empty), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "$")]
    [InlineData("{\"format\": \"dtao-genesis/1\",\n  \"name\": }", "line 2, byte 11")]
    [InlineData("{\"format\": \"dtao-genesis/1\", \"name\": \"\\ud800\"}", "Unicode")]
    [InlineData("{} {}", "line 1, byte 4")]
    public void Read_MalformedText_TellsWhere(string json, string part)
    {
        var result = GenesisDocumentReader.Read(json);

        var fault = Assert.Single(result.Faults);
        Assert.Equal(GenesisFaultCode.MalformedJson, fault.Code);
        Assert.Contains(part, fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NotUtf8_IsMalformed()
    {
        byte[] bytes = [(byte)'"', 0xFF, (byte)'"'];

        Assert.Equal(GenesisFaultCode.MalformedJson, Assert.Single(GenesisDocumentReader.Read(bytes).Faults).Code);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("7")]
    public void Read_NotAnObject_IsAWrongType(string json) =>
        Assert.Equal(("$", GenesisFaultCode.WrongType), Assert.Single(GenesisDocumentReader.Read(json).Faults) is var fault ? (fault.Path, fault.Code) : default);

    [Theory]
    [InlineData("\"name\": \"small\"", "\"name\": \"small\", \"name\": \"big\"", "$.name", GenesisFaultCode.DuplicateField)]
    [InlineData("\"balances\": {", "\"balances\": {\"ann\": 1000, ", "$.balances.ann", GenesisFaultCode.DuplicateField)]
    [InlineData("\"accounts\": {", "\"accounts\": {\"ann\": \"//Eve\", ", "$.accounts.ann", GenesisFaultCode.DuplicateAlias)]
    [InlineData("\"hotkeys\": {", "\"hotkeys\": {\"hot\": {\"owner\": \"ann\"}, ", "$.hotkeys.hot", GenesisFaultCode.DuplicateField)]
    public void Read_NameTwiceInOneObject_IsADuplicate(string text, string replacement, string path, GenesisFaultCode code)
    {
        var result = GenesisDocumentReader.Read(GenesisDocuments.Small.Replace(text, replacement, StringComparison.Ordinal));

        var fault = Assert.Single(result.Faults);
        Assert.Equal((path, code), (fault.Path, fault.Code));
    }

    [Fact]
    public void Read_NoSubnetZero_MissesRoot()
    {
        var json = GenesisDocuments.With("subnets 0 netuid", "2").Replace("\"netuid\":0,\"amount\"", "\"netuid\":2,\"amount\"", StringComparison.Ordinal);

        var fault = Assert.Single(GenesisDocumentReader.Read(json).Faults);

        Assert.Equal(("$.subnets", GenesisFaultCode.MissingRoot), (fault.Path, fault.Code));
    }

    [Fact]
    public void Read_AuthorAndFeeAccount_Contradict()
    {
        var json = GenesisDocuments.Small.Replace("\"networkId\":", "\"author\": \"ann\", \"feeAccount\": \"ben\", \"networkId\":", StringComparison.Ordinal);

        var fault = Assert.Single(GenesisDocumentReader.Read(json).Faults);

        Assert.Equal(("$.feeAccount", GenesisFaultCode.Contradiction), (fault.Path, fault.Code));
    }

    [Fact]
    public void Read_ManyFaults_AnswersAllInOnePass()
    {
        var json = GenesisDocuments.Small
            .Replace("\"3000000000000\"", "\"-3\"", StringComparison.Ordinal)
            .Replace("\"1000000000\"", "1.5", StringComparison.Ordinal)
            .Replace("\"netuid\": 1, \"amount\"", "\"netuid\": 9, \"amount\"", StringComparison.Ordinal)
            .Replace("\"symbol\"", "\"simbol\"", StringComparison.Ordinal);

        var faults = GenesisDocumentReader.Read(json).Faults;

        Assert.Equal(
            [
                ("$.balances.ann", GenesisFaultCode.NotAWholeNumber), ("$.stakes[0].netuid", GenesisFaultCode.UnknownSubnet),
                ("$.subnets[1].simbol", GenesisFaultCode.UnknownField), ("$.subnets[1].tao_in", GenesisFaultCode.NegativeNumber),
            ],
            faults.Select(fault => (fault.Path, fault.Code)).OrderBy(fault => fault.Path, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("subnets 1 simbol", "\"L\"", "Did you mean 'symbol'?")]
    [InlineData("subnets 1 taoIn", "1", "Did you mean 'tao_in'?")]
    [InlineData("balance", "{}", "Did you mean 'balances'?")]
    [InlineData("stakes 0 coldkey", "\"anne\"", "Did you mean 'ann'?")]
    public void Read_MisspeltName_SuggestsTheNearest(string place, string json, string suggestion) =>
        Assert.EndsWith(suggestion, Assert.Single(GenesisDocumentReader.Read(GenesisDocuments.With(place, json)).Faults).Message, StringComparison.Ordinal);

    [Fact]
    public void FaultCodes_AllButUnset_AreReachedByATest()
    {
        var reached = SingleFaults.Select(row => row.Data.Item4).ToHashSet();
        reached.UnionWith([GenesisFaultCode.MalformedJson, GenesisFaultCode.DuplicateField, GenesisFaultCode.DuplicateAlias, GenesisFaultCode.MissingRoot]);
        // Only a snapshot can name one hotkey under two coldkeys; see SnapshotImportTests.
        reached.Add(GenesisFaultCode.HotkeyOwnedTwice);

        Assert.Equal([GenesisFaultCode.Unset], Enum.GetValues<GenesisFaultCode>().Except(reached));
    }
}
