namespace Dtao.Silo.Display;

/// <summary>A frame as one plain line, for logs and pipes.</summary>
internal static class FrameLines
{
    public static string Render(NetworkFrame frame)
    {
        var line = $"block {frame.Block}  issued {FrameText.SignedAmount(frame.IssuedRao)} TAO  swaps/s {FrameText.Tenths(frame.SwapsPerSecondTenths)}  audit {frame.Audit}";
        return frame.Economy is { Length: > 0 } economy ? $"{line}  economy {economy}" : line;
    }
}
