using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Wire;
using Dtao.Hosting.Audit;
using Dtao.Storage;

namespace Dtao.LoadTest.Runs;

/// <summary>The database file of a network that runs in one process on this machine. It is read beside the process that writes it.</summary>
internal sealed class NetworkFile(FileInfo file)
{
    /// <exception cref="LoadUsageException">It is not the file of this network.</exception>
    public void CheckIsOf(string networkId)
    {
        if (ReadNetworkId() is var found && found != networkId) throw new LoadUsageException($"--database: {file} holds network '{found}', and '{networkId}' is loaded.");
    }

    public Task<AuditReport> AuditAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var view = Open();
        return Task.FromResult(LedgerAudit.Run(view));
    }

    /// <summary>The audit, and the state of every actor at that instant.</summary>
    public Task<StoredBooks> ReadBooksAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var view = Open();
        var image = NetworkImage.Read(view);
        return Task.FromResult(new StoredBooks(LedgerAudit.Run(view, image), image));
    }

    private string ReadNetworkId()
    {
        try
        {
            using var view = Open();
            if (view.ReadSnapshot(ActorKeys.Registry) is not { } snapshot) throw new LoadUsageException($"--database: {file} holds no network.");
            var reader = new RecordReader(snapshot.State.Span);
            return RegistryModel.Instance.ReadState(ref reader).NetworkId;
        }
        catch (Exception unusable) when (unusable is StoreException or IOException or UnauthorizedAccessException)
        {
            throw new LoadUsageException($"--database: {file} cannot be read: {unusable.Message}");
        }
    }

    private JournalReadView Open() => JournalReadView.OpenFile(file.FullName, isChecked: false);
}
