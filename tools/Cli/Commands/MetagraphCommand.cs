using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics.Ledger;

namespace Dtao.Cli.Commands;

/// <summary><c>subnets metagraph</c>: a subnet's neurons and what the last epoch found of them.</summary>
internal static class MetagraphCommand
{
    public static Command Create(CliContext context)
    {
        var netuid = ValueOptions.Netuid("--netuid", "The subnet", true);
        var command = new Command("metagraph", "A subnet's neurons: stake, dividends, incentive, emission.") { netuid };
        command.Aliases.Add("mg");
        return ReadCommand.Complete(command, context, async (parsed, client, isJson, token) =>
        {
            var number = parsed.GetValue(netuid)!.Value;
            if (await client.GetSubnetAsync(number, token) is not { Pool.Books: not null } subnet || await client.GetMetagraphAsync(number, token) is not { } neurons)
            {
                context.Error.WriteLine($"There is no subnet {number}. {Advice.For(LedgerError.SubnetNotExists)}");
                return ExitCode.Refused;
            }

            if (isJson) Printer.Json(context, ToJson(subnet, neurons));
            else Print(context, subnet, neurons);
            return ExitCode.Done;
        });
    }

    private static void Print(CliContext context, SubnetInfo subnet, IReadOnlyList<NeuronInfo> neurons)
    {
        var symbol = subnet.Symbol;
        Printer.Table(
            context,
            $"Metagraph of subnet {subnet.Netuid}: {subnet.Name}, block {subnet.Pool.Block}",
            [
                new("UID", true), new($"Stake ({symbol} + w τ)", true), new($"Alpha ({symbol})", true), new("Tao (τ)", true), new("Dividends", true),
                new("Incentive", true), new($"Emission ({symbol})", true), new("Consensus", true), new("VTrust", true), new("Permit"), new("Active"),
                new("Updated", true), new("Hotkey"), new("Coldkey"),
            ],
            neurons.Select(info => new[]
            {
                info.Neuron.Uid.ToString(CultureInfo.InvariantCulture), AmountText.FormatGrouped(info.Weight.Rao), AmountText.FormatGrouped(info.Neuron.Stake.Rao),
                AmountText.FormatGrouped(info.Neuron.RootStake.Rao), Shown.Part(info.Neuron.Dividends), Shown.Part(info.Neuron.Incentive),
                AmountText.FormatGrouped(info.Neuron.Emission.Rao), Shown.Part(info.Neuron.Consensus), Shown.Part(info.Neuron.ValidatorTrust),
                info.Neuron.HasPermit ? "*" : "-", info.Neuron.IsActive ? "yes" : "no", Shown.Rao(info.Neuron.LastUpdate), Shown.Account(info.Neuron.Hotkey),
                info.Coldkey is { } coldkey ? Shown.Account(coldkey) : "-",
            }));
    }

    private static JsonObject ToJson(SubnetInfo subnet, IReadOnlyList<NeuronInfo> neurons) => new()
    {
        ["netuid"] = subnet.Netuid.Value,
        ["name"] = subnet.Name,
        ["block"] = subnet.Pool.Block.ToString(),
        ["neurons"] = new JsonArray([.. neurons.Select(info => new JsonObject
        {
            ["uid"] = info.Neuron.Uid,
            ["hotkey"] = Shown.Account(info.Neuron.Hotkey),
            ["coldkey"] = info.Coldkey is { } coldkey ? Shown.Account(coldkey) : null,
            ["stake_rao"] = Shown.Rao(info.Weight.Rao),
            ["alpha_stake_rao"] = Shown.Rao(info.Neuron.Stake.Rao),
            ["root_stake_rao"] = Shown.Rao(info.Neuron.RootStake.Rao),
            ["dividends"] = info.Neuron.Dividends,
            ["incentive"] = info.Neuron.Incentive,
            ["emission_rao"] = Shown.Rao(info.Neuron.Emission.Rao),
            ["consensus"] = info.Neuron.Consensus,
            ["validator_trust"] = info.Neuron.ValidatorTrust,
            ["validator_permit"] = info.Neuron.HasPermit,
            ["active"] = info.Neuron.IsActive,
            ["registered_at"] = Shown.Rao(info.Neuron.RegisteredAt),
            ["last_update"] = Shown.Rao(info.Neuron.LastUpdate),
        })]),
    };
}
