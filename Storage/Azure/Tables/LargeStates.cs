using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Orleans.Configuration;

namespace Dtao.Storage;

/// <summary>
/// States that are too large for a row. The blob is written first, under a name that no other write has, and then the row
/// that names it; so a row never names a blob that is not there, and what is left over is a blob that no row names.
/// </summary>
internal sealed class LargeStates(
    string provider, BlobContainerClient container, TableClient table, AzureTableStorageOptions options, string serviceId, TimeProvider time)
{
    private const string PartitionMetadata = "partition";
    private const string RowMetadata = "row";

    // Where more are known, the rest is left to the sweep.
    private const int RememberedMax = 100_000;
    private readonly AzureRetry retry = AzureRetry.ForOperations(provider, options.StoragePolicyOptions, time);
    // Tried once and not for long: a caller waits for it, and the sweep does what it leaves.
    private readonly AzureRetry deletion = new(provider, 0, TimeSpan.Zero, TimeSpan.FromSeconds(5), time);
    private readonly ConcurrentDictionary<TableAddress, string> current = [];
    // Blobs that no row named when the sweep last looked, and when it first saw each so.
    private Dictionary<string, long> unnamed = [];
    private readonly string prefix = $"{TableKeys.Escape(serviceId)}|";

    public Task PrepareAsync(CancellationToken cancellationToken) =>
        AzureRetry.ForCreation(provider, options.StoragePolicyOptions, time).RunOrThrow(
            $"Container {container.Name} of '{provider}'",
            async token =>
            {
                // Looked for first: a signature that may use the container need not be one that may make it.
                if (!await container.ExistsAsync(token).ConfigureAwait(false))
                    await container.CreateIfNotExistsAsync(cancellationToken: token).ConfigureAwait(false);
                return true;
            },
            cancellationToken);

    /// <summary>Writes a state that no row names yet, and returns the name for its row.</summary>
    public async Task<string> Write(TableAddress address, Guid writeId, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        var hash = XxHash128.HashToUInt128(StoreText.Encode($"{address.PartitionKey}|{address.RowKey}"));
        var name = string.Create(CultureInfo.InvariantCulture, $"{prefix}{hash:x32}|{writeId:N}");
        BlobUploadOptions upload = new()
        {
            Metadata = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [PartitionMetadata] = ToMetadata(address.PartitionKey),
                [RowMetadata] = ToMetadata(address.RowKey),
            },
        };
        // The name is this write's own, so writing it twice over writes the same.
        await retry.RunOrThrow(
            name, token => container.GetBlobClient(name).UploadAsync(new BinaryData(value), upload, token), cancellationToken).ConfigureAwait(false);
        return name;
    }

    /// <summary>Reads the state that a row names; null when it has been replaced since the row was read.</summary>
    public async Task<ReadOnlyMemory<byte>?> Read(TableAddress address, string name, CancellationToken cancellationToken)
    {
        var read = await retry.Run(token => container.GetBlobClient(name).DownloadContentAsync(token), cancellationToken).ConfigureAwait(false);
        if (read.Fault is { Kind: AzureFaultKind.Conflict }) return null;
        if (read.Fault is { } fault) throw fault.ToException(name);
        Remember(address, name);
        return read.Value!.Value.Content.ToMemory();
    }

    /// <summary>After the row has been written: removes what it named before, and remembers what it names now.</summary>
    public async Task Replaced(TableAddress address, string? name)
    {
        current.TryGetValue(address, out var old);
        if (name is null) current.TryRemove(address, out _);
        else Remember(address, name);
        if (old is not null && old != name) await TryDelete(old).ConfigureAwait(false);
    }

    /// <summary>Removes a blob that no row has come to name. When that fails, the sweep does it.</summary>
    public async Task TryDelete(string name, ETag ifMatch = default)
    {
        BlobRequestConditions? conditions = ifMatch == default ? null : new() { IfMatch = ifMatch };
        await deletion.Run(token => container.GetBlobClient(name).DeleteIfExistsAsync(conditions: conditions, cancellationToken: token)).ConfigureAwait(false);
    }

    /// <summary>Removes blobs of this service that no row names, and that no row named when they were first seen, long enough ago; returns how many.</summary>
    /// <remarks>
    /// How long ago is measured here, and is not the difference of two clocks: with a clock that runs ahead, a blob would go whose row is about to be written.
    /// Where there is no table, or one that was made anew, no row names anything: then nothing is removed, so that the table can be restored.
    /// </remarks>
    /// <exception cref="StoreException">The table is gone, or is not the one that the provider began with.</exception>
    public async Task<int> Sweep(CancellationToken cancellationToken)
    {
        var removed = 0;
        var still = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, prefix, cancellationToken).ConfigureAwait(false))
        {
            if (!blob.Metadata.TryGetValue(PartitionMetadata, out var partition) || !blob.Metadata.TryGetValue(RowMetadata, out var row)) continue;
            var read = await retry.RunOrThrow(
                blob.Name,
                token => AzureTables.Find(table, FromMetadata(partition), FromMetadata(row), [TableRowFormat.BlobProperty], token),
                cancellationToken).ConfigureAwait(false);
            if (read.HasValue && read.Value!.GetString(TableRowFormat.BlobProperty) == blob.Name) continue;
            AzureTables.ThrowIfMissing(table, read.GetRawResponse());
            var seenAt = unnamed.GetValueOrDefault(blob.Name, time.GetTimestamp());
            if (time.GetElapsedTime(seenAt) < options.LargeStateOrphanAgeMin)
            {
                still.Add(blob.Name, seenAt);
                continue;
            }

            await TableSettings.ConfirmAsync(provider, table, options, serviceId, time, cancellationToken).ConfigureAwait(false);
            await TryDelete(blob.Name, blob.Properties.ETag ?? default).ConfigureAwait(false);
            removed++;
        }

        unnamed = still;
        return removed;
    }

    private void Remember(TableAddress address, string name)
    {
        if (current.Count < RememberedMax || current.ContainsKey(address)) current[address] = name;
    }

    private static string ToMetadata(string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes(key));

    private static string FromMetadata(string key) => Encoding.UTF8.GetString(Convert.FromBase64String(key));
}
