using Dtao.Grains.Shell;
using Dtao.Grains.Wire;
using Orleans.Storage;

namespace Dtao.Hosting.Cluster;

/// <summary>A silo that may have left something to finish.</summary>
/// <param name="Silo">Its address, with which life of it this is.</param>
/// <param name="SeenAt">The version of the membership that it knew when it entered: whoever knows a later one, and not the silo, knows that it is gone.</param>
public sealed record ListedSilo(string Silo, long SeenAt);

/// <summary>
/// Which silos have noted active accounts, and were not yet swept up after: one record that all silos of a network change, each change conditional. A second record names every
/// silo that ever was on the list, and is never made shorter: in the journals of those that are gone stand actors that the feed has to know.
/// </summary>
public sealed class SiloDirectory(IGrainStorage storage, Func<long> membershipVersion)
{
    private const byte FormatVersion = 1;
    private const string Name = "silos";
    private const string EverName = "silos-ever";
    private const int TriesMax = 64;

    private static readonly GrainId s_id = GrainId.Create(StoredGenesis.GrainTypeName, "silos");

    public async Task<IReadOnlyList<ListedSilo>> ReadAsync() => Decode(await Load(Name));

    /// <summary>Every silo that was ever on the list. Those that had left it before there was a second record are not named.</summary>
    public async Task<IReadOnlyList<ListedSilo>> ReadEverAsync() => Decode(await Load(EverName));

    /// <summary>Durable on return. A repeat changes nothing.</summary>
    public async Task AddAsync(string silo)
    {
        var listed = new ListedSilo(silo, membershipVersion());
        await Add(EverName, listed);
        await Add(Name, listed);
    }

    /// <summary>Durable on return. A repeat changes nothing.</summary>
    public async Task RemoveAsync(string silo)
    {
        // One that noted itself before there was a second record is not lost with its place on the first.
        if ((await ReadAsync()).FirstOrDefault(one => one.Silo == silo) is { } listed) await Add(EverName, listed);
        await Change(Name, silos => silos.All(one => one.Silo != silo) ? null : [.. silos.Where(one => one.Silo != silo)]);
    }

    private Task Add(string name, ListedSilo listed) => Change(name, silos => silos.Any(one => one.Silo == listed.Silo) ? null : [.. silos, listed]);

    private async Task Change(string name, Func<List<ListedSilo>, List<ListedSilo>?> change)
    {
        for (var tries = 1; ; tries++)
        {
            var state = await Load(name);
            if (change(Decode(state)) is not { } changed) return;
            state.State = new JournalRecord { Payload = Encode(changed) };
            try
            {
                await storage.WriteStateAsync(name, s_id, state);
                return;
            }
            catch (InconsistentStateException) when (tries < TriesMax)
            {
                // Another silo was first: its change has to stay.
            }
        }
    }

    private async Task<GrainState<JournalRecord>> Load(string name)
    {
        var state = new GrainState<JournalRecord>(new JournalRecord());
        await storage.ReadStateAsync(name, s_id, state);
        return state;
    }

    private static byte[] Encode(List<ListedSilo> silos)
    {
        var writer = new RecordWriter(64);
        writer.Byte(FormatVersion);
        writer.UInt64((ulong)silos.Count);
        foreach (var (silo, seenAt) in silos)
        {
            writer.Text(silo);
            writer.Int64(seenAt);
        }

        return writer.ToArray();
    }

    private static List<ListedSilo> Decode(GrainState<JournalRecord> state)
    {
        if (!state.RecordExists) return [];
        var reader = new RecordReader(state.State!.Payload);
        LedgerCodec.Expect(reader.Byte(), FormatVersion, "list of silos");
        var silos = new List<ListedSilo>();
        for (var count = reader.Count(); count > 0; count--) silos.Add(new(reader.Text()!, reader.Int64()));
        return silos;
    }
}
