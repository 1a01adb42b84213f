using System.Globalization;
using System.Text.Json.Nodes;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Fees;
using Dtao.Economics.Ledger;
using Dtao.Grains.Subnets;

namespace Dtao.Cli.Output;

/// <summary>Values of the ledger as they are shown.</summary>
internal static class Shown
{
    public static string Tao(ulong rao) => AmountText.FormatGrouped(rao) + " τ";

    public static string Alpha(ulong rao, string symbol) => AmountText.FormatGrouped(rao) + " " + symbol;

    /// <summary>A sum of the books, which may be negative and exceed 64 bits.</summary>
    public static string Amount(Int128 rao)
    {
        var (whole, parts) = UInt128.DivRem(rao < 0 ? (UInt128)(-rao) : (UInt128)rao, AmountText.RaoPerWhole);
        return string.Create(CultureInfo.InvariantCulture, $"{(rao < 0 ? "-" : string.Empty)}{whole:N0}.{(ulong)parts:D9}");
    }

    /// <summary>The address of an account that may be missing; null where it is.</summary>
    public static string? OptionalAddress(AccountId? account) => account is { } known ? Ss58.Encode(known) : null;

    public static string Rao(ulong rao) => rao.ToString(CultureInfo.InvariantCulture);

    public static string Account(AccountId account) => Ss58.Encode(account);

    /// <summary>A part of 65535 with six decimals, floored.</summary>
    public static string Part(ushort parts) => string.Create(CultureInfo.InvariantCulture, $"{parts / ushort.MaxValue}.{(ulong)(parts % ushort.MaxValue) * 1_000_000 / ushort.MaxValue:D6}");

    /// <summary>A part of 65535 as per cent with two decimals, to the nearest.</summary>
    public static string PerCent(Take take)
    {
        var parts = ((take.Parts * 20_000UL) + ushort.MaxValue) / (2UL * ushort.MaxValue);
        return string.Create(CultureInfo.InvariantCulture, $"{parts / 100}.{parts % 100:D2}%");
    }

    /// <summary>A part of 2^64-1 with nine decimals, to the nearest.</summary>
    public static string Proportion(ulong parts) => AmountText.Format((ulong)((((UInt128)parts * AmountText.RaoPerWhole * 2) + ulong.MaxValue) / ((UInt128)ulong.MaxValue * 2)));

    /// <summary>A name of an account, where one is known.</summary>
    public static string Name(AccountId account) => DevAccounts.NameOf(account) ?? "-";

    /// <summary>A moving price, which is never negative, in the bits of a spot price.</summary>
    public static UInt128 PriceBits(I96F32 price) => price.Bits <= 0 ? 0 : (UInt128)price.Bits << 32;

    /// <summary>A transaction fee: TAO, or the alpha that is sold for it.</summary>
    public static string Fee(string label, Economics.Tao tao, Economics.Alpha alpha) =>
        alpha.IsZero ? $"{label}: {Tao(tao.Rao)}" : $"{label}: {Alpha(alpha.Rao, "α")} of the stake, sold for {Tao(tao.Rao)}";

    public static JsonObject Fee(TransactionFee fee) => new()
    {
        ["tao_rao"] = Rao(fee.Tao.Rao),
        ["alpha_rao"] = Rao(fee.Alpha.Rao),
        ["netuid"] = fee.Netuid?.Value,
    };

    public static JsonObject Quote(CallQuote quote)
    {
        var json = QuoteWithoutFee(quote);
        if (quote.TransactionFee.IsZero) return json;
        json["transaction_fee_rao"] = Rao(quote.TransactionFee.Rao);
        json["transaction_fee_alpha_rao"] = Rao(quote.TransactionFeeAlpha.Rao);
        return json;
    }

    private static JsonObject QuoteWithoutFee(CallQuote quote) => new()
    {
        ["error"] = quote.Error == LedgerError.None ? null : quote.Error.ToString(),
        ["amount_in_rao"] = Rao(quote.AmountIn),
        ["amount_out_rao"] = Rao(quote.AmountOut),
        ["fee_rao"] = Rao(quote.Fee),
        ["price_before"] = AmountText.FormatPrice(quote.PriceBeforeBits),
        ["price_after"] = AmountText.FormatPrice(quote.PriceAfterBits),
        ["slippage_ppm"] = Rao(quote.SlippagePpm),
        ["dust_rao"] = Rao(quote.Dust.Rao),
        ["block"] = quote.Block.ToString(),
    };

    public static string Describe(OrderResult order) => order.Error == LedgerError.None
        ? $"Executed order {order.Id}: {AmountText.FormatGrouped(order.AmountIn)} for {AmountText.FormatGrouped(order.AmountOut)}, fee {Tao(order.Fee.Rao)}"
        : $"Passed over order {order.Id}: {order.Error}. {Advice.For(order.Error)}";

    public static JsonObject Order(OrderResult order) => new()
    {
        ["order"] = order.Id.ToString(),
        ["error"] = order.Error == LedgerError.None ? null : order.Error.ToString(),
        ["amount_in_rao"] = Rao(order.AmountIn),
        ["amount_out_rao"] = Rao(order.AmountOut),
        ["fee_rao"] = Rao(order.Fee.Rao),
    };

    public static string Describe(PartResult part) => part.Error == LedgerError.None
        ? $"Done on subnet {part.Netuid}."
        : $"Not done on subnet {part.Netuid}: {part.Error}. {Advice.For(part.Error)}";

    public static JsonObject Part(PartResult part) => new()
    {
        ["netuid"] = part.Netuid.Value,
        ["error"] = part.Error == LedgerError.None ? null : part.Error.ToString(),
    };

    public static JsonObject Move(StakeMove move) => new()
    {
        ["event"] = move.Kind == StakeMoveKind.In ? "StakeAdded" : "StakeRemoved",
        ["netuid"] = move.Netuid.Value,
        ["hotkey"] = Account(move.Hotkey),
        ["coldkey"] = Account(move.Coldkey),
        ["tao_rao"] = Rao(move.Tao.Rao),
        ["alpha_rao"] = Rao(move.Alpha.Rao),
        ["fee_rao"] = Rao(move.Fee),
    };
}
