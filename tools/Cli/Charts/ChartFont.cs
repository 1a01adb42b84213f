using ScottPlot;
using SkiaSharp;

namespace Dtao.Cli.Charts;

/// <summary>The letters of every chart: a font of this program, so that labels do not depend on the machine.</summary>
internal sealed class ChartFont : IFontResolver
{
    public const string Name = "DejaVu Sans";

    private const string Resource = "Charts/DejaVuSans-Subset.ttf";

    private static readonly Lazy<byte[]> s_file = new(Read);
    private static readonly Lock s_installing = new();
    private static bool s_isInstalled;

    /// <summary>Makes every chart of the process use it.</summary>
    public static void Install()
    {
        lock (s_installing)
        {
            if (s_isInstalled) return;
            Fonts.FontResolvers.Insert(0, new ChartFont());
            Fonts.Default = Name;
            s_isInstalled = true;
        }
    }

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => Open();

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => Open();

    public static SKTypeface Open()
    {
        using var data = SKData.CreateCopy(s_file.Value);
        return SKTypeface.FromData(data);
    }

    private static byte[] Read()
    {
        using var stream = typeof(ChartFont).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The program lacks its resource '{Resource}'.");
        using var file = new MemoryStream();
        stream.CopyTo(file);
        return file.ToArray();
    }
}
