using System.CommandLine;
using System.Text.Json.Nodes;
using Dtao.Cli.Output;

namespace Dtao.Cli.Commands;

/// <summary><c>subnets burn-cost</c>: what a new subnet costs now.</summary>
internal static class BurnCostCommand
{
    public static Command Create(CliContext context) => ReadCommand.Complete(
        new Command("burn-cost", "What the registration of a new subnet costs at the newest block.") { Aliases = { "burn_cost" } }, context, async (_, client, isJson, token) =>
    {
        var cost = await client.GetSubnetLockCostAsync(token);
        if (isJson)
        {
            Printer.Json(context, new JsonObject
            {
                ["cost_rao"] = Shown.Rao(cost.Cost.Rao),
                ["minimum_rao"] = Shown.Rao(cost.Minimum.Rao),
                ["subnets"] = cost.Subnets,
                ["subnets_max"] = cost.SubnetsMax,
                ["opens_at_block"] = cost.Opens.ToString(),
                ["block"] = cost.Block.ToString(),
            });
            return ExitCode.Done;
        }

        Printer.Facts(context, "Registration of a new subnet",
        [
            ("Cost", Shown.Tao(cost.Cost.Rao)),
            ("Never below", Shown.Tao(cost.Minimum.Rao)),
            ("Subnets (n/max)", $"{cost.Subnets}/{cost.SubnetsMax}"),
            ("Open", cost.Block >= cost.Opens ? "yes" : $"from block {cost.Opens}"),
            ("Block", cost.Block.ToString()),
        ]);
        return ExitCode.Done;
    });
}
