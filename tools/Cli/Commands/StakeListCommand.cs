using System.CommandLine;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics;

namespace Dtao.Cli.Commands;

/// <summary><c>stake list</c>.</summary>
internal static class StakeListCommand
{
    public static Command Create(CliContext context)
    {
        var coldkey = ValueOptions.Wallet("The wallet");
        return ReadCommand.Complete(new Command("list", "A wallet's stake, by hotkey and subnet.") { coldkey }, context, async (parsed, client, isJson, token) =>
        {
            var account = parsed.GetValue(coldkey)!.Value;
            var subnets = (await client.GetSubnetsAsync(token)).ToDictionary(subnet => subnet.Netuid);
            var view = await client.GetBalanceAsync(account, token);
            var positions = (await client.GetPositionsAsync(account, token)).OrderBy(position => position.Hotkey).ThenBy(position => position.Netuid).ToList();
            var rows = positions.Select(position => new Row(position, subnets[position.Netuid])).ToList();
            var total = rows.Aggregate(Tao.Zero, (sum, row) => sum.AddSaturating(row.Value));
            if (isJson) Printer.Json(context, ToJson(account, view.Free, total, rows));
            else Print(context, account, view.Free, total, rows);
            return ExitCode.Done;
        });
    }

    private static void Print(CliContext context, AccountId coldkey, Tao free, Tao total, List<Row> rows)
    {
        Printer.Table(
            context,
            $"Stake of {Shown.Account(coldkey)}",
            [new("Hotkey"), new("Netuid", true), new("Name"), new("Value (α x τ/α)", true), new("Stake (α)", true), new("Price (τ_in/α_in)", true)],
            rows.Select(row => new[]
            {
                Shown.Account(row.Position.Hotkey), row.Position.Netuid.ToString(), row.Position.Subnet.Name, Shown.Tao(row.Value.Rao),
                Shown.Alpha(row.Position.Value.Rao, row.Position.Subnet.Symbol), AmountText.FormatPrice(row.Subnet.Pool.PriceBits),
            }),
            ["Total", string.Empty, string.Empty, Shown.Tao(total.Rao), string.Empty, string.Empty]);
        context.Output.WriteLine($"Free balance: {Shown.Tao(free.Rao)}");
    }

    private static JsonObject ToJson(AccountId coldkey, Tao free, Tao total, List<Row> rows) => new()
    {
        ["coldkey"] = Shown.Account(coldkey),
        ["free_rao"] = Shown.Rao(free.Rao),
        ["total_value_rao"] = Shown.Rao(total.Rao),
        ["stakes"] = new JsonArray([.. rows.Select(row => new JsonObject
        {
            ["hotkey"] = Shown.Account(row.Position.Hotkey),
            ["netuid"] = row.Position.Netuid.Value,
            ["subnet_name"] = row.Position.Subnet.Name,
            ["stake_rao"] = Shown.Rao(row.Position.Value.Rao),
            ["value_rao"] = Shown.Rao(row.Value.Rao),
            ["price"] = AmountText.FormatPrice(row.Subnet.Pool.PriceBits),
        })]),
    };

    private sealed record Row(StakePosition Position, SubnetInfo Subnet)
    {
        public Tao Value { get; } = new(AmountText.ValueRao(Position.Value.Rao, Subnet.Pool.PriceBits));
    }
}
