using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Registration;
using Dtao.Grains.Shell;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Registry;

/// <summary>What events do to the registry, and how both are stored.</summary>
public sealed class RegistryModel : IActorModel<RegistryState, RegistryEvent>
{
    public static readonly RegistryModel Instance = new();

    private const byte EventVersion = 1;
    private const byte NetworkChangedMark = 5;
    private const byte NetworkChangedWithSymbols = 140;
    private const byte StateVersion = 2;
    private const byte StateVersionOfFixedSubnets = 1;

    /// <summary>As the state of any network, and operations have to be signed.</summary>
    private const byte SignedStateVersion = 210;

    public RegistryState Create() => new();

    public void Apply(RegistryState state, RegistryEvent happened)
    {
        switch (happened)
        {
            case PoolChangeStarted started:
                state.UnderWay = started.Change;
                state.NextSequence = started.Change.Sequence + 1;
                break;
            case PoolChangeSettled settled:
                var change = state.UnderWay ?? throw new InvalidOperationException("A setting was settled that was not under way.");
                state.UnderWay = null;
                Remember(state, new AppliedChange(change.ContentHash, settled.Receipt));
                break;
            case ChangeDecidedHere decided:
                state.DecidedCount++;
                if (decided.After is not null)
                {
                    state.Parameters = decided.After;
                    state.Revision++;
                }

                Remember(state, new AppliedChange(decided.ContentHash, decided.Receipt));
                break;
            case NetworkChanged changed:
                Apply(state, changed);
                break;
            case ParametersPushed pushed:
                state.PushedRevision = Math.Max(state.PushedRevision, pushed.Revision);
                break;
            default:
                throw new InvalidOperationException($"Unknown registry event {happened.GetType().Name}.");
        }
    }

    private static void Apply(RegistryState state, NetworkChanged changed)
    {
        var change = changed.Change;
        state.LastBatch = changed.Batch;
        var subnets = state.Subnets.Where(subnet => !change.Removed.Contains(subnet.Netuid)).ToList();
        foreach (var netuid in change.Added)
        {
            var symbol = SubnetSymbols.Next(netuid, [.. subnets.Select(subnet => subnet.Symbol)]);
            subnets.Add(new SubnetEntry(netuid, netuid.Value, $"subnet {netuid}", symbol));
        }

        foreach (var (netuid, symbol) in change.Symbols)
        {
            var place = subnets.FindIndex(subnet => subnet.Netuid == netuid);
            subnets[place] = subnets[place] with { Symbol = symbol };
        }

        state.Subnets = [.. subnets.OrderBy(subnet => subnet.Netuid, Comparer<NetUid>.Create(NetUid.CompareInStorageOrder))];
        state.RetiredDestroyed = new Tao(checked((ulong)((long)state.RetiredDestroyed.Rao + change.RetiredDestroyed)));
        if (change.LastLock is not { } lastLock) return;
        state.Parameters = state.Parameters with { NetworkLastLock = lastLock, NetworkLastLockBlock = change.LastLockBlock };
        state.Revision++;
    }

    private static void Remember(RegistryState state, AppliedChange applied)
    {
        state.Applied.Add(applied.Receipt.Id, applied);
        state.AppliedOrder.Enqueue(applied.Receipt.Id);
        while (state.AppliedOrder.Count > RegistryState.ReceiptsMax) state.Applied.Remove(state.AppliedOrder.Dequeue());
    }

    public void WriteEvent(RecordWriter writer, RegistryEvent happened)
    {
        writer.Byte(EventVersion);
        switch (happened)
        {
            case PoolChangeStarted started:
                writer.Byte(1);
                WriteChange(writer, started.Change);
                break;
            case PoolChangeSettled settled:
                writer.Byte(2);
                ReceiptCodec.Write(writer, settled.Receipt);
                break;
            case ChangeDecidedHere decided:
                writer.Byte(3);
                writer.UInt128(decided.ContentHash);
                ReceiptCodec.Write(writer, decided.Receipt);
                writer.Bool(decided.After is not null);
                if (decided.After is not null) LedgerCodec.Write(writer, decided.After);
                break;
            case NetworkChanged changed:
                var hasSymbols = changed.Change.Symbols.Length > 0;
                writer.Byte(hasSymbols ? NetworkChangedWithSymbols : NetworkChangedMark);
                writer.UInt64(changed.Batch);
                NetworkChangeCodec.Write(writer, changed.Change);
                if (hasSymbols) NetworkChangeCodec.WriteSymbols(writer, changed.Change);
                break;
            case ParametersPushed pushed:
                writer.Byte(4);
                writer.UInt64(pushed.Revision);
                break;
            default:
                throw new InvalidOperationException($"Unknown registry event {happened.GetType().Name}.");
        }
    }

