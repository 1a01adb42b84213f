namespace Dtao.Hosting.Export;

/// <summary>An empty place that a ledger is written into. Until it is published nothing there is taken for a network.</summary>
public interface INetworkTarget : IAsyncDisposable
{
    /// <summary>Takes the place for this file; goes on with an import of the same file that did not finish.</summary>
    /// <exception cref="NetworkFileException">It is not empty, or silos run.</exception>
    Task BeginAsync(NetworkFileReport file, CancellationToken cancellationToken);

    ValueTask WriteAsync(LedgerItem item, CancellationToken cancellationToken);

    /// <summary>Ends the writing, and reads back what is stored.</summary>
    /// <returns>What was read back.</returns>
    Task<LedgerTotals> FinishAsync(CancellationToken cancellationToken);

    /// <summary>Makes it a network. Durable on return, but for the name of a database file, which a loss of power right after may take back: the import is repeated then.</summary>
    Task PublishAsync(CancellationToken cancellationToken);
}

/// <summary>Makes a network of a file.</summary>
public static class NetworkImport
{
    /// <summary>Reads the whole file first, so that a damaged one touches nothing; writes it; reads back what was written; and makes it a network at last.</summary>
    /// <exception cref="NetworkFileException">The file is refused, the target is not empty, or what was read back differs.</exception>
    /// <exception cref="Storage.StoreException">The target cannot be written. The import may be repeated.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async Task<NetworkFileReport> RunAsync(string path, INetworkTarget target, CancellationToken cancellationToken = default)
    {
        var report = NetworkFileReader.Check(path, cancellationToken);
        await target.BeginAsync(report, cancellationToken);
        using (var reader = NetworkFileReader.Open(path))
        {
            foreach (var item in reader.ReadItems()) await target.WriteAsync(item, cancellationToken);
            if (!reader.Report!.Digest.Span.SequenceEqual(report.Digest.Span)) throw new NetworkFileException(NetworkFileErrorCode.Damaged, $"{path} changed while it was read.");
        }

        var stored = await target.FinishAsync(cancellationToken);
        if (!stored.IsSameLedger(report.Totals)) throw new NetworkFileException(NetworkFileErrorCode.ReadBackDiffers, "The ledger that was read back is not the one of the file.");
        await target.PublishAsync(cancellationToken);
        return report;
    }
}
