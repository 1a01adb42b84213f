using System.Text.Json;
using System.Text.Json.Nodes;
using Dtao.Api.Writes;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Wire;
using Xunit;

namespace Dtao.Api.Tests.Writes;

/// <summary>One table reads, lists, and describes calls.</summary>
public sealed class CallFormsTests
{
    private const string Hotkey = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

    /// <summary>The operator's, the registry's, and what accounts make of orders for each other.</summary>
    private static readonly CallKind[] s_notForClients = [CallKind.None, CallKind.Admin, CallKind.SetNumRootClaims, CallKind.FillOrder, CallKind.FillBatch];

    [Fact]
    public void Forms_EveryKindThatAClientMaySend_HasOne() =>
        Assert.Equal(Enum.GetValues<CallKind>().Except(s_notForClients).Order(), CallForms.All.Select(form => form.Kind));

    /// <summary>Filled in as its fields say, each form makes a well-formed call of its kind, and a field that it does not have or need is told.</summary>
    [Fact]
    public void Read_FilledForm_IsTheCallAndFaultsAreNamed()
    {
        foreach (var form in CallForms.All)
        {
            var json = Sample(form.Fields, all: true);
            json["kind"] = form.Name;
            var (call, faults) = Read(json);
            Assert.True(call?.Kind == form.Kind, $"{form.Name}: {string.Join(' ', faults)} {json}");

            json["surplus"] = 1;
            Assert.Contains(Read(json).Faults, fault => fault.StartsWith("call.surplus: ", StringComparison.Ordinal));
            foreach (var field in form.Fields.Where(field => field.IsRequired))
            {
                var less = json.DeepClone().AsObject();
                less.Remove(field.Name);
                Assert.Contains(Read(less).Faults, fault => fault.StartsWith($"call.{field.Name}: is missing", StringComparison.Ordinal));
            }
        }
    }

    [Theory]
    [InlineData("""{"kind":"add_stake","hotkey":"//Alice","netuid":1,"amount":"1000000000"}""")]
    [InlineData("""{"kind":"add_stake","hotkey":"0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d","netuid":"1","amount":1000000000}""")]
    public void Read_ValuesInTheirForms_AreTheSame(string json)
    {
        var call = CallReader.Read(JsonElement.Parse(json)).Call!;

        Assert.Equal(Bytes(Client.Calls.AddStake(Client.DevAccounts.Alice, new NetUid(1), new Tao(1_000_000_000))), Bytes(call));
    }

    [Theory]
    [InlineData("[]", "call: ")]
    [InlineData("{}", "call.kind: ")]
    [InlineData("""{"kind":"fill_order"}""", "call.kind: ")]
    [InlineData("""{"kind":"transfer","to_coldkey":"5Grw","amount":"1"}""", "call.to_coldkey: ")]
    [InlineData("""{"kind":"transfer","to_coldkey":"//Bob","amount":"1.5"}""", "call.amount: ")]
    [InlineData("""{"kind":"transfer","to_coldkey":"//Bob","amount":"-1"}""", "call.amount: ")]
    [InlineData("""{"kind":"transfer","to_coldkey":"//Bob","amount":"18446744073709551616"}""", "call.amount: ")]
    [InlineData("""{"kind":"transfer","to_coldkey":"//Bob","amount":1e9}""", "call.amount: ")]
    [InlineData("""{"kind":"start_call","netuid":65536}""", "call.netuid: ")]
    [InlineData("""{"kind":"set_root_claim_type","type":"sell"}""", "call.type: ")]
    [InlineData("""{"kind":"set_weights","netuid":1,"uids":[0,"x"],"values":[1,1]}""", "call.uids[1]: ")]
    [InlineData("""{"kind":"set_children","hotkey":"//Alice","netuid":1,"children":[{"hotkey":"//Bob"}]}""", "call.children[0].proportion: ")]
    [InlineData("""{"kind":"commit_weights","netuid":1,"hash":"0x00"}""", "call.hash: ")]
    public void Read_WhatIsWrong_IsNamedWithItsPlace(string json, string place)
    {
        var (call, faults) = CallReader.Read(JsonElement.Parse(json));

        Assert.Null(call);
        Assert.StartsWith(place, Assert.Single(faults), StringComparison.Ordinal);
    }

    private static (Call? Call, IReadOnlyList<string> Faults) Read(JsonNode json) => CallReader.Read(JsonElement.Parse(json.ToJsonString()));

    private static byte[] Bytes(Call call)
    {
        var writer = new RecordWriter(128);
        LedgerCodec.Write(writer, call);
        return writer.ToArray();
    }

    private static JsonObject Sample(IEnumerable<CallField> fields, bool all) => new(fields.Where(field => all || field.IsRequired)
        .Select(field => KeyValuePair.Create<string, JsonNode?>(field.Name, field.IsList ? new JsonArray(Sample(field)) : Sample(field))));

    private static JsonNode Sample(CallField field) => field.Type switch
    {
        CallFieldType.Account => Hotkey,
        CallFieldType.Netuid => field.Name == "netuid" ? 0 : 2,
        CallFieldType.Number => "1000",
        CallFieldType.Short or CallFieldType.Byte => 0,
        CallFieldType.Flag => true,
        CallFieldType.Text => "text",
        CallFieldType.Hash => "0x" + new string('a', 64),
        CallFieldType.Word => field.Words[0],
        _ => Sample(field.Fields, all: true),
    };
}
