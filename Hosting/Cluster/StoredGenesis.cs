using System.Diagnostics;
using Dtao.Grains.Shell;
using Dtao.Grains.Wire;
using Dtao.Hosting.Genesis;
using Dtao.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Dtao.Hosting.Cluster;

/// <summary>What the silos of a cluster agreed to begin with.</summary>
/// <param name="Document">Null of a network that was imported from a file without one; never of what a silo proposes.</param>
/// <param name="BlockIntervalMilliseconds">In place of the document's own; null = the document's.</param>
public sealed record AgreedGenesis(GenesisDocument? Document, long? BlockIntervalMilliseconds)
{
    public string Name { get; init; } = Document?.Name ?? string.Empty;

    public string NetworkId { get; init; } = Document?.NetworkId ?? string.Empty;
}

/// <summary>A genesis was given that is not the one that the network began with.</summary>
public sealed class OtherGenesisException(string message) : InvalidOperationException(message);

/// <summary>
/// Block 0 of a network whose silos share nothing but grain storage: which genesis it is, is decided by who inserts the document; everything after that
/// only inserts what is missing, and always the same, so that any silo can finish what another began.
/// </summary>
/// <remarks>
/// Records: <c>document</c> (the genesis, inserted by exactly one silo), <c>loading</c> (how many actors have their first snapshot so far, as long as somebody writes them), and
/// <c>loaded</c> (every actor has it). Until the latter is there, no silo takes part.
/// An import of a network takes the place of the document before it writes anything else, and says what it was when all is there; silos that find it there earlier do not start.
/// </remarks>
public sealed partial class StoredGenesis(IGrainStorage storage, TimeProvider time, ILogger logger)
{
    public const string GrainTypeName = "dtao-network";

    private const byte FormatVersion = 1;

    /// <summary>Of a document record that an import has written.</summary>
    private const byte ImportVersion = 2;
    private const byte Importing = 1;
    private const byte Imported = 2;

    /// <summary>So many actors at a time: enough to fill a transaction of each of the default's 32 partitions.</summary>
    private const int WidthMax = 4_096;
    private const int BusyTriesMax = 30;
    private const string DocumentName = "document";
    private const string LoadingName = "loading";
    private const string LoadedName = "loaded";

    /// <summary>A silo that wrote the document, and for so long says nothing of how far it has come with loading it, is helped.</summary>
    public static readonly TimeSpan LoaderMaxDefault = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TellPause = TimeSpan.FromSeconds(3);
    private static readonly GrainId s_id = GrainId.Create(GrainTypeName, "genesis");

    internal TimeSpan LoaderMax { get; init; } = LoaderMaxDefault;

    /// <summary>Told now and then how many actors have their first snapshot, while this silo or another one writes them.</summary>
    internal Action<long>? Progress { get; init; }

    /// <summary>Whether every actor has its first snapshot.</summary>
    public async Task<bool> IsLoadedAsync() => (await Read(LoadedName)).RecordExists;

    /// <summary>What the network began with; null when nobody has said yet.</summary>
    public async Task<AgreedGenesis?> ReadAsync()
    {
        var stored = await Read(DocumentName);
        return stored.RecordExists ? Decode(stored.State!.Payload) : null;
    }

    /// <summary>Makes the network when there is none, or waits until another silo has made it.</summary>
    /// <param name="proposed">What a new network begins with.</param>
    /// <param name="isGiven">Whether somebody asked for just this genesis: then a network that began with another is refused.</param>
    /// <returns>What the network began with, and whether this silo's proposal was taken.</returns>
    /// <exception cref="OtherGenesisException">The network began with another document than the one that was given.</exception>
    /// <exception cref="Storage.StoreException">An import is under way, or was and did not come to an end.</exception>
    public async Task<(AgreedGenesis Genesis, bool IsOurs)> EnsureAsync(AgreedGenesis proposed, bool isGiven, CancellationToken cancellationToken)
    {
        var payload = Encode(proposed);
        var isOurs = await TryInsert(DocumentName, payload);
        var stored = (await Read(DocumentName)).State!.Payload;
        var agreed = Decode(stored);
        if (!isOurs && isGiven && !IsSame(agreed.Document, proposed.Document!))
        {
            throw new OtherGenesisException($"The network '{agreed.Name}' began with another genesis than the one that was given, and a ledger is never overwritten. "
                + "Start without a genesis to take part in it, or give another storage account, table, or service id to begin anew.");
        }

        if (isOurs || !await WaitForLoader(cancellationToken)) await Load(agreed, cancellationToken);
        return (agreed, isOurs);
    }

