using System.Collections.Frozen;
using System.Net;
using Dtao.Api;
using Dtao.Economics;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Health;
using Dtao.Hosting.Network;
using Serilog.Events;

namespace Dtao.Silo.Configuration;

/// <summary>When blocks close.</summary>
/// <param name="Milliseconds">0 = as fast as they close; null = only when somebody asks (manual).</param>
internal sealed record BlockClockSetting(long? Milliseconds)
{
    public static readonly BlockClockSetting Manual = new((long?)null);

    public bool IsManual => Milliseconds is null;
}

/// <summary>What the process was asked to do, checked.</summary>
internal sealed record SiloOptions
{
    public const int GatewayPortDefault = 30_000;
    public const int SiloPortDefault = 11_111;

    /// <summary>What a silo of a cluster needs; null = the whole network is in this process.</summary>
    public ClusterSiloOptions? Cluster { get; init; }

    /// <summary>The keys that sign an administrator's calls; see <see cref="Hosting.Network.NetworkHostOptions.Administrators"/>.</summary>
    public IReadOnlySet<AccountId> Administrators { get; init; } = FrozenSet<AccountId>.Empty;

    /// <summary>Where health is asked for; null = nowhere.</summary>
    public IPEndPoint? Health { get; init; }

    /// <summary>How page and API of an embedded network are served; null = they are not.</summary>
    public ApiOptions? Api { get; init; } = new();

    /// <summary>Whether a port was asked for. Where the default one is taken the network does without.</summary>
    public bool ApiIsAsked { get; init; }

    public HealthOptions HealthBounds { get; init; } = new();

    public TelemetryOptions Telemetry { get; init; } = new();

    public SiloLimits Limits { get; init; } = new();

    /// <summary>Where the database, the logs, and the genesis that was loaded live.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The genesis document of a new network; null = the demo network, or what the database holds.</summary>
    public string? GenesisFile { get; init; }

    /// <summary>The chain's snapshot that a new network is made of.</summary>
    public string? SnapshotFile { get; init; }

    /// <summary>How many subnets an import adds.</summary>
    public int ImportedSubnets { get; init; } = 8;

    /// <summary>Null = as the genesis says.</summary>
    public BlockClockSetting? BlockClock { get; init; }

    public bool RunsEconomy { get; init; } = true;

    public int GatewayPort { get; init; } = GatewayPortDefault;

    public int SiloPort { get; init; } = SiloPortDefault;

    /// <summary>Stop after so many blocks; null = run until stopped.</summary>
    public long? Blocks { get; init; }

    public bool ShowsTable { get; init; } = true;

    /// <summary>Stop when the standard input ends, as it does when the program that started this one is gone.</summary>
    public bool EndsWithInput { get; init; }

    public LogEventLevel LogLevel { get; init; } = LogEventLevel.Information;

    public string DatabaseFile => Path.Combine(DataDirectory, "ledger.db");

    /// <summary>A copy of the genesis that the ledger began with.</summary>
    public string GenesisCopyFile => Path.Combine(DataDirectory, "genesis.json");

    public string LogDirectory => Path.Combine(DataDirectory, "logs");
}
