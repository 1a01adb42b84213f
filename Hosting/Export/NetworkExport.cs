namespace Dtao.Hosting.Export;

/// <summary>A stored ledger that can be read from its beginning to its end.</summary>
public interface INetworkSource : IAsyncDisposable
{
    /// <exception cref="NetworkFileException">There is no network.</exception>
    Task<NetworkManifest> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>The ledger of one moment, item by item; no more than a few actors are in memory at a time.</summary>
    /// <exception cref="Storage.StoreException">It cannot be read, or is damaged.</exception>
    IAsyncEnumerable<LedgerItem> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>Writes a whole network to a file.</summary>
public static class NetworkExport
{
    /// <summary>Added to the file's name while it is written.</summary>
    public const string PartialSuffix = ".partial";

    /// <summary>Writes the file under another name, has the disk take it, and gives it its name then: a file of that name is whole.</summary>
    /// <param name="overwrites">Whether a file of that name may be replaced.</param>
    /// <exception cref="NetworkFileException">There is such a file, no network, or the cluster runs.</exception>
    /// <exception cref="Storage.StoreException">The source cannot be read, or is damaged.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static async Task<NetworkFileReport> WriteAsync(INetworkSource source, string path, bool overwrites = false, CancellationToken cancellationToken = default)
    {
        path = Path.GetFullPath(path);
        RefuseIfThere(path, overwrites);
        var manifest = await source.DescribeAsync(cancellationToken);
        var partial = path + PartialSuffix;
        LedgerTotals totals;
        ReadOnlyMemory<byte> digest;
        long length;
        await using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, 64 * 1024))
        {
            (totals, digest) = await Write(source, manifest, file, cancellationToken);
            file.Flush(flushToDisk: true);
            length = file.Length;
        }

        RefuseIfThere(path, overwrites);
        File.Move(partial, path, overwrites);
        return new NetworkFileReport(manifest, totals, length, digest);
    }

    private static async Task<(LedgerTotals Totals, ReadOnlyMemory<byte> Digest)> Write(INetworkSource source, NetworkManifest manifest, FileStream file, CancellationToken cancellationToken)
    {
        using var writer = new NetworkFileWriter(file, manifest);
        var tally = new LedgerTally();
        await foreach (var item in source.ReadAsync(cancellationToken))
        {
            tally.Take(item);
            writer.Write(item, tally.Chain.Span);
        }

        var totals = tally.Totals();
        return (totals, writer.End(totals));
    }

    private static void RefuseIfThere(string path, bool overwrites)
    {
        if (!overwrites && File.Exists(path)) throw new NetworkFileException(NetworkFileErrorCode.FileExists, $"{path} exists.");
    }
}
