using System.Globalization;
using System.Net;
using Dtao.Api.Telemetry;
using OpenTelemetry.Exporter;

namespace Dtao.Api.Configuration;

/// <summary>What a process of its own tells about itself: settings with the silos' names, and a port, since it has no health server of its own.</summary>
internal static class TelemetrySettings
{
    public static IReadOnlyList<string> Names { get; } = ["Metrics:Port", "Metrics:Address", "Otlp:Endpoint", "Otlp:Protocol", "Otlp:TracePermille"];

    /// <param name="text">The text of a setting; null when it is not set.</param>
    public static ApiTelemetryOptions Read(Func<string, string?> text, List<string> faults)
    {
        var address = IPAddress.Loopback;
        if (text("Metrics:Address") is { } given && !IPAddress.TryParse(given, out address)) faults.Add($"Metrics:Address {given} is no IP address.");
        return new ApiTelemetryOptions
        {
            Metrics = PortOf(text("Metrics:Port"), faults) is { } port ? new IPEndPoint(address ?? IPAddress.Loopback, port) : null,
            OtlpEndpoint = EndpointOf(text("Otlp:Endpoint"), faults),
            OtlpProtocol = ProtocolOf(text("Otlp:Protocol"), faults),
            TracePermille = PermilleOf(text("Otlp:TracePermille"), faults),
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

    private static int PermilleOf(string? text, List<string> faults)
    {
        if (text is null) return ApiTelemetryOptions.TracePermilleDefault;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var permille) && permille <= 1_000) return permille;
        faults.Add($"Otlp:TracePermille {text} is no whole number from 0 to 1,000.");
        return ApiTelemetryOptions.TracePermilleDefault;
    }

    private static Uri? EndpointOf(string? text, List<string> faults)
    {
        if (text is null) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https") return endpoint;
        faults.Add($"Otlp:Endpoint {text} is no address, such as http://127.0.0.1:4317.");
        return null;
    }

    private static OtlpExportProtocol ProtocolOf(string? text, List<string> faults)
    {
        if (text is not (null or "grpc" or "http")) faults.Add($"Otlp:Protocol {text} is neither grpc nor http.");
        return text == "http" ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
    }
}