    /// <summary>Takes an empty store for an import, or goes on with one of the same file that did not come to an end. Durable on return.</summary>
    /// <param name="file">The file's digest.</param>
    /// <param name="layout">How the import cuts journals into records: another one must not go on with it.</param>
    /// <returns>False where the store has a network already, or an import of another file or layout.</returns>
    internal async Task<(bool IsTaken, bool IsImport)> TryBeginImportAsync(ReadOnlyMemory<byte> file, byte layout)
    {
        var payload = EncodeImport(Importing, file, writer => writer.Byte(layout));
        if (await TryInsert(DocumentName, payload)) return (true, true);
        var stored = (await Read(DocumentName)).State!.Payload;
        return (stored.AsSpan().SequenceEqual(payload), stored is [ImportVersion, Importing, ..]);
    }

    /// <summary>Makes what was imported a network: silos may start. Durable on return.</summary>
    internal async Task FinishImportAsync(ReadOnlyMemory<byte> file, GenesisDocument? document, string name, string networkId)
    {
        await TryInsert(LoadedName, [FormatVersion]);
        var stored = await Read(DocumentName);
        stored.State = new JournalRecord
        {
            Payload = EncodeImport(Imported, file, writer =>
            {
                writer.Text(name);
                writer.Text(networkId);
                writer.Bytes(document is null ? [] : GenesisWriter.Write(document));
            }),
        };
        await storage.WriteStateAsync(DocumentName, s_id, stored);
    }

    private static bool IsSame(GenesisDocument? stored, GenesisDocument given) =>
        stored is not null && GenesisWriter.Write(stored).AsSpan().SequenceEqual(GenesisWriter.Write(given));

    private async Task<bool> WaitForLoader(CancellationToken cancellationToken)
    {
        var (seen, last) = (time.GetTimestamp(), (string?)null);
        while (!await IsLoadedAsync())
        {
            var loading = await Read(LoadingName);
            if (loading.RecordExists && loading.ETag != last)
            {
                (seen, last) = (time.GetTimestamp(), loading.ETag);
                Progress?.Invoke(new RecordReader(loading.State!.Payload).Int64());
            }

            if (time.GetElapsedTime(seen) > LoaderMax) return false;
            await Task.Delay(LookPause, time, cancellationToken);
        }

        return true;
    }

    private async Task Load(AgreedGenesis agreed, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var journals = new GrainStorageJournals(storage);
        var genesis = agreed.Document!.ToNetworkGenesis(agreed.BlockIntervalMilliseconds);
        var count = 0;
        using (var over = new CancellationTokenSource())
        {
            var telling = TellProgress(() => Volatile.Read(ref count), over.Token);
            try
            {
                await Parallel.ForEachAsync(
                    Network.GenesisLoader.Actors(genesis),
                    new ParallelOptions { MaxDegreeOfParallelism = WidthMax, CancellationToken = cancellationToken },
                    async (actor, _) =>
                    {
                        await InsertFirst(journals, actor.ActorKey, actor.Snapshot);
                        Interlocked.Increment(ref count);
                    });
            }
            finally
            {
                await over.CancelAsync();
                await telling;
            }
        }

        await TryInsert(LoadedName, [FormatVersion]);
        LogLoaded(genesis.Name, count, Stopwatch.GetElapsedTime(began).Ticks / TimeSpan.TicksPerMillisecond);
    }

