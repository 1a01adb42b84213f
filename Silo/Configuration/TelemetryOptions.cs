using OpenTelemetry.Exporter;

namespace Dtao.Silo.Configuration;

/// <summary>What the silo tells about itself, and whom.</summary>
internal sealed record TelemetryOptions
{
    public const int TracePermilleDefault = 10;

    /// <summary>Whether the health server answers <c>/metrics</c>.</summary>
    public bool ServesMetrics { get; init; }

    /// <summary>Whether pools' decisions are counted for each subnet by itself.</summary>
    public bool TellsSubnetsApart { get; init; }

    /// <summary>Where metrics, traces, and logs are sent; null = nowhere.</summary>
    public Uri? OtlpEndpoint { get; init; }

    public OtlpExportProtocol OtlpProtocol { get; init; }

    /// <summary>Of a thousand requests whose callers say nothing about it, so many are traced.</summary>
    public int TracePermille { get; init; } = TracePermilleDefault;

    /// <summary>Whether the health server answers <c>/dashboard</c> to this machine.</summary>
    public bool ShowsDashboard { get; init; }
}
