using System.Globalization;
using System.Net;
using Azure;
using Azure.Data.Tables;
using Orleans;
using Orleans.Runtime;

namespace Dtao.Storage;

/// <summary>
/// The rows of a cluster's membership, as the official provider writes them: a partition for the cluster, a row for each silo,
/// and one that holds the version of them all. Every column is text; times have milliseconds.
/// </summary>
internal static class SiloRows
{
    public const string VersionRow = "VersionRow";
    public const string StatusColumn = "Status";
    public const string AddressColumn = "Address";
    public const string GenerationColumn = "Generation";
    public const string ProxyPortColumn = "ProxyPort";
    private const string ClusterColumn = "DeploymentId";
    private const string VersionColumn = "MembershipVersion";
    private const string AliveColumn = "IAmAliveTime";
    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss.fff 'GMT'";
    private const char Between = '|';

    /// <summary>The cluster's partition. What the service does not allow in a key is escaped; other names are as they are.</summary>
    public static string Partition(string clusterId) => TableKeys.Escape(clusterId);

    public static string RowOf(SiloAddress silo) =>
        string.Create(CultureInfo.InvariantCulture, $"{silo.Endpoint.Address}-{silo.Endpoint.Port}-{silo.Generation}");

    public static bool IsVersion(TableEntity row) => row.RowKey == VersionRow;

    /// <summary>Rows that are neither a silo's nor the version may lie beside them; the official provider marks its ends so.</summary>
    public static bool IsSilo(TableEntity row) => !IsVersion(row) && row.ContainsKey(AddressColumn);

    public static TableEntity WithVersion(string clusterId, int version) => new(Partition(clusterId), VersionRow)
    {
        [ClusterColumn] = clusterId,
        [VersionColumn] = Text(version),
    };

    public static TableVersion VersionOf(TableEntity row) =>
        new(int.Parse(row.GetString(VersionColumn), CultureInfo.InvariantCulture), AzureTags.ToText(row.ETag)!);

    public static TableEntity WithHeartbeat(string clusterId, MembershipEntry entry) => new(Partition(clusterId), RowOf(entry.SiloAddress))
    {
        [AliveColumn] = Text(entry.IAmAliveTime),
    };

    public static TableEntity Of(string clusterId, MembershipEntry entry)
    {
        var suspicions = entry.SuspectTimes ?? [];
        return new(Partition(clusterId), RowOf(entry.SiloAddress))
        {
            [ClusterColumn] = clusterId,
            [AddressColumn] = entry.SiloAddress.Endpoint.Address.ToString(),
            ["Port"] = Text(entry.SiloAddress.Endpoint.Port),
            [GenerationColumn] = Text(entry.SiloAddress.Generation),
            ["HostName"] = entry.HostName,
            [StatusColumn] = entry.Status.ToString(),
            [ProxyPortColumn] = Text(entry.ProxyPort),
            ["RoleName"] = entry.RoleName,
            ["SiloName"] = entry.SiloName,
            // Older versions of the official provider read the name from here.
            ["InstanceName"] = entry.SiloName,
            ["UpdateZone"] = Text(entry.UpdateZone),
            ["FaultZone"] = Text(entry.FaultZone),
            ["SuspectingSilos"] = string.Join(Between, suspicions.Select(suspicion => suspicion.Item1.ToParsableString())),
            ["SuspectingTimes"] = string.Join(Between, suspicions.Select(suspicion => Text(suspicion.Item2))),
            ["StartTime"] = Text(entry.StartTime),
            [AliveColumn] = Text(entry.IAmAliveTime),
        };
    }

    /// <exception cref="FormatException">The row is not one that a provider wrote.</exception>
    public static MembershipEntry Read(TableEntity row)
    {
        var silos = Parts(row, "SuspectingSilos");
        var times = Parts(row, "SuspectingTimes");
        if (silos.Length != times.Length) throw new FormatException($"Row {row.RowKey} names {silos.Length} suspecting silos and {times.Length} times.");
        if (!Enum.TryParse(row.GetString(StatusColumn), out SiloStatus status)) throw new FormatException($"Row {row.RowKey} has status '{row[StatusColumn]}'.");
        return new()
        {
            SiloAddress = AddressOf(row, Number(row, "Port")),
            Status = status,
            HostName = row.GetString("HostName"),
            ProxyPort = Number(row, ProxyPortColumn),
            RoleName = row.GetString("RoleName"),
            SiloName = row.GetString("SiloName") is { Length: > 0 } name ? name : row.GetString("InstanceName"),
            UpdateZone = Number(row, "UpdateZone"),
            FaultZone = Number(row, "FaultZone"),
            StartTime = Time(row.GetString("StartTime")),
            IAmAliveTime = Time(row.GetString(AliveColumn)),
            // Nobody is null, as in an entry that was never suspected.
            SuspectTimes = silos.Length == 0 ? null : [.. silos.Zip(times, (silo, time) => Tuple.Create(SiloAddress.FromParsableString(silo), Time(time)))],
        };
    }

    /// <summary>Where clients connect to a silo; null when it is no gateway.</summary>
    public static Uri? GatewayOf(TableEntity row) =>
        Number(row, ProxyPortColumn) is > 0 and var port ? AddressOf(row, port).ToGatewayUri() : null;

    /// <summary>When the entry is known to have changed last: a silo that was declared dead lately may have been silent for long.</summary>
    public static DateTime LastChange(MembershipEntry entry)
    {
        var last = entry.IAmAliveTime > entry.StartTime ? entry.IAmAliveTime : entry.StartTime;
        foreach (var (_, time) in entry.SuspectTimes ?? [])
        {
            if (time > last) last = time;
        }

        return last;
    }

    private static SiloAddress AddressOf(TableEntity row, int port) =>
        SiloAddress.New(IPAddress.Parse(row.GetString(AddressColumn)), port, Number(row, GenerationColumn));

    private static string[] Parts(TableEntity row, string column) =>
        row.GetString(column) is { Length: > 0 } text ? text.Split(Between) : [];

    private static int Number(TableEntity row, string column) =>
        row.GetString(column) is { Length: > 0 } text ? int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(DateTime time) => time.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static DateTime Time(string? text) => string.IsNullOrEmpty(text)
        ? default
        : DateTime.ParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
