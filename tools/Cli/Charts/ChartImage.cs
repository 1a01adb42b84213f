using ScottPlot;

namespace Dtao.Cli.Charts;

/// <summary>Draws panels below each other as a PNG.</summary>
/// <remarks>The only place where amounts become floating point: they become pixels here, and nothing comes back.</remarks>
internal static class ChartImage
{
    private const int Width = 900;
    private const int PanelHeight = 300;
    private const float TitleSize = 15;
    private const float LabelSize = 12;

    /// <summary>Room for half of the last number below the axis.</summary>
    private const float Margin = 40;

    /// <summary>Long enough for two dashes.</summary>
    private const float LegendLine = 36;

    private static readonly Color[] s_colours = [.. new ScottPlot.Palettes.Category10().Colors];

    public static byte[] Png(IReadOnlyList<ChartPanel> panels)
    {
        ChartFont.Install();
        var chart = new Multiplot();
        chart.AddPlots(panels.Count);
        for (var place = 0; place < panels.Count; place++) Draw(chart.GetPlot(place), panels[place]);
        return chart.Render(Width, PanelHeight * panels.Count).GetImageBytes(ImageFormat.Png);
    }

    private static void Draw(Plot plot, ChartPanel panel)
    {
        foreach (var line in panel.Lines) Draw(plot, panel, line);
        if (panel.Bars.Count > 0) DrawBars(plot, panel);
        plot.Font.Set(ChartFont.Name);
        plot.Title(panel.Title, TitleSize);
        plot.Axes.Title.Label.Bold = false;
        Label(plot.Axes.Bottom.Label, panel.X);
        Label(plot.Axes.Left.Label, panel.Y);
        plot.Axes.Right.MinimumSize = Margin;
        plot.Axes.AutoScale();
        if (panel.Y.FromZero && plot.Axes.GetLimits().Top > 0) plot.Axes.SetLimitsY(0, plot.Axes.GetLimits().Top);
        if (panel.Lines.Count > 1) plot.ShowLegend(Edge.Right).Legend.SymbolWidth = LegendLine;
        else plot.HideLegend();
    }

    private static void Draw(Plot plot, ChartPanel panel, ChartLine line)
    {
        var drawn = plot.Add.ScatterLine(
            line.Points.Select(point => OnAxis(point.X, panel.X)).ToArray(),
            line.Points.Select(point => OnAxis(point.Y, panel.Y)).ToArray(),
            s_colours[line.Colour % s_colours.Length]);
        drawn.LineWidth = 2;
        drawn.LinePattern = line.IsDashed ? LinePattern.Dashed : LinePattern.Solid;
        drawn.LegendText = line.Name;
    }

    private static void DrawBars(Plot plot, ChartPanel panel)
    {
        var bars = plot.Add.Bars([.. panel.Bars.Select(bar => OnAxis(bar.Value, panel.Y))]);
        bars.Color = s_colours[0];
        plot.Axes.Bottom.SetTicks([.. Enumerable.Range(0, panel.Bars.Count).Select(place => (double)place)], [.. panel.Bars.Select(bar => bar.Name)]);
    }

    private static void Label(LabelStyle label, ChartAxis axis)
    {
        label.Text = axis.Title;
        label.FontSize = LabelSize;
        label.Bold = false;
    }

    private static double OnAxis(Int128 value, ChartAxis axis) => (double)value / axis.UnitsPerOne;
}
