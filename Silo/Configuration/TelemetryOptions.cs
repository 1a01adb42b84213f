using Dtao.Api.Configuration;

namespace Dtao.Silo.Configuration;

/// <summary>What the silo tells about itself, and whom.</summary>
internal sealed record TelemetryOptions
{
    /// <summary>Whether the health server answers <c>/metrics</c>.</summary>
    public bool ServesMetrics { get; init; }

    /// <summary>Whether pools' decisions are counted for each subnet by itself.</summary>
    public bool TellsSubnetsApart { get; init; }

    /// <summary>Where metrics, traces, and logs are sent.</summary>
    public OtlpSettings Otlp { get; init; } = new();

    /// <summary>Whether the health server answers <c>/dashboard</c> to this machine.</summary>
    public bool ShowsDashboard { get; init; }
}
