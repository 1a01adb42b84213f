namespace Dtao.Api.ReadSide;

/// <summary>How long the pieces are in which prices are kept.</summary>
internal static class Resolutions
{
    public const int Minute = 60;

    public const int FiveMinutes = 300;

    public const int Hour = 3_600;

    public const int FourHours = 14_400;

    public const int Day = 86_400;

    /// <summary>One, five, and fifteen minutes; one and four hours; a day. Pieces begin at whole multiples of their length since 1970.</summary>
    public static readonly IReadOnlyList<int> Seconds = [Minute, FiveMinutes, 900, Hour, FourHours, Day];

    /// <summary>The second in which the piece begins that holds a time.</summary>
    /// <param name="milliseconds">Since 1970.</param>
    public static long StartOf(int resolution, long milliseconds)
    {
        var seconds = milliseconds / 1_000;
        return seconds - (seconds % resolution);
    }
}
