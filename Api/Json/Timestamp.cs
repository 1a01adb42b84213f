using System.Globalization;

namespace Dtao.Api.Json;

/// <summary>A point of time as blocks tell it.</summary>
/// <param name="Milliseconds">Since 1970 UTC.</param>
internal readonly record struct Timestamp(long Milliseconds)
{
    public override string ToString() =>
        DateTimeOffset.FromUnixTimeMilliseconds(Milliseconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
