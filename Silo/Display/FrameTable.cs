using System.Globalization;
using Dtao.Economics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Dtao.Silo.Display;

/// <summary>A frame as a table with a line above and lines below it.</summary>
internal static class FrameTable
{
    /// <summary>Names are cut here, so that the table fits a hundred columns.</summary>
    private const int NameMax = 16;

    public static IRenderable Render(NetworkFrame frame)
    {
        List<IRenderable> rows =
        [
            new Markup(string.Create(
                CultureInfo.InvariantCulture,
                $"[bold]{Markup.Escape(frame.Network)}[/]  block [bold]{frame.Block}[/]  TAO issued [bold]{FrameText.SignedAmount(frame.IssuedRao)}[/] (of {FrameText.Amount(frame.TotalIssuance.Rao)})  swaps/s [bold]{FrameText.Tenths(frame.SwapsPerSecondTenths)}[/]")),
            Subnets(frame),
        ];
        if (frame.Validators.Count > 0) rows.Add(Validators(frame));
        rows.Add(new Markup($"audit {Audit(frame.Audit)}{Close(frame.CloseMicroseconds)}{Cost(frame.SubnetCost)}"));
        if (frame.Economy is { Length: > 0 } economy) rows.Add(new Markup($"[grey]economy: {Markup.Escape(economy)}[/]"));
        rows.Add(new Markup("[grey]Ctrl-C stops; starting again continues here.[/]"));
        return new Rows(rows);
    }

    private static Table Subnets(NetworkFrame frame)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn(Column("#").RightAligned())
            .AddColumn(Column("subnet"));
        foreach (var header in (string[])["price", $"{FrameReader.ChangeBlocks} blocks", "TAO pool", "alpha pool", "emission", "swaps/s", "epoch", "seat"])
        {
            table.AddColumn(Column(header).RightAligned());
        }
        foreach (var subnet in frame.Subnets)
        {
            table.AddRow(
                new Text(subnet.Netuid.ToString()),
                new Text(FrameText.Cut($"{subnet.Name} {subnet.Symbol}", NameMax)),
                new Text(FrameText.Price(subnet.PriceBits)),
                new Markup(Colour(subnet.PriceChangePpm)),
                new Text(FrameText.Whole(subnet.TaoReserve.Rao)),
                new Text(FrameText.Whole(subnet.AlphaReserve.Rao)),
                new Text(FrameText.Share(subnet.EmissionSharePpm)),
                new Text(FrameText.Tenths(subnet.SwapsPerSecondTenths)),
                new Text(subnet.EpochIn?.ToString(CultureInfo.InvariantCulture) ?? "-"),
                new Text(FrameText.Amount(subnet.Burn.Rao)));
        }
        return table;
    }

    private static Table Validators(NetworkFrame frame)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn(Column("validator"));
        foreach (var header in (string[])["take", "root TAO", "weight TAO", "nominators", "root APY 1 h"])
        {
            table.AddColumn(Column(header).RightAligned());
        }
        foreach (var validator in frame.Validators)
        {
            table.AddRow(
                new Text(FrameText.Cut(validator.Name, NameMax)),
                new Text(FrameText.PerCent(validator.Take)),
                new Text(FrameText.Amount(validator.RootStake.Rao)),
                new Text(FrameText.Amount(validator.Weight.Rao)),
                new Text(validator.Nominators.ToString(CultureInfo.InvariantCulture)),
                new Text(FrameText.Year(validator.Yield)));
        }
        return table;
    }

    /// <summary>Narrow, and never over two lines.</summary>
    private static TableColumn Column(string header) => new TableColumn(header).NoWrap().PadLeft(0).PadRight(1);

    private static string Cost(Tao? cost) => cost is { } tao ? $"  a new subnet costs {FrameText.Amount(tao.Rao)} TAO" : string.Empty;

    private static string Colour(long? ppm) => ppm switch
    {
        > 0 => $"[green]{FrameText.Change(ppm)}[/]",
        < 0 => $"[red]{FrameText.Change(ppm)}[/]",
        _ => FrameText.Change(ppm),
    };

    private static string Audit(AuditState audit) => audit.Outcome switch
    {
        AuditOutcome.Clean => $"[green]{audit}[/]",
        AuditOutcome.Off or AuditOutcome.Failed => $"[bold red]{audit}[/]",
        _ => audit.ToString(),
    };

    private static string Close(long? microseconds) =>
        microseconds is { } whole ? string.Create(CultureInfo.InvariantCulture, $"  last block closed in {whole / 1_000}.{whole % 1_000 / 100} ms") : string.Empty;
}
