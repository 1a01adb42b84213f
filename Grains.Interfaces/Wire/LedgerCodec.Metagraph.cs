using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Wire;

/// <summary>The part of the codec that is about neurons, links between hotkeys, and root claims.</summary>
public static partial class LedgerCodec
{
    private const byte MetagraphVersion = 1;

    /// <summary>Has locks and a lease behind the rest. What has neither is written as it always was.</summary>
    private const byte LockedMetagraphVersion = 2;

    /// <summary>Has swaps of keys behind locks and lease.</summary>
    private const byte SwappedMetagraphVersion = 90;

    /// <summary>Has limit orders behind swaps of keys.</summary>
    private const byte OrderedMetagraphVersion = 100;

    /// <summary>Has the identity behind limit orders, and what root's validators have said about new subnets.</summary>
    private const byte TextMetagraphVersion = 140;
    private const byte RatesVersion = 1;
    private const byte RemainsVersion = 1;

    private delegate T Reading<out T>(ref RecordReader reader);

    /// <summary>A whole metagraph is its difference to the empty one: one layout, and what a subnet does not use costs a byte.</summary>
    public static void Write(RecordWriter writer, Metagraph metagraph) => Write(writer, MetagraphDelta.Between(Metagraph.Empty, metagraph));

    public static Metagraph ReadMetagraph(ref RecordReader reader) => ReadMetagraphDelta(ref reader).Apply(Metagraph.Empty);

    public static void Write(RecordWriter writer, MetagraphDelta delta)
    {
        var hasOrders = delta.HasTexts || !delta.Orders.IsEmpty;
        writer.Byte(delta.HasTexts ? TextMetagraphVersion : hasOrders ? OrderedMetagraphVersion : delta.HasSwaps ? SwappedMetagraphVersion : delta.HasLocks ? LockedMetagraphVersion : MetagraphVersion);
        writer.OptionalUInt64((ulong?)delta.NeuronCount);
        writer.UInt64((ulong)delta.Neurons.Length);
        foreach (var neuron in delta.Neurons) WriteNeuron(writer, neuron);
        WriteMap(writer, delta.Children, WriteAccount, WriteLinks);
        WriteMap(writer, delta.Parents, WriteAccount, WriteLinks);
        WriteMap(writer, delta.PendingChildren, WriteAccount, WritePending);
        WriteMap(writer, delta.ChildTakes, WriteAccount, static (writer, take) => writer.UInt64(take));
        WriteMap(writer, delta.ChildrenSetAt, WriteAccount, static (writer, block) => writer.UInt64(block));
        WriteMap(writer, delta.ChildTakeSetAt, WriteAccount, static (writer, block) => writer.UInt64(block));
        WriteMap(writer, delta.AutoStake, WriteAccount, WriteAccount);
        WriteMap(writer, delta.Commits, WriteCommitKey, WriteCommits);
        WriteMap(writer, delta.AlphaDividends, WriteAccount, static (writer, alpha) => writer.UInt64(alpha.Rao));
        WriteMap(writer, delta.RootDividends, WriteAccount, static (writer, alpha) => writer.UInt64(alpha.Rao));
        writer.Bool(delta.MechanismSplit is not null);
        if (delta.MechanismSplit is { } split) WriteNumbers(writer, split);
        if (delta.HasLocks || delta.HasSwaps || hasOrders) WriteLocks(writer, delta);
        if (delta.HasSwaps || hasOrders) WriteSwaps(writer, delta);
        if (hasOrders) WriteMap(writer, delta.Orders, WriteOrderId, WriteRecord);
        if (delta.HasTexts) WriteTexts(writer, delta);
    }

    public static MetagraphDelta ReadMetagraphDelta(ref RecordReader reader)
    {
        var version = reader.Byte();
        if (version is not (LockedMetagraphVersion or SwappedMetagraphVersion or OrderedMetagraphVersion or TextMetagraphVersion)) Expect(version, MetagraphVersion, "metagraph");
        var delta = new MetagraphDelta
        {
            NeuronCount = reader.OptionalUInt64() is { } count ? checked((int)count) : null,
            Neurons = ReadList(ref reader, ReadNeuron),
            Children = ReadMap(ref reader, ReadAccount, ReadLinks),
            Parents = ReadMap(ref reader, ReadAccount, ReadLinks),
            PendingChildren = ReadMap(ref reader, ReadAccount, ReadPending),
            ChildTakes = ReadMap(ref reader, ReadAccount, static (ref RecordReader reader) => reader.UInt16()),
            ChildrenSetAt = ReadMap(ref reader, ReadAccount, static (ref RecordReader reader) => reader.UInt64()),
            ChildTakeSetAt = ReadMap(ref reader, ReadAccount, static (ref RecordReader reader) => reader.UInt64()),
            AutoStake = ReadMap(ref reader, ReadAccount, ReadAccount),
            Commits = ReadMap(ref reader, ReadCommitKey, static (ref RecordReader reader) => ReadList(ref reader, ReadCommit)),
            AlphaDividends = ReadMap(ref reader, ReadAccount, static (ref RecordReader reader) => new Alpha(reader.UInt64())),
            RootDividends = ReadMap(ref reader, ReadAccount, static (ref RecordReader reader) => new Alpha(reader.UInt64())),
            MechanismSplit = reader.Bool() ? ReadNumbers(ref reader) : null,
        };
        if (version == MetagraphVersion) return delta;
        delta = WithLocks(ref reader, delta);
        if (version == LockedMetagraphVersion) return delta;
        delta = WithSwaps(ref reader, delta);
        if (version == SwappedMetagraphVersion) return delta;
        delta = delta with { Orders = ReadMap(ref reader, ReadOrderId, ReadRecord) };
        return version == TextMetagraphVersion ? WithTexts(ref reader, delta) : delta;
    }

