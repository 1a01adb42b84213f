using System.Globalization;
using Azure.Data.Tables;
using Orleans;
using Orleans.Runtime;

namespace Dtao.Storage;

/// <summary>
/// Rows of reminders, as the official provider writes them: the partition is the service and the hash of the grain, so that a
/// silo reads its part of the ring by keys; the row is the grain and the reminder's name. Every column is text.
/// </summary>
/// <remarks>
/// What a key cannot have is '_' in a grain's id, as in the official rows: ids that become one have different hashes, and so
/// different partitions. In a name it is escaped, because two names of one grain may differ in such a sign alone.
/// </remarks>
internal static class ReminderRows
{
    private const string GrainColumn = "GrainReference";
    private const string NameColumn = "ReminderName";
    private const string ServiceColumn = "ServiceId";
    private const string StartColumn = "StartAt";
    private const string PeriodColumn = "Period";
    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss.fff 'GMT'";

    /// <summary>Hashes above one and up to another, which is how silos share the ring.</summary>
    public static string Between(string serviceId, uint begin, uint end) => TableClient.CreateQueryFilter(
        $"PartitionKey gt {Partition(serviceId, begin)} and PartitionKey le {Partition(serviceId, end)}");

    /// <summary>Hashes from the lowest up to another.</summary>
    public static string UpTo(string serviceId, uint end) => TableClient.CreateQueryFilter(
        $"PartitionKey ge {Partition(serviceId, 0)} and PartitionKey le {Partition(serviceId, end)}");

    public static string OfService(string serviceId) => UpTo(serviceId, uint.MaxValue);

    public static string OfGrain(string serviceId, GrainId grain) => TableClient.CreateQueryFilter(
        $"PartitionKey eq {Partition(serviceId, grain.GetUniformHashCode())}");

    /// <exception cref="ArgumentException">The name is no text: it has half of a pair.</exception>
    public static TableAddress AddressOf(string serviceId, GrainId grain, string name)
    {
        // Half of a pair would become a replacement character, and two reminders one.
        _ = StoreText.Encode(name);
        var row = $"{TableKeys.Escape(TableKeys.Sanitize(grain.ToString()))}-{TableKeys.Escape(name)}";
        return new(Partition(serviceId, grain.GetUniformHashCode()), TableKeys.Fit(row), null);
    }

    public static TableEntity Of(string serviceId, string clusterId, ReminderEntry entry)
    {
        var address = AddressOf(serviceId, entry.GrainId, entry.ReminderName);
        return new(address.PartitionKey, address.RowKey)
        {
            [GrainColumn] = entry.GrainId.ToString(),
            [NameColumn] = entry.ReminderName,
            [ServiceColumn] = serviceId,
            ["DeploymentId"] = clusterId,
            [StartColumn] = Utc(entry.StartAt).ToString(TimeFormat, CultureInfo.InvariantCulture),
            [PeriodColumn] = entry.Period.ToString("c", CultureInfo.InvariantCulture),
            ["GrainRefConsistentHash"] = HashText(entry.GrainId.GetUniformHashCode()),
        };
    }

    /// <summary>Whose row it is: between the partitions of a service 'a' may be one of a service 'a_0000000F'.</summary>
    public static bool IsOf(string serviceId, TableEntity row) => TextOf(row, ServiceColumn) == serviceId;

    public static bool IsOf(GrainId grain, TableEntity row) => TextOf(row, GrainColumn) == grain.ToString();

    /// <exception cref="FormatException">The row is not one that a provider wrote.</exception>
    public static ReminderEntry Read(TableEntity row) => new()
    {
        GrainId = GrainId.Parse(Required(row, GrainColumn), CultureInfo.InvariantCulture),
        ReminderName = Required(row, NameColumn),
        StartAt = DateTime.ParseExact(
            Required(row, StartColumn), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
        Period = TimeSpan.Parse(Required(row, PeriodColumn), CultureInfo.InvariantCulture),
        ETag = AzureTags.ToText(row.ETag),
    };

    private static string Partition(string serviceId, uint hash) => $"{TableKeys.Escape(serviceId)}_{HashText(hash)}";

    private static string HashText(uint hash) => hash.ToString("X8", CultureInfo.InvariantCulture);

    // Times come as UTC, whether they say so or not; only one that says that it is local is changed.
    private static DateTime Utc(DateTime time) => time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time;

    private static string Required(TableEntity row, string column) =>
        TextOf(row, column) ?? throw new FormatException($"Row {row.RowKey} has no text in {column}.");

    private static string? TextOf(TableEntity row, string column) => row.TryGetValue(column, out var value) ? value as string : null;
}
