using System.Collections.Immutable;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using static Dtao.Grains.Tests.ModelBytes;

namespace Dtao.Grains.Tests.Wire;

/// <summary>Changes a metagraph as a list of random numbers says; when the numbers are used up, every choice is the first one.</summary>
internal sealed class RandomMetagraph(uint[] choices)
{
    private const int KindsOfChanges = 21;
    private int _next;

    public bool IsUsedUp => _next >= choices.Length;

    public Metagraph Changed(Metagraph metagraph) => Pick(KindsOfChanges) switch
    {
        0 or 1 => metagraph with { Neurons = metagraph.Neurons.Add(new Neuron { Hotkey = Key(), RegisteredAt = Number() }) },
        2 when metagraph.Neurons.Length > 0 => metagraph with { Neurons = metagraph.Neurons.RemoveAt(metagraph.Neurons.Length - 1) },
        3 when metagraph.Neurons.Length > 0 => Slot(metagraph, neuron => new Neuron { Hotkey = Key(), RegisteredAt = neuron.RegisteredAt + 1 }),
        4 when metagraph.Neurons.Length > 0 => Slot(metagraph, AfterEpoch),
        5 when metagraph.Neurons.Length > 0 => Slot(metagraph, WithEntries),
        6 => metagraph with { Children = Map(metagraph.Children, Key, Links) },
        7 => metagraph with { Parents = Map(metagraph.Parents, Key, Links) },
        8 => metagraph with { PendingChildren = Map(metagraph.PendingChildren, Key, () => new PendingChildren(Links(), Number())) },
        9 => metagraph with { ChildTakes = Map(metagraph.ChildTakes, Key, Short), AutoStake = Map(metagraph.AutoStake, Key, Key) },
        10 => metagraph with { ChildrenSetAt = Map(metagraph.ChildrenSetAt, Key, Number), ChildTakeSetAt = Map(metagraph.ChildTakeSetAt, Key, Number) },
        11 => metagraph with { Commits = Map(metagraph.Commits, () => new CommitKey((byte)Pick(3), Key()), Commits) },
        12 => metagraph with
        {
            AlphaDividends = Map(metagraph.AlphaDividends, Key, () => new Alpha(Number())),
            RootDividends = Map(metagraph.RootDividends, Key, () => new Alpha(Number())),
        },
        13 => metagraph with
        {
            Locks = Map(metagraph.Locks, Key, () => new StakeLock(Key(), Lock())),
            LockChoices = Map(metagraph.LockChoices, Key, () => (LockChoices)Pick(4)),
        },
        14 => metagraph with { LockTotals = Map(metagraph.LockTotals, () => LockBucket.Of(Pick(2) == 0, Pick(2) == 0, Key()), Lock) },
        15 => metagraph with { Lease = Pick(3) == 0 ? null : Lease(metagraph) },
        16 => metagraph with { HotkeysSwappedAt = Map(metagraph.HotkeysSwappedAt, Key, Number), KeysSwappedAt = Map(metagraph.KeysSwappedAt, Key, Number) },
        17 => metagraph with { SwappedAway = Map(metagraph.SwappedAway, Key, Number), Unseated = Map(metagraph.Unseated, Key, Number) },
        18 => metagraph with { Identity = Pick(3) == 0 ? null : new IdentityDetail($"name {Short()}", "", "", "", "", "", "", "") },
        19 => metagraph with { AutoParents = Map(metagraph.AutoParents, Key, () => Pick(2) == 0) },
        _ => metagraph with { MechanismSplit = [.. Enumerable.Range(0, Pick(4)).Select(_ => Short())] },
    };

    public Metagraph ChangedOften(Metagraph metagraph, int times)
    {
        for (var i = 0; i < times; i++) metagraph = Changed(metagraph);
        return metagraph;
    }

    private int Pick(int count) => IsUsedUp ? 0 : (int)(choices[_next++] % (uint)count);

    /// <summary>From few keys, so that entries are also replaced and removed.</summary>
    private AccountId Key() => Account((byte)Pick(6));

    private ulong Number() => (ulong)Pick(int.MaxValue) << Pick(33);

    private ushort Short() => (ushort)Pick(ushort.MaxValue + 1);

    private ImmutableArray<ChildLink> Links() => [.. Enumerable.Range(0, Pick(4)).Select(_ => new ChildLink(Number(), Key()))];

    private ImmutableArray<WeightEntry> Entries() => [.. Enumerable.Range(0, Pick(5)).Select(_ => new WeightEntry(Short(), Short()))];

    private LockState Lock() => new(new Alpha(Number()), new U64F64(new UInt128(Number(), Number())), new BlockNumber(Number()));

    private SubnetLease Lease(Metagraph metagraph) => new(
        Key(), Key(), Key(), (byte)Pick(101), Pick(2) == 0 ? null : new BlockNumber(Number()),
        Map(metagraph.Lease?.Shares ?? ImmutableSortedDictionary<AccountId, U64F64>.Empty, Key, () => new U64F64(Number())), new Alpha(Number()));

    private ImmutableArray<WeightCommit> Commits() => [.. Enumerable.Range(0, Pick(3)).Select(_ => Pick(2) == 0
        ? new WeightCommit([.. Key().ToArray()], Number(), Number(), null, 0)
        : new WeightCommit([], Number(), Number(), new WeightsDetail([Short()], [Short()], Number(), (byte)Pick(3), []), Number()))];

    private Metagraph Slot(Metagraph metagraph, Func<Neuron, Neuron> change)
    {
        var uid = Pick(metagraph.Neurons.Length);
        return metagraph.WithNeuron(uid, change(metagraph.Neurons[uid]));
    }

    private Neuron AfterEpoch(Neuron neuron) => neuron with
    {
        IsActive = Pick(2) == 0,
        HasPermit = Pick(2) == 0,
        Dividends = Short(),
        Consensus = Short(),
        ValidatorTrust = Short(),
        StakeWeight = Short(),
        Emission = new Alpha(Number()),
    };

    private Neuron WithEntries(Neuron neuron)
    {
        var mechanism = Pick(3);
        var row = neuron.Row(mechanism) with { LastUpdate = Number(), Incentive = Short() };
        return neuron.WithRow(mechanism, Pick(2) == 0 ? row with { Weights = Entries() } : row with { Bonds = Entries() });
    }

    private ImmutableSortedDictionary<TKey, TValue> Map<TKey, TValue>(ImmutableSortedDictionary<TKey, TValue> map, Func<TKey> key, Func<TValue> value)
        where TKey : notnull => Pick(3) == 0 ? map.Remove(key()) : map.SetItem(key(), value());
}