    /// <summary>Large pools may fill what the store lets be under way; whoever waited too long for its place has written nothing, and waits again.</summary>
    private static async Task InsertFirst(GrainStorageJournals journals, string actorKey, ReadOnlyMemory<byte> snapshot)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await journals.InsertFirstAsync(actorKey, snapshot);
                return;
            }
            catch (GrainStorageBusyException) when (tries < BusyTriesMax)
            {
            }
        }
    }

    /// <summary>Others wait for this silo as long as its count changes.</summary>
    private async Task TellProgress(Func<long> read, CancellationToken over)
    {
        while (true)
        {
            await Task.Delay(TellPause, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested) return;
            Progress?.Invoke(read());
            try
            {
                var stored = await Read(LoadingName);
                var writer = new RecordWriter(sizeof(long));
                writer.Int64(read());
                stored.State = new JournalRecord { Payload = writer.ToArray() };
                await storage.WriteStateAsync(LoadingName, s_id, stored);
            }
            catch (Exception untold) when (untold is not OutOfMemoryException)
            {
                // Another silo may then help, and harms nobody.
                LogUntold(untold.Message);
            }
        }
    }

    private async Task<bool> TryInsert(string name, byte[] payload)
    {
        try
        {
            await storage.WriteStateAsync(name, s_id, new GrainState<JournalRecord>(new JournalRecord { Payload = payload }));
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }

    private async Task<GrainState<JournalRecord>> Read(string name)
    {
        var state = new GrainState<JournalRecord>(new JournalRecord());
        await storage.ReadStateAsync(name, s_id, state);
        return state;
    }

    private static byte[] Encode(AgreedGenesis genesis)
    {
        var document = GenesisWriter.Write(genesis.Document!);
        var writer = new RecordWriter(document.Length + 32);
        writer.Byte(FormatVersion);
        writer.Bool(genesis.BlockIntervalMilliseconds is not null);
        writer.Int64(genesis.BlockIntervalMilliseconds ?? 0);
        writer.Bytes(document);
        return writer.ToArray();
    }

    private static byte[] EncodeImport(byte state, ReadOnlyMemory<byte> file, Action<RecordWriter> write)
    {
        var writer = new RecordWriter(256);
        writer.Byte(ImportVersion);
        writer.Byte(state);
        writer.Bytes(file.Span);
        write(writer);
        return writer.ToArray();
    }

    private static AgreedGenesis DecodeImport(ref RecordReader reader)
    {
        if (reader.Byte() != Imported) throw new StoreException(StoreErrorCode.ImportUnfinished, "A network is being imported here, or was and the import did not come to an end.");
        _ = reader.Bytes();
        var (name, networkId, document) = (reader.Text()!, reader.Text()!, reader.Bytes());
        return new(document.Length == 0 ? null : ReadDocument(document), null) { Name = name, NetworkId = networkId };
    }

    private static GenesisDocument ReadDocument(byte[] document) =>
        GenesisDocumentReader.Read(document).Document ?? throw new InvalidDataException("The stored genesis cannot be read.");

    private static AgreedGenesis Decode(byte[] payload)
    {
        var reader = new RecordReader(payload);
        if (payload is [ImportVersion, ..])
        {
            _ = reader.Byte();
            return DecodeImport(ref reader);
        }

        LedgerCodec.Expect(reader.Byte(), FormatVersion, "stored genesis");
        var (hasInterval, interval) = (reader.Bool(), reader.Int64());
        return new(ReadDocument(reader.Bytes()), hasInterval ? interval : null);
    }

    [LoggerMessage(732, LogLevel.Warning, "How far the genesis has come could not be told to other silos: {Reason}")]
    private partial void LogUntold(string reason);

    [LoggerMessage(731, LogLevel.Information, "Network {Name}: {Count} actors have their first snapshot after {Milliseconds} ms")]
    private partial void LogLoaded(string name, int count, long milliseconds);
}
