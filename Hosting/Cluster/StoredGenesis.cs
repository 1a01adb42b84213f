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
/// Records: <c>document</c> (the genesis, inserted by exactly one silo) and <c>loaded</c> (every actor has its first snapshot). Until the latter is there, no silo takes part.
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
    private const int WidthMax = 128;
    private const string DocumentName = "document";
    private const string LoadedName = "loaded";

    /// <summary>A silo that wrote the document and does not come to an end with loading it is helped after this.</summary>
    public static readonly TimeSpan LoaderMaxDefault = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(250);
    private static readonly GrainId s_id = GrainId.Create(GrainTypeName, "genesis");

    internal TimeSpan LoaderMax { get; init; } = LoaderMaxDefault;

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
        var began = time.GetTimestamp();
        while (!await IsLoadedAsync())
        {
            if (time.GetElapsedTime(began) > LoaderMax) return false;
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
        await Parallel.ForEachAsync(
            Network.GenesisLoader.Actors(genesis),
            new ParallelOptions { MaxDegreeOfParallelism = WidthMax, CancellationToken = cancellationToken },
            async (actor, _) =>
            {
                await journals.InsertFirstAsync(actor.ActorKey, actor.Snapshot);
                Interlocked.Increment(ref count);
            });
        await TryInsert(LoadedName, [FormatVersion]);
        LogLoaded(genesis.Name, count, Stopwatch.GetElapsedTime(began).Ticks / TimeSpan.TicksPerMillisecond);
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

    [LoggerMessage(731, LogLevel.Information, "Network {Name}: {Count} actors have their first snapshot after {Milliseconds} ms")]
    private partial void LogLoaded(string name, int count, long milliseconds);
}
