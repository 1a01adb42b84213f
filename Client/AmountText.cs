using System.Globalization;
using System.Numerics;

namespace Dtao.Client;

/// <summary>Amounts and prices as people read and write them. Integers only: what is written is what is meant, to the rao.</summary>
public static class AmountText
{
    /// <summary>Decimals of TAO and of alpha.</summary>
    public const int Decimals = 9;

    /// <summary>Rao in one TAO, and in one alpha.</summary>
    public const ulong RaoPerWhole = 1_000_000_000;

    /// <summary>Reads an amount in whole units with up to nine decimals, such as <c>1.5</c>, as rao.</summary>
    public static AmountFault Parse(ReadOnlySpan<char> text, out ulong rao)
    {
        rao = 0;
        text = text.Trim();
        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? [] : text[(point + 1)..];
        if (whole.IsEmpty && fraction.IsEmpty) return AmountFault.NotANumber;
        if (whole.ContainsAnyExceptInRange('0', '9') || fraction.ContainsAnyExceptInRange('0', '9')) return AmountFault.NotANumber;
        if (fraction.TrimEnd('0').Length > Decimals) return AmountFault.TooManyDecimals;

        whole = whole.TrimStart('0');
        // 2^64 rao are less than 10^11 whole units.
        if (whole.Length > 11) return AmountFault.TooLarge;
        UInt128 units = whole.IsEmpty ? 0 : ulong.Parse(whole, NumberStyles.None, CultureInfo.InvariantCulture);
        ulong parts = 0;
        for (var place = 0; place < Decimals; place++)
        {
            parts = (parts * 10) + (place < fraction.Length ? (ulong)(fraction[place] - '0') : 0);
        }

        var total = (units * RaoPerWhole) + parts;
        if (total > ulong.MaxValue) return AmountFault.TooLarge;
        rao = (ulong)total;
        return AmountFault.None;
    }

    /// <summary>An amount with its nine decimals and no separators, which <see cref="Parse"/> reads back.</summary>
    public static string Format(ulong rao) => string.Create(CultureInfo.InvariantCulture, $"{rao / RaoPerWhole}.{rao % RaoPerWhole:D9}");

    /// <summary>As <see cref="Format(ulong)"/>, with commas between thousands, for tables.</summary>
    public static string FormatGrouped(ulong rao) => string.Create(CultureInfo.InvariantCulture, $"{rao / RaoPerWhole:N0}.{rao % RaoPerWhole:D9}");

    /// <summary>A price in TAO for one alpha with nine decimals, floored.</summary>
    /// <param name="bits">Raw U64F64.</param>
    public static string FormatPrice(UInt128 bits) =>
        string.Create(CultureInfo.InvariantCulture, $"{(ulong)(bits >> 64)}.{(ulong)(((UInt128)(ulong)(bits & ulong.MaxValue) * RaoPerWhole) >> 64):D9}");

    /// <summary>A price in rao of TAO for one whole alpha, floored; at most the largest 64-bit number.</summary>
    /// <param name="bits">Raw U64F64.</param>
    public static ulong PriceRao(UInt128 bits)
    {
        var rao = ((BigInteger)bits * RaoPerWhole) >> 64;
        return rao > ulong.MaxValue ? ulong.MaxValue : (ulong)rao;
    }

    /// <summary>What an amount of alpha is worth at a price, in rao, floored; at most the largest 64-bit number. An estimate for people, not a quote.</summary>
    /// <param name="bits">Raw U64F64.</param>
    public static ulong ValueRao(ulong alphaRao, UInt128 bits)
    {
        var rao = ((BigInteger)bits * alphaRao) >> 64;
        return rao > ulong.MaxValue ? ulong.MaxValue : (ulong)rao;
    }

    /// <summary>Parts per million as per cent, with four decimals.</summary>
    public static string FormatPartsPerMillion(ulong ppm) => string.Create(CultureInfo.InvariantCulture, $"{ppm / 10_000}.{ppm % 10_000:D4}%");

    /// <summary>One sentence for the person who wrote the amount.</summary>
    public static string Explain(AmountFault fault, string text) => fault switch
    {
        AmountFault.None => $"'{text}' is an amount.",
        AmountFault.NotANumber => $"'{text}' is not an amount: write digits with at most one point, such as 1.5.",
        AmountFault.TooManyDecimals => $"'{text}' has more than {Decimals} decimals; the smallest unit is 0.000000001.",
        AmountFault.TooLarge => $"'{text}' is more than the ledger can hold.",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Unknown fault."),
    };
}