    public static void Write(RecordWriter writer, ClaimRates rates)
    {
        writer.Byte(RatesVersion);
        writer.UInt64((ulong)rates.BySubnet.Count);
        foreach (var (netuid, rate) in rates.BySubnet)
        {
            writer.UInt64(netuid.Value);
            writer.Int128(rate.Bits);
        }
    }

    public static ClaimRates ReadClaimRates(ref RecordReader reader)
    {
        Expect(reader.Byte(), RatesVersion, "claim rates");
        var rates = ClaimRates.None.BySubnet.ToBuilder();
        for (var left = reader.Count(ItemsMax); left > 0; left--) rates[new NetUid(reader.UInt16())] = new I96F32(reader.Int128());
        return new ClaimRates(rates.ToImmutable());
    }

    public static void Write(RecordWriter writer, SubnetRemains remains)
    {
        writer.Byte(RemainsVersion);
        writer.Byte((byte)((remains.OwnerCutEnabled ? 1 : 0) | (remains.RecycleIncentive ? 2 : 0)));
        writer.UInt64(remains.MinNonImmuneUids);
        writer.UInt64(remains.RootClaimThreshold);
        writer.UInt64(remains.MinChildTake);
        writer.UInt64((ulong)remains.AutoStake.Count);
        foreach (var (coldkey, hotkey) in remains.AutoStake)
        {
            writer.Account(coldkey);
            writer.Account(hotkey);
        }

        writer.UInt64(remains.Generation);
    }

    public static SubnetRemains ReadRemains(ref RecordReader reader)
    {
        Expect(reader.Byte(), RemainsVersion, "dissolved subnet");
        var flags = reader.Byte();
        var (uids, threshold, take) = (reader.UInt16(), reader.UInt64(), reader.UInt16());
        var autoStake = ImmutableSortedDictionary.CreateBuilder<AccountId, AccountId>();
        for (var left = reader.Count(ItemsMax); left > 0; left--) autoStake[reader.Account()] = reader.Account();
        return new SubnetRemains((flags & 1) != 0, (flags & 2) != 0, uids, threshold, take, autoStake.ToImmutable(), reader.UInt64());
    }

    private static void WriteNeuron(RecordWriter writer, NeuronDelta neuron)
    {
        writer.UInt64(neuron.Uid);
        writer.Byte((byte)((neuron.IsActive ? 1 : 0) | (neuron.HasPermit ? 2 : 0) | (neuron.Hotkey is null ? 0 : 4)));
        if (neuron.Hotkey is { } hotkey) writer.Account(hotkey);
        writer.UInt64(neuron.RegisteredAt);
        writer.UInt64(neuron.Dividends);
        writer.UInt64(neuron.Consensus);
        writer.UInt64(neuron.ValidatorTrust);
        writer.UInt64(neuron.StakeWeight);
        writer.UInt64(neuron.Emission.Rao);
        writer.UInt64((ulong)neuron.Rows.Length);
        foreach (var row in neuron.Rows) WriteRow(writer, row);
    }

    private static NeuronDelta ReadNeuron(ref RecordReader reader)
    {
        var uid = reader.UInt16();
        var flags = reader.Byte();
        return new NeuronDelta(
            uid, (flags & 4) != 0 ? reader.Account() : null, reader.UInt64(), (flags & 1) != 0, (flags & 2) != 0, reader.UInt16(), reader.UInt16(),
            reader.UInt16(), reader.UInt16(), new Alpha(reader.UInt64()), ReadList(ref reader, ReadRow));
    }

