using System.Globalization;
using System.Net;
using Dtao.Api.Telemetry;

namespace Dtao.Api.Configuration;

/// <summary>What a process of its own tells about itself: settings with the silos' names, and a port, since it has no health server of its own.</summary>
internal static class TelemetrySettings
{
    public static IReadOnlyList<string> Names { get; } = ["Metrics:Port", "Metrics:Address", .. OtlpSettings.Names];

    /// <param name="text">The text of a setting; null when it is not set.</param>
    public static ApiTelemetryOptions Read(Func<string, string?> text, List<string> faults)
    {
        var address = IPAddress.Loopback;
        if (text("Metrics:Address") is { } given && !IPAddress.TryParse(given, out address)) faults.Add($"Metrics:Address {given} is no IP address.");
        return new ApiTelemetryOptions
        {
            Metrics = PortOf(text("Metrics:Port"), faults) is { } port ? new IPEndPoint(address ?? IPAddress.Loopback, port) : null,
            Otlp = OtlpSettings.Read(text, faults),
        };
    }

    private static int? PortOf(string? text, List<string> faults)
    {
        if (text is null or "0" || text.Equals("off", StringComparison.OrdinalIgnoreCase)) return null;
        if (text.Equals("any", StringComparison.OrdinalIgnoreCase)) return 0;
        if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return port;
        faults.Add($"Metrics:Port {text} is neither a number from 0 to {ushort.MaxValue}, nor 'any' or 'off'.");
        return null;
    }
}
