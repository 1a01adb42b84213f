using Dtao.Grains.Shell;
using Dtao.Grains.Wire;
using Orleans.Storage;

namespace Dtao.Hosting.Cluster;

/// <summary>A silo that may have left something to finish.</summary>
/// <param name="Silo">Its address, with which life of it this is.</param>
/// <param name="SeenAt">The version of the membership that it knew when it entered: whoever knows a later one, and not the silo, knows that it is gone.</param>
public sealed record ListedSilo(string Silo, long SeenAt);

/// <summary>Which silos have noted active accounts, and were not yet swept up after: one record that all silos of a network change, each change conditional.</summary>
public sealed class SiloDirectory(IGrainStorage storage, Func<long> membershipVersion)
{
    private const byte FormatVersion = 1;
    private const string Name = "silos";
    private const int TriesMax = 64;

    private static readonly GrainId s_id = GrainId.Create(StoredGenesis.GrainTypeName, "silos");

    public async Task<IReadOnlyList<ListedSilo>> ReadAsync() => Decode(await Load());

    /// <summary>Durable on return. A repeat changes nothing.</summary>
    public Task AddAsync(string silo) => Change(silos => silos.Any(listed => listed.Silo == silo) ? null : [.. silos, new(silo, membershipVersion())]);

    /// <summary>Durable on return. A repeat changes nothing.</summary>
    public Task RemoveAsync(string silo) => Change(silos => silos.All(listed => listed.Silo != silo) ? null : [.. silos.Where(listed => listed.Silo != silo)]);

    private async Task Change(Func<List<ListedSilo>, List<ListedSilo>?> change)
    {
        for (var tries = 1; ; tries++)
        {
            var state = await Load();
            if (change(Decode(state)) is not { } changed) return;
            state.State = new JournalRecord { Payload = Encode(changed) };
            try
            {
                await storage.WriteStateAsync(Name, s_id, state);
                return;
            }
            catch (InconsistentStateException) when (tries < TriesMax)
            {
                // Another silo was first: its change has to stay.
            }
        }
    }

    private async Task<GrainState<JournalRecord>> Load()
    {
        var state = new GrainState<JournalRecord>(new JournalRecord());
        await storage.ReadStateAsync(Name, s_id, state);
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
