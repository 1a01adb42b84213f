using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Hosting.Chaos;
using Dtao.Hosting.Health;
using Dtao.Hosting.Network;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Dtao.Hosting.Cluster;

/// <summary>How one silo takes part in a cluster whose state and membership are on Azure storage.</summary>
public sealed partial record ClusterSiloOptions
{
    public const string TableDefault = "DtaoLedger";
    public const string ContainerDefault = "dtao-ledger";
    public const int ProbeMillisecondsDefault = 2_000;
    public const int MissedProbesMaxDefault = 3;

    public required AzureAccount Account { get; init; }

    /// <summary>Silos with the same id are one cluster.</summary>
    public string ClusterId { get; init; } = NetworkHostOptions.ClusterName;

    /// <summary>Names the ledger's records: silos of a later cluster go on with the ledger of the same service.</summary>
    public string ServiceId { get; init; } = NetworkHostOptions.ClusterName;

    /// <summary>The table of journals; made when it is missing.</summary>
    public string Table { get; init; } = TableDefault;

    /// <summary>The container of snapshots that are too large for a row; made when it is missing.</summary>
    public string Container { get; init; } = ContainerDefault;

    /// <summary>Partitions of the table, 1 to 4,096; fixed when the table is first used.</summary>
    public int BucketCount { get; init; } = AzureTableStorageOptions.DefaultBucketCount;

    /// <summary>The table in which silos find each other; made when it is missing.</summary>
    public string MembershipTable { get; init; } = AzureStorageClusteringOptions.DEFAULT_TABLE_NAME;

    /// <summary>Where the other silos and clients reach this one.</summary>
    public IPAddress AdvertisedAddress { get; init; } = IPAddress.Loopback;

    /// <summary>Where it listens; null = at the advertised address.</summary>
    public IPAddress? ListenAddress { get; init; }

    /// <summary>0 = any free one.</summary>
    public int SiloPort { get; init; }

    /// <summary>0 = any free one.</summary>
    public int GatewayPort { get; init; }

    /// <summary>How long a silo may leave a probe unanswered, and how often it is probed.</summary>
    public int ProbeMilliseconds { get; init; } = ProbeMillisecondsDefault;

    /// <summary>After so many probes without an answer a silo votes another one dead; two votes, or one where only two silos are left, are enough.</summary>
    public int MissedProbesMax { get; init; } = MissedProbesMaxDefault;

    /// <summary>Null = connections are not encrypted: then silo and gateway ports belong into a network of their own.</summary>
    public DtaoTls? Tls { get; init; }

    /// <summary>The keys that sign an administrator's calls: see <see cref="NetworkHostOptions.Administrators"/>. The same at every silo.</summary>
    public IReadOnlySet<AccountId> Administrators { get; init; } = FrozenSet<AccountId>.Empty;

    /// <summary>Whether this silo takes its turn in closing blocks at the network's interval.</summary>
    public bool DrivesBlocks { get; init; } = true;

    /// <summary>What keeps one client's mistake from hurting the others.</summary>
    public SiloLimits Limits { get; init; } = new();

    public HealthOptions Health { get; init; } = new();

    /// <summary>Null = storage requests go to the service as they are. Anything else is for trials only.</summary>
    public FaultInjectionOptions? FaultInjection { get; init; }

    public Action<ILoggingBuilder>? Logging { get; init; }

    /// <summary>Adds to what the silo hosts.</summary>
    public Action<ISiloBuilder>? Silo { get; init; }

    /// <summary>Told now and then, while a new network is made, how many of its actors are stored.</summary>
    public Action<long>? GenesisProgress { get; init; }

    internal SweepOptions Sweep { get; init; } = SweepOptions.Default;

    /// <summary>Everything that is wrong; empty when a start may be tried. Asks nobody.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        List<string> faults = [.. Account.FindFaults()];
        if (string.IsNullOrWhiteSpace(ClusterId)) faults.Add("Cluster:Id is empty.");
        if (string.IsNullOrWhiteSpace(ServiceId)) faults.Add("Cluster:ServiceId is empty.");
        if (!TableName().IsMatch(Table)) faults.Add($"Storage:Table '{Table}' is not a letter and 2 to 62 letters and digits.");
        if (!TableName().IsMatch(MembershipTable)) faults.Add($"Membership:Table '{MembershipTable}' is not a letter and 2 to 62 letters and digits.");
        if (!ContainerName().IsMatch(Container)) faults.Add($"Storage:Container '{Container}' is not 3 to 63 lower-case letters, digits, and single hyphens.");
        InRange("Storage:BucketCount", BucketCount, 1, 4_096);
        InRange("Silo:Port", SiloPort, 0, ushort.MaxValue);
        InRange("Silo:GatewayPort", GatewayPort, 0, ushort.MaxValue);
        if (SiloPort == GatewayPort && SiloPort != 0) faults.Add($"Silo:Port and Silo:GatewayPort are both {SiloPort}; they must differ.");
        InRange("Membership:ProbeMilliseconds", ProbeMilliseconds, 100, 60_000);
        InRange("Membership:MissedProbesMax", MissedProbesMax, 1, 100);
        if (AdvertisedAddress.Equals(IPAddress.Any) || AdvertisedAddress.Equals(IPAddress.IPv6Any)) faults.Add($"Silo:AdvertisedAddress {AdvertisedAddress} is no address that others can reach.");
        if (ListenAddress is { AddressFamily: var family } && family != AdvertisedAddress.AddressFamily) faults.Add($"Silo:ListenAddress {ListenAddress} and Silo:AdvertisedAddress {AdvertisedAddress} are of two kinds.");
        if (AdvertisedAddress.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)) faults.Add($"Silo:AdvertisedAddress {AdvertisedAddress} is no IP address.");
        if (FaultInjection is { RatesFile.Length: 0 }) faults.Add("FaultInjection:RatesFile is empty.");
        if (Tls is not null) faults.AddRange(Tls.FindFaults(isSilo: true));
        faults.AddRange(Limits.FindFaults());
        return faults;

        void InRange(string name, int value, int lowest, int highest)
        {
            if (value < lowest || value > highest) faults.Add($"{name} {value} is not from {lowest} to {highest}.");
        }
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]{2,62}$")]
    private static partial Regex TableName();

    [GeneratedRegex("^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex ContainerName();
}
