using System.Text.Json;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Settings;

namespace Dtao.Hosting.Genesis;

/// <summary>Reads the list of subnets of a document.</summary>
internal sealed class SubnetReader(AccountNames names, bool hasNoRateLimits, FaultList faults)
{
    private const int NameLengthMax = 64;
    private const int SymbolLengthMax = 16;

    public List<DocumentSubnet> Read(JsonFields state)
    {
        var subnets = new List<DocumentSubnet>();
        foreach (var (element, place) in DocumentReader.Items(state, "subnets", faults))
        {
            if (JsonFields.Open(element, place, GenesisFields.SubnetNames, faults) is not { } fields) continue;
            fields.Require("netuid");
            var netuid = fields.U16("netuid");
            var subnet = ReadOne(fields, new(netuid ?? ushort.MaxValue));
            if (netuid is not null) subnets.Add(subnet);
        }
        return subnets;
    }

    private DocumentSubnet ReadOne(JsonFields fields, NetUid netuid)
    {
        var books = new SubnetBooks { Netuid = netuid };
        if (hasNoRateLimits) books.Hyper = RateLimits.SwitchOff(books.Hyper);
        foreach (var rule in GenesisFields.Subnet)
        {
            if (SettingReader.Read(fields, rule, names) is not { } text) continue;
            var error = SubnetSettings.Set(books, rule.Name, text);
            if (error != LedgerError.None) throw new InvalidOperationException($"The field '{rule.Name}' is in the document's table and the ledger refuses it: {error}.");
        }
        return new(fields.Path, books)
        {
            Name = Label(fields, "name", NameLengthMax) ?? (netuid.IsRoot ? "root" : $"subnet {netuid}"),
            Symbol = Label(fields, "symbol", SymbolLengthMax) ?? (netuid.IsRoot ? "τ" : $"α{netuid}"),
            AlphaOutstanding = fields.U64("alpha_out") is { } outstanding ? new Alpha(outstanding) : null,
            AccountSurplus = new Tao(fields.U64("account_surplus") ?? 0),
            Neurons = [.. ReadNeurons(fields)],
            Lease = ReadLease(fields),
        };
    }

    /// <summary>A lease without a readable beneficiary is left out: the document has a fault anyway.</summary>
    private DocumentLease? ReadLease(JsonFields parent)
    {
        if (parent.Element("lease") is not { ValueKind: not JsonValueKind.Null } element) return null;
        if (JsonFields.Open(element, parent.PathOf("lease"), GenesisFields.Lease, faults) is not { } fields) return null;
        fields.Require("beneficiary");
        fields.Require("emissions_share");
        var beneficiary = fields.Text("beneficiary") is { } text ? names.Resolve(text, fields.PathOf("beneficiary")) : null;
        var share = fields.Number("emissions_share", 0, 100);
        var end = fields.U64("end_block") is { } block ? new BlockNumber(block) : (BlockNumber?)null;
        DocumentContribution[] contributions = [.. ReadContributions(fields)];
        return beneficiary is { } id ? new(fields.Path, id, (byte)(share ?? 0), end, contributions) : null;
    }

    private IEnumerable<DocumentContribution> ReadContributions(JsonFields parent)
    {
        foreach (var (element, place) in DocumentReader.Items(parent, "contributions", faults))
        {
            if (JsonFields.Open(element, place, GenesisFields.Contribution, faults) is not { } fields) continue;
            fields.Require("coldkey");
            fields.Require("amount");
            var coldkey = fields.Text("coldkey") is { } text ? names.Resolve(text, fields.PathOf("coldkey")) : null;
            if (coldkey is { } id && fields.U64("amount") is { } amount) yield return new(place, id, new Tao(amount));
        }
    }

    /// <summary>A neuron whose hotkey is faulty is left out: the document has a fault anyway.</summary>
    private IEnumerable<DocumentNeuron> ReadNeurons(JsonFields parent)
    {
        foreach (var (element, place) in DocumentReader.Items(parent, "neurons", faults))
        {
            if (JsonFields.Open(element, place, GenesisFields.Neuron, faults) is not { } fields) continue;
            fields.Require("hotkey");
            var hotkey = fields.Text("hotkey") is { } text ? names.Resolve(text, fields.PathOf("hotkey")) : null;
            var registeredAt = fields.U64("registered") ?? 0;
            var lastUpdate = fields.U64("last_update") ?? registeredAt;
            var hasPermit = fields.Flag("permit") ?? false;
            if (hotkey is { } id) yield return new(place, id, registeredAt, lastUpdate, hasPermit);
        }
    }

    private string? Label(JsonFields fields, string name, int lengthMax)
    {
        if (fields.Text(name) is not { } text) return null;
        if (text.Length > 0 && text.Length <= lengthMax && !text.Any(char.IsControl)) return text;
        faults.Add(fields.PathOf(name), GenesisFaultCode.OutOfRange, $"Expected 1 to {lengthMax} printable characters.");
        return null;
    }
}