    private static void WriteRow(RecordWriter writer, RowDelta row)
    {
        writer.Byte((byte)((row.Weights is null ? 0 : 1) | (row.Bonds is null ? 0 : 2)));
        writer.UInt64(row.LastUpdate);
        writer.UInt64(row.Incentive);
        if (row.Weights is { } weights) WriteEntries(writer, weights);
        if (row.Bonds is { } bonds) WriteEntries(writer, bonds);
    }

    private static RowDelta ReadRow(ref RecordReader reader)
    {
        var flags = reader.Byte();
        return new RowDelta(
            reader.UInt64(), reader.UInt16(), (flags & 1) != 0 ? ReadEntries(ref reader) : null, (flags & 2) != 0 ? ReadEntries(ref reader) : null);
    }

    /// <summary>Three bytes an entry where uids ascend: the step from the last uid, and the value in two bytes, since most are large.</summary>
    private static void WriteEntries(RecordWriter writer, ImmutableArray<WeightEntry> entries)
    {
        writer.UInt64((ulong)entries.Length);
        var next = 0;
        foreach (var entry in entries)
        {
            writer.Int64(entry.Uid - next);
            writer.TwoBytes(entry.Value);
            next = entry.Uid + 1;
        }
    }

    private static ImmutableArray<WeightEntry> ReadEntries(ref RecordReader reader)
    {
        var entries = new WeightEntry[reader.Count(ItemsMax)];
        var next = 0L;
        for (var i = 0; i < entries.Length; i++)
        {
            var uid = checked((ushort)(next + reader.Int64()));
            entries[i] = new WeightEntry(uid, reader.TwoBytes());
            next = uid + 1L;
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(entries);
    }

    private static void WritePending(RecordWriter writer, PendingChildren pending)
    {
        WriteLinks(writer, pending.Children);
        writer.UInt64(pending.CooldownBlock);
    }

    private static PendingChildren ReadPending(ref RecordReader reader) => new(ReadLinks(ref reader), reader.UInt64());

    private static void WriteCommits(RecordWriter writer, ImmutableArray<WeightCommit> commits)
    {
        writer.UInt64((ulong)commits.Length);
        foreach (var commit in commits)
        {
            writer.Bytes(commit.Hash.AsSpan());
            writer.UInt64(commit.Epoch);
            writer.UInt64(commit.Block);
            writer.Bool(commit.Sealed is not null);
            if (commit.Sealed is { } weights) Write(writer, weights);
            writer.UInt64(commit.Round);
        }
    }

    private static WeightCommit ReadCommit(ref RecordReader reader) =>
        new([.. reader.Bytes()], reader.UInt64(), reader.UInt64(), reader.Bool() ? ReadWeights(ref reader) : null, reader.UInt64());

    private static void WriteCommitKey(RecordWriter writer, CommitKey key)
    {
        writer.Byte(key.Mechanism);
        writer.Account(key.Hotkey);
    }

    private static CommitKey ReadCommitKey(ref RecordReader reader) => new(reader.Byte(), reader.Account());

    private static void WriteAccount(RecordWriter writer, AccountId account) => writer.Account(account);

    private static AccountId ReadAccount(ref RecordReader reader) => reader.Account();

    private static void WriteMap<TKey, TValue>(
        RecordWriter writer, MapDelta<TKey, TValue> delta, Action<RecordWriter, TKey> writeKey, Action<RecordWriter, TValue> writeValue)
        where TKey : IComparable<TKey>
    {
        // Twice the count, and one more when something is removed: an untouched map costs one byte.
        writer.UInt64(((ulong)delta.Set.Length << 1) | (delta.Removed.IsEmpty ? 0UL : 1));
        foreach (var (key, value) in delta.Set)
        {
            writeKey(writer, key);
            writeValue(writer, value);
        }

        if (delta.Removed.IsEmpty) return;
        writer.UInt64((ulong)delta.Removed.Length);
        foreach (var key in delta.Removed) writeKey(writer, key);
    }

    private static MapDelta<TKey, TValue> ReadMap<TKey, TValue>(ref RecordReader reader, Reading<TKey> readKey, Reading<TValue> readValue)
        where TKey : IComparable<TKey>
    {
        var head = reader.Count(ItemsMax << 1);
        var set = new KeyValuePair<TKey, TValue>[head >> 1];
        for (var i = 0; i < set.Length; i++) set[i] = new(readKey(ref reader), readValue(ref reader));
        return set.Length == 0 && (head & 1) == 0
            ? MapDelta<TKey, TValue>.Empty
            : new MapDelta<TKey, TValue>([.. set], (head & 1) == 0 ? [] : ReadList(ref reader, readKey));
    }

    private static ImmutableArray<T> ReadList<T>(ref RecordReader reader, Reading<T> read)
    {
        var items = new T[reader.Count(ItemsMax)];
        for (var i = 0; i < items.Length; i++) items[i] = read(ref reader);
        return ImmutableCollectionsMarshal.AsImmutableArray(items);
    }
}
