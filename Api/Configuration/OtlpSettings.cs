using System.Globalization;
using OpenTelemetry.Exporter;

namespace Dtao.Api.Configuration;

/// <summary>Where a process sends what it tells about itself: the settings <c>Otlp:*</c>, which silos and processes of the API have alike.</summary>
public sealed record OtlpSettings
{
    public const int TracePermilleDefault = 10;

    private const int TracePermilleMax = 1_000;

    public static IReadOnlyList<string> Names { get; } = ["Otlp:Endpoint", "Otlp:Protocol", "Otlp:TracePermille"];

    /// <summary>An OTLP collector's address; null = nowhere.</summary>
    public Uri? Endpoint { get; init; }

    public OtlpExportProtocol Protocol { get; init; } = OtlpExportProtocol.Grpc;

    /// <summary>Of a thousand requests, so many are traced. <value>10</value></summary>
    public int TracePermille { get; init; } = TracePermilleDefault;

    /// <param name="text">The text of a setting; null when it is not set.</param>
    /// <param name="faults">Takes what is wrong with them; a faulty one has its default.</param>
    public static OtlpSettings Read(Func<string, string?> text, List<string> faults) => new()
    {
        Endpoint = EndpointOf(text("Otlp:Endpoint"), faults),
        Protocol = ProtocolOf(text("Otlp:Protocol"), faults),
        TracePermille = PermilleOf(text("Otlp:TracePermille"), faults),
    };

    private static Uri? EndpointOf(string? text, List<string> faults)
    {
        if (text is null) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https") return endpoint;
        // Not shown: it may hold a password.
        faults.Add("Otlp:Endpoint is no http(s) address, such as http://127.0.0.1:4317.");
        return null;
    }

    private static OtlpExportProtocol ProtocolOf(string? text, List<string> faults)
    {
        if (text is not (null or "grpc" or "http")) faults.Add($"Otlp:Protocol {text} is neither grpc nor http.");
        return text == "http" ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
    }

    private static int PermilleOf(string? text, List<string> faults)
    {
        if (text is null) return TracePermilleDefault;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var permille) && permille <= TracePermilleMax) return permille;
        faults.Add($"Otlp:TracePermille {text} is no whole number from 0 to {TracePermilleMax}.");
        return TracePermilleDefault;
    }
}
