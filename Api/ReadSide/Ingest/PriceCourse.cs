namespace Dtao.Api.ReadSide.Ingest;

/// <summary>The course of one subnet's price within some time: open, high, low, close, and what was traded. Parts of it become one in any order.</summary>
/// <remarks>Events are the pool's own, so that the first and the last of a time are certain whatever clocks say.</remarks>
internal sealed class PriceCourse
{
    public long OpenEvent { get; private set; } = long.MaxValue;

    public UInt128 Open { get; private set; }

    public UInt128 High { get; private set; }

    public UInt128 Low { get; private set; } = UInt128.MaxValue;

    public long CloseEvent { get; private set; } = -1;

    public UInt128 Close { get; private set; }

    public long BuyTao { get; private set; }

    public long SellTao { get; private set; }

    public long BuyAlpha { get; private set; }

    public long SellAlpha { get; private set; }

    public long Buys { get; private set; }

    public long Sells { get; private set; }

    /// <summary>Whether a price was seen; without one there is nothing to keep.</summary>
    public bool HasPrice => CloseEvent >= 0;

    /// <summary>All TAO that was traded, in rao.</summary>
    public ulong Tao => unchecked((ulong)(BuyTao + SellTao));

    /// <summary>All alpha that was traded, in rao.</summary>
    public ulong Alpha => unchecked((ulong)(BuyAlpha + SellAlpha));

    /// <summary>The price after an event.</summary>
    public void See(long happened, UInt128 price)
    {
        if (happened < OpenEvent) (OpenEvent, Open) = (happened, price);
        if (happened >= CloseEvent) (CloseEvent, Close) = (happened, price);
        if (price > High) High = price;
        if (price < Low) Low = price;
    }

    public void Trade(bool isBuy, ulong tao, ulong alpha)
    {
        // Sums are kept by their bits, as all amounts are.
        unchecked
        {
            if (isBuy) (BuyTao, BuyAlpha, Buys) = (BuyTao + (long)tao, BuyAlpha + (long)alpha, Buys + 1);
            else (SellTao, SellAlpha, Sells) = (SellTao + (long)tao, SellAlpha + (long)alpha, Sells + 1);
        }
    }

    public void Add(PriceCourse part)
    {
        if (part.OpenEvent < OpenEvent) (OpenEvent, Open) = (part.OpenEvent, part.Open);
        if (part.CloseEvent >= CloseEvent) (CloseEvent, Close) = (part.CloseEvent, part.Close);
        if (part.High > High) High = part.High;
        if (part.Low < Low) Low = part.Low;
        unchecked
        {
            (BuyTao, SellTao, BuyAlpha, SellAlpha) = (BuyTao + part.BuyTao, SellTao + part.SellTao, BuyAlpha + part.BuyAlpha, SellAlpha + part.SellAlpha);
        }

        (Buys, Sells) = (Buys + part.Buys, Sells + part.Sells);
    }

    /// <summary>Reads a stored one, whose columns follow each other from the given one on.</summary>
    public static PriceCourse Read(System.Data.Common.DbDataReader row, int from) => new()
    {
        OpenEvent = row.GetInt64(from),
        Open = Sql.Cells.Price((byte[])row.GetValue(from + 1)),
        High = Sql.Cells.Price((byte[])row.GetValue(from + 2)),
        Low = Sql.Cells.Price((byte[])row.GetValue(from + 3)),
        CloseEvent = row.GetInt64(from + 4),
        Close = Sql.Cells.Price((byte[])row.GetValue(from + 5)),
        BuyTao = row.GetInt64(from + 6),
        SellTao = row.GetInt64(from + 7),
        BuyAlpha = row.GetInt64(from + 8),
        SellAlpha = row.GetInt64(from + 9),
        Buys = row.GetInt64(from + 10),
        Sells = row.GetInt64(from + 11),
    };
}
