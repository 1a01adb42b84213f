using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Dtao.Storage;

/// <summary>Where a record lies in a table.</summary>
/// <param name="PartitionKey">Its partition.</param>
/// <param name="RowKey">Its row there.</param>
/// <param name="FullKey">The whole row key, where the row key is shortened; it is kept in the row, and checked.</param>
internal readonly record struct TableAddress(string PartitionKey, string RowKey, string? FullKey);

/// <summary>
/// Turns grain ids and state names into keys of a table. In the bucketed layout no two records share a key, whatever signs
/// their names have: what the service does not allow is escaped, and the escape sign itself too.
/// </summary>
internal static class TableKeys
{
    /// <summary>Signs in a row key; the service takes 1 KiB, which is 512 of them.</summary>
    public const int RowKeyLengthMax = 512;

    private const int OrleansKeyLengthMax = 1_024;

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        [.. "/\\#?%|", .. Enumerable.Range(0, 0x20).Select(code => (char)code), .. Enumerable.Range(0x7f, 0x21).Select(code => (char)code)]);

    public static TableAddress Of(AzureTableLayout layout, int bucketCount, string serviceId, GrainId grain, string stateName) =>
        layout == AzureTableLayout.Orleans ? OrleansAddress(serviceId, grain, stateName) : BucketAddress(bucketCount, serviceId, grain, stateName);

    /// <summary>The partition that holds the table's settings for a service.</summary>
    public static string SettingsPartition(string serviceId) => $"{Escape(serviceId)}-meta";

    public static string BucketPartition(string serviceId, int bucket) =>
        string.Create(CultureInfo.InvariantCulture, $"{Escape(serviceId)}-{bucket:x3}");

    /// <summary>
    /// Writes '/', '\', '#', '?', '%', '|', and control characters as '%' and the four hexadecimal digits of the sign. Nothing
    /// else is changed, so that what it makes can be read back, and two texts never become one.
    /// </summary>
    public static string Escape(string text)
    {
        if (!text.AsSpan().ContainsAny(Escaped)) return text;
        StringBuilder escaped = new(text.Length + 16);
        foreach (var sign in text)
        {
            if (Escaped.Contains(sign)) escaped.Append(CultureInfo.InvariantCulture, $"%{(int)sign:X4}");
            else escaped.Append(sign);
        }

        return escaped.ToString();
    }

    /// <summary>The key itself, or as much of it as fits, with a hash of all of it: no whole key has two '|' side by side.</summary>
    public static string Fit(string full)
    {
        if (full.Length <= RowKeyLengthMax) return full;
        var hash = XxHash128.HashToUInt128(StoreText.Encode(full));
        var suffix = string.Create(CultureInfo.InvariantCulture, $"||{hash:x32}");
        var start = full.AsSpan(0, RowKeyLengthMax - suffix.Length);
        if (char.IsHighSurrogate(start[^1])) start = start[..^1];
        return $"{start}{suffix}";
    }

    /// <summary>As the official providers do: what the service does not allow becomes '_', so that two keys may become one.</summary>
    public static string Sanitize(string key) => key.Replace('/', '_').Replace('\\', '_').Replace('#', '_').Replace('?', '_');

    private static TableAddress BucketAddress(int bucketCount, string serviceId, GrainId grain, string stateName)
    {
        var id = grain.ToString();
        // Refuses a lone surrogate, which would become a replacement character, and two records one.
        var bucket = (int)(XxHash3.HashToUInt64(StoreText.Encode(id)) % (uint)bucketCount);
        _ = StoreText.Encode(stateName);
        var full = $"{Escape(id)}|{Escape(stateName)}";
        var partition = BucketPartition(serviceId, bucket);
        var row = Fit(full);
        return new(partition, row, row == full ? null : full);
    }

    // The official provider's keys. They may collide: a/b and a_b are one there.
    private static TableAddress OrleansAddress(string serviceId, GrainId grain, string stateName)
    {
        var (partition, row) = (Sanitize($"{serviceId}_{grain}"), Sanitize(stateName));
        foreach (var key in (string[])[partition, row])
        {
            if (key.Length >= OrleansKeyLengthMax)
                throw new ArgumentOutOfRangeException(nameof(grain), $"A key of {key.Length} signs is too long for the layout of Orleans, which takes {OrleansKeyLengthMax - 1}.");
        }

        return new(partition, row, null);
    }
}