    public RegistryEvent ReadEvent(ref RecordReader reader)
    {
        LedgerCodec.Expect(reader.Byte(), EventVersion, "registry event");
        return reader.Byte() switch
        {
            1 => new PoolChangeStarted(ReadChange(ref reader)),
            2 => new PoolChangeSettled(ReceiptCodec.Read(ref reader)),
            3 => new ChangeDecidedHere(
                reader.UInt128(), ReceiptCodec.Read(ref reader), reader.Bool() ? LedgerCodec.ReadParameters(ref reader) : null),
            4 => new ParametersPushed(reader.UInt64()),
            NetworkChangedMark => new NetworkChanged(reader.UInt64(), NetworkChangeCodec.Read(ref reader)),
            NetworkChangedWithSymbols => new NetworkChanged(reader.UInt64(), NetworkChangeCodec.WithSymbols(ref reader, NetworkChangeCodec.Read(ref reader))),
            var kind => throw new InvalidDataException($"Unknown registry event kind {kind}."),
        };
    }

    public void WriteState(RecordWriter writer, RegistryState state)
    {
        var isFixed = state is { LastBatch: 0, PicksByNumber: false, RequiresSignatures: false };
        writer.Byte(state.RequiresSignatures ? SignedStateVersion : isFixed ? StateVersionOfFixedSubnets : StateVersion);
        writer.Text(state.Name);
        writer.Text(state.NetworkId);
        writer.Text(state.RuleSet);
        writer.UInt64(state.Revision);
        LedgerCodec.Write(writer, state.Parameters);
        writer.UInt64((ulong)state.Subnets.Length);
        foreach (var subnet in state.Subnets)
        {
            writer.UInt64(subnet.Netuid.Value);
            writer.Int64(subnet.PoolKey);
            writer.Text(subnet.Name);
            writer.Text(subnet.Symbol);
        }

        writer.UInt64(state.GenesisIssuance.Rao);
        writer.Int64(state.BlockIntervalMilliseconds);
        writer.UInt64(state.PushedRevision);
        writer.UInt64(state.NextSequence);
        writer.Bool(state.UnderWay is not null);
        if (state.UnderWay is not null) WriteChange(writer, state.UnderWay);
        writer.UInt64(state.DecidedCount);
        writer.UInt64((ulong)state.AppliedOrder.Count);
        foreach (var id in state.AppliedOrder)
        {
            var applied = state.Applied[id];
            writer.UInt128(applied.ContentHash);
            ReceiptCodec.Write(writer, applied.Receipt);
        }

        if (isFixed) return;
        writer.UInt64(state.RetiredDestroyed.Rao);
        writer.UInt64(state.LastBatch);
        writer.Bool(state.PicksByNumber);
    }

    public RegistryState ReadState(ref RecordReader reader)
    {
        var version = reader.Byte();
        if (version is not (StateVersionOfFixedSubnets or SignedStateVersion)) LedgerCodec.Expect(version, StateVersion, "registry state");
        var state = new RegistryState
        {
            Name = reader.Text(),
            NetworkId = reader.Text() ?? string.Empty,
            RuleSet = reader.Text() ?? string.Empty,
            Revision = reader.UInt64(),
            Parameters = LedgerCodec.ReadParameters(ref reader),
            Subnets = new SubnetEntry[reader.Count(ushort.MaxValue + 1)],
            RequiresSignatures = version == SignedStateVersion,
        };
        for (var i = 0; i < state.Subnets.Length; i++)
        {
            state.Subnets[i] = new SubnetEntry(
                new NetUid(reader.UInt16()), reader.Int64(), reader.Text() ?? string.Empty, reader.Text() ?? string.Empty);
        }

        state.GenesisIssuance = new Tao(reader.UInt64());
        state.BlockIntervalMilliseconds = reader.Int64();
        state.PushedRevision = reader.UInt64();
        state.NextSequence = reader.UInt64();
        state.UnderWay = reader.Bool() ? ReadChange(ref reader) : null;
        state.DecidedCount = reader.UInt64();
        for (var count = reader.Count(); count > 0; count--)
        {
            var applied = new AppliedChange(reader.UInt128(), ReceiptCodec.Read(ref reader));
            state.Applied.Add(applied.Receipt.Id, applied);
            state.AppliedOrder.Enqueue(applied.Receipt.Id);
        }

        if (version == StateVersionOfFixedSubnets) return state;
        state.RetiredDestroyed = new Tao(reader.UInt64());
        state.LastBatch = reader.UInt64();
        state.PicksByNumber = reader.Bool();
        return state;
    }

    private static void WriteChange(RecordWriter writer, PoolChange change)
    {
        writer.UInt64(change.Sequence);
        writer.Guid(change.Id.Value);
        writer.UInt128(change.ContentHash);
        LedgerCodec.Write(writer, change.Call);
    }

    private static PoolChange ReadChange(ref RecordReader reader) =>
        new(reader.UInt64(), new OperationId(reader.Guid()), reader.UInt128(), LedgerCodec.ReadCall(ref reader));
}
