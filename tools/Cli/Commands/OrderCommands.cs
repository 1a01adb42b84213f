using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;

namespace Dtao.Cli.Commands;

/// <summary><c>order place</c>, <c>order cancel</c>, <c>order execute</c>, and <c>order list</c>.</summary>
internal static class OrderCommands
{
    private const ulong DefaultLifeBlocks = 7_200;

    private static readonly Dictionary<string, OrderType> s_types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["limit-buy"] = OrderType.LimitBuy,
        ["take-profit"] = OrderType.TakeProfit,
        ["stop-loss"] = OrderType.StopLoss,
    };

    public static Command Create(CliContext context) => new("order", "Limit orders.")
    {
        Aliases = { "orders" },
        Subcommands = { Place(context), Cancel(context), Execute(context), List(context) },
    };

    private static Command Place(CliContext context)
    {
        var options = new OrderOptions();
        var command = new Command("place", "Let others buy or sell for a wallet when the price is right.");
        options.AddTo(command);
        return ValueCommand.Complete(command, context, async (parsed, client, token) =>
        {
            var network = await client.GetNetworkAsync(token);
            var head = await client.GetHeadAsync(token);
            var order = options.Read(parsed, network.Parameters.ChainId, new BlockNumber(head.Block.Value + DefaultLifeBlocks), s_types);
            return new Plan(order.Owner, Calls.PlaceOrder(order), $"Place order {OrderHash.Of(order)}: {Describe(order)}.");
        });
    }

    private static Command Cancel(CliContext context)
    {
        var (coldkey, netuid, id) = (ValueOptions.Account("--coldkey", "The order's owner", true), Netuid(), Ids("--order", "The order's hash"));
        return ValueCommand.Complete(new Command("cancel", "Cancel an order that waits.") { coldkey, netuid, id }, context, async (parsed, client, token) =>
        {
            var (owner, ids) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(id)!);
            if (ids.Length != 1) throw new UsageException("Give one order to cancel.");
            var order = (await Find(client, parsed.GetValue(netuid)!.Value, owner, ids, token))[0];
            return new Plan(owner, Calls.CancelOrder(order), $"Cancel order {ids[0]}: {Describe(order)}.");
        });
    }

    private static Command Execute(CliContext context)
    {
        var (coldkey, netuid, id) = (ValueOptions.Account("--coldkey", "The relayer", true), Netuid(), Ids("--order", "Hashes of the orders, in the order of execution"));
        var partial = ValueOptions.Amount("--partial", "What to execute of one order: TAO of a buy, alpha of a sale");
        var batched = ValueOptions.Flag("--batched", "Net buys and sells of one subnet, and execute all of the orders or none.");
        return ValueCommand.Complete(new Command("execute", "Have orders executed that were placed.") { coldkey, netuid, id, partial, batched }, context, async (parsed, client, token) =>
        {
            var (relayer, subnet, ids, part) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(netuid)!.Value, parsed.GetValue(id)!, parsed.GetValue(partial));
            if (part is not null && ids.Length != 1) throw new UsageException("A part is given for one order.");
            var orders = await Find(client, subnet, null, ids, token);
            var fills = orders.Select(order => new OrderFill(order, part));
            var call = parsed.GetValue(batched) ? Calls.ExecuteBatchedOrders(subnet, fills) : Calls.ExecuteOrders(fills);
            return new Plan(relayer, call, $"Execute {orders.Count} orders on subnet {subnet}.");
        });
    }

    private static Command List(CliContext context)
    {
        var netuid = Netuid();
        var coldkey = ValueOptions.Account("--coldkey", "Only orders of this wallet", false);
        return ReadCommand.Complete(new Command("list", "The orders that wait on a subnet.") { netuid, coldkey }, context, async (parsed, client, isJson, token) =>
        {
            var orders = await client.GetOrdersAsync(parsed.GetValue(netuid)!.Value, parsed.GetValue(coldkey), token);
            if (isJson) Printer.Json(context, new JsonObject { ["orders"] = new JsonArray([.. orders.Select(ToJson)]) });
            else Print(context, parsed.GetValue(netuid)!.Value, orders);
            return ExitCode.Done;
        });
    }

    private static void Print(CliContext context, NetUid netuid, IReadOnlyList<PlacedOrder> orders) => Printer.Table(
        context,
        $"Open orders on subnet {netuid}",
        [
            new("Order"), new("Owner"), new("Hotkey"), new("Type"), new("Amount", true), new("Filled", true), new("Limit (τ/α)", true), new("Spot (τ/α)", true), new("Expires", true),
        ],
        orders.Select(open => new[]
        {
            open.Id, Shown.Account(open.Order.Owner), Shown.Account(open.Order.Hotkey), open.Order.Type.ToString(), AmountText.FormatGrouped(open.Order.Amount),
            AmountText.FormatGrouped(open.Filled), AmountText.FormatGrouped(open.Order.Limit.RaoPerAlpha), AmountText.FormatGrouped(open.Spot.RaoPerAlpha),
            open.Order.Expiry.ToString(),
        }));

    private static async Task<IReadOnlyList<LimitOrder>> Find(DtaoClient client, NetUid netuid, AccountId? owner, string[] ids, CancellationToken token)
    {
        var open = (await client.GetOrdersAsync(netuid, owner, token)).ToDictionary(order => order.Id, order => order.Order, StringComparer.OrdinalIgnoreCase);
        return [.. ids.Select(id => open.TryGetValue(id, out var order) ? order : throw new UsageException($"No order {id} is open on subnet {netuid}."))];
    }

    private static string Describe(LimitOrder order)
    {
        var (unit, side) = order.IsBuy ? ("τ", "buy for") : ("α", "sell");
        var when = order.Type == OrderType.TakeProfit ? "at or above" : "at or under";
        return $"{side} {AmountText.FormatGrouped(order.Amount)} {unit} on subnet {order.Netuid} while the price is {when} "
            + $"{AmountText.FormatGrouped(order.Limit.RaoPerAlpha)} τ/α, until block {order.Expiry}";
    }

    private static JsonObject ToJson(PlacedOrder open) => new()
    {
        ["order"] = open.Id,
        ["owner"] = Shown.Account(open.Order.Owner),
        ["hotkey"] = Shown.Account(open.Order.Hotkey),
        ["netuid"] = open.Order.Netuid.Value,
        ["type"] = open.Order.Type.ToString(),
        ["amount_rao"] = Shown.Rao(open.Order.Amount),
        ["filled_rao"] = Shown.Rao(open.Filled),
        ["limit_rao_per_alpha"] = Shown.Rao(open.Order.Limit.RaoPerAlpha),
        ["spot_rao_per_alpha"] = Shown.Rao(open.Spot.RaoPerAlpha),
        ["expiry_block"] = open.Order.Expiry.ToString(),
        ["fee_parts_per_billion"] = open.Order.FeeRate.Parts.ToString(CultureInfo.InvariantCulture),
        ["fee_recipient"] = Shown.Account(open.Order.FeeRecipient),
        ["relayers"] = open.Order.Relayers is { } relayers ? new JsonArray([.. relayers.Select(relayer => JsonValue.Create(Shown.Account(relayer)))]) : null,
        ["max_slippage_parts_per_billion"] = open.Order.MaxSlippage?.Parts.ToString(CultureInfo.InvariantCulture),
        ["partial_fills"] = open.Order.AllowsPartialFills,
    };

    private static Option<NetUid?> Netuid() => ValueOptions.Netuid("--netuid", "The subnet", true);

    private static Option<string[]> Ids(string name, string description) => new(name) { Description = description, Required = true, AllowMultipleArgumentsPerToken = true };
}
