using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Api.Writes;

/// <content>Swaps of keys, and limit orders.</content>
internal static partial class CallForms
{
    private static readonly CallField s_order = new("order", CallFieldType.Object, "The order, as its owner placed it.")
    {
        Fields =
        [
            new("owner", CallFieldType.Account, "The coldkey that pays the TAO of a buy, or holds the alpha of a sale."),
            new("hotkey", CallFieldType.Account, "Where the alpha is staked to, or sold from."),
            new("netuid", CallFieldType.Netuid, "The subnet."),
            new("type", CallFieldType.Word, "What the order does, and on which side of its limit.") { Words = ["limit_buy", "take_profit", "stop_loss"] },
            new("amount", CallFieldType.Number, "Rao of TAO to spend, the order's fee included; or of alpha to sell."),
            s_limit,
            new("expiry", CallFieldType.Number, "The last block in which it may be executed."),
            new CallField("fee_rate", CallFieldType.Number, "The order's fee in parts of 10^9; none unless it is said.").Optional(),
            new CallField("fee_recipient", CallFieldType.Account, "Who gets the fee; the owner unless it is said.").Optional(),
            new CallField("relayers", CallFieldType.Account, "Who may have it executed; everybody unless it is said.") { IsList = true }.Optional(),
            new CallField("max_slippage", CallFieldType.Number, "How far beyond the limit the swap may move the price, in parts of 10^9; as far as it goes unless it is said.").Optional(),
            new("chain_id", CallFieldType.Number, "The network's chain_id."),
            new CallField("allows_partial_fills", CallFieldType.Flag, "Whether it may be executed in parts.").Optional(),
        ],
    };

    private static readonly CallField s_fills = new("orders", CallFieldType.Object, "Orders with the part of each that is executed now, at most 100.")
    {
        IsList = true,
        Fields = [s_order, new CallField("partial", CallFieldType.Number, "Rao of the order's input; all of it unless it is said.").Optional()],
    };

    private static IEnumerable<CallForm> Keys() =>
    [
        Form(CallKind.SwapHotkey, "Puts one hotkey of the signer in the place of another, on one subnet or on all.",
        [
            s_hotkey, s_toHotkey, new CallField("to_netuid", CallFieldType.Netuid, "The subnet; all of them unless it is said.").Optional(),
            new CallField("keep_stake", CallFieldType.Flag, "Whether all stake stays on the former hotkey.").Optional(),
        ],
            with => Calls.SwapHotkey(with.Account("hotkey"), with.Account("to_hotkey"), with.OptionalNetuid("to_netuid"), with.Flag("keep_stake"))),
        Form(CallKind.AnnounceColdkeySwap, "Announces that another coldkey will take the signer's place; only its hash is told.",
            [new("hash", CallFieldType.Hash, "BLAKE2b-256 of the new coldkey's public key.")],
            with => new() { Kind = CallKind.AnnounceColdkeySwap, Detail = new ColdkeyHashDetail(with.Hash("hash")) }),
        Form(CallKind.SwapColdkeyAnnounced, "Gives all that the signer has to the coldkey that was announced.", [s_toColdkey], with => Calls.SwapColdkeyAnnounced(with.Account("to_coldkey"))),
        Form(CallKind.SwapColdkey, "Gives all that a coldkey has to another one; the sudo key's call.", [s_coldkey, s_toColdkey, s_tao],
            with => Calls.SwapColdkey(with.Account("coldkey"), with.Account("to_coldkey"), with.Tao("amount"))),
        Form(CallKind.DisputeColdkeySwap, "Stops an announced swap of the signer until the sudo key has decided.", [], _ => Calls.DisputeColdkeySwap()),
        Form(CallKind.ResetColdkeySwap, "Forgets announcement and dispute of a coldkey; the sudo key's call.", [s_coldkey], with => Calls.ResetColdkeySwap(with.Account("coldkey"))),
        Form(CallKind.ClearColdkeySwapAnnouncement, "Calls an announced swap of the signer off, some time after it could have been made.", [], _ => Calls.ClearColdkeySwapAnnouncement()),
    ];

    private static IEnumerable<CallForm> Orders() =>
    [
        Form(CallKind.PlaceOrder, "Puts an order of the signer's where relayers may have it executed.", [s_order], with => Calls.PlaceOrder(Order(with.Object("order")))),
        Form(CallKind.CancelOrder, "Makes sure that an order of the signer's is never executed.", [s_order], with => Calls.CancelOrder(Order(with.Object("order")))),
        Form(CallKind.ExecuteOrders, "Has orders executed that their owners have placed, each by itself.",
            [s_fills, new CallField("should_fail", CallFieldType.Flag, "Whether one that fails refuses all of them.").Optional()],
            with => new() { Kind = CallKind.ExecuteOrders, Detail = new OrdersDetail([.. Fills(with)], with.Flag("should_fail")) }),
        Form(CallKind.ExecuteBatchedOrders, "Has orders of one subnet executed, all or none; the difference of buys and sells trades with the pool.", [s_netuid, s_fills],
            with => Calls.ExecuteBatchedOrders(with.Netuid("netuid"), Fills(with))),
    ];

    private static IEnumerable<OrderFill> Fills(CallValues with) => with.Objects("orders").Select(fill => new OrderFill(Order(fill.Object("order")), fill.OptionalNumber("partial")));

    private static LimitOrder Order(CallValues with) => new()
    {
        Owner = with.Account("owner"),
        Hotkey = with.Account("hotkey"),
        Netuid = with.Netuid("netuid"),
        Type = with.Text("type") switch
        {
            "limit_buy" => OrderType.LimitBuy,
            "take_profit" => OrderType.TakeProfit,
            _ => OrderType.StopLoss,
        },
        Amount = with.Number("amount"),
        Limit = with.Limit("limit"),
        Expiry = new BlockNumber(with.Number("expiry")),
        FeeRate = Parts(with.Number("fee_rate")),
        FeeRecipient = with.OptionalAccount("fee_recipient") ?? with.Account("owner"),
        Relayers = with.OptionalAccounts("relayers") is { } relayers ? [.. relayers] : null,
        MaxSlippage = with.OptionalNumber("max_slippage") is { } slippage ? Parts(slippage) : null,
        ChainId = with.Number("chain_id"),
        AllowsPartialFills = with.Flag("allows_partial_fills"),
    };

    /// <summary>What does not fit stays out of bounds, and is refused with the order.</summary>
    private static Perbill Parts(ulong parts) => new((uint)Math.Min(parts, uint.MaxValue));
}
