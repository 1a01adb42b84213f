using System.Collections.Immutable;

namespace Dtao.Economics.Ledger;

/// <summary>What makes one metagraph of another: what a journal's event carries, so that a change of one row does not write down all of them.</summary>
/// <remarks>
/// Found by reference: a member, a neuron, or a row that is the same object is not looked into. What was rebuilt with equal content counts as
/// changed, which is larger than it must be and still right.
/// </remarks>
public sealed record MetagraphDelta
{
    public static readonly MetagraphDelta Empty = new();

    /// <summary>How many neurons there are afterwards; null when that has not changed.</summary>
    public int? NeuronCount { get; init; }

    /// <summary>The slots that changed or are new, in ascending order.</summary>
    public ImmutableArray<NeuronDelta> Neurons { get; init; } = [];

    public MapDelta<AccountId, ImmutableArray<ChildLink>> Children { get; init; } = MapDelta<AccountId, ImmutableArray<ChildLink>>.Empty;
    public MapDelta<AccountId, ImmutableArray<ChildLink>> Parents { get; init; } = MapDelta<AccountId, ImmutableArray<ChildLink>>.Empty;
    public MapDelta<AccountId, PendingChildren> PendingChildren { get; init; } = MapDelta<AccountId, PendingChildren>.Empty;
    public MapDelta<AccountId, ushort> ChildTakes { get; init; } = MapDelta<AccountId, ushort>.Empty;
    public MapDelta<AccountId, ulong> ChildrenSetAt { get; init; } = MapDelta<AccountId, ulong>.Empty;
    public MapDelta<AccountId, ulong> ChildTakeSetAt { get; init; } = MapDelta<AccountId, ulong>.Empty;
    public MapDelta<AccountId, AccountId> AutoStake { get; init; } = MapDelta<AccountId, AccountId>.Empty;
    public MapDelta<CommitKey, ImmutableArray<WeightCommit>> Commits { get; init; } = MapDelta<CommitKey, ImmutableArray<WeightCommit>>.Empty;
    public MapDelta<AccountId, Alpha> AlphaDividends { get; init; } = MapDelta<AccountId, Alpha>.Empty;
    public MapDelta<AccountId, Alpha> RootDividends { get; init; } = MapDelta<AccountId, Alpha>.Empty;

    public MapDelta<AccountId, StakeLock> Locks { get; init; } = MapDelta<AccountId, StakeLock>.Empty;
    public MapDelta<LockBucket, LockState> LockTotals { get; init; } = MapDelta<LockBucket, LockState>.Empty;
    public MapDelta<AccountId, LockChoices> LockChoices { get; init; } = MapDelta<AccountId, LockChoices>.Empty;

    public MapDelta<AccountId, ulong> HotkeysSwappedAt { get; init; } = MapDelta<AccountId, ulong>.Empty;
    public MapDelta<AccountId, ulong> KeysSwappedAt { get; init; } = MapDelta<AccountId, ulong>.Empty;
    public MapDelta<AccountId, ulong> SwappedAway { get; init; } = MapDelta<AccountId, ulong>.Empty;
    public MapDelta<AccountId, ulong> Unseated { get; init; } = MapDelta<AccountId, ulong>.Empty;
    public MapDelta<OrderId, OrderRecord> Orders { get; init; } = MapDelta<OrderId, OrderRecord>.Empty;

    /// <summary>The identity afterwards; null when it has not changed.</summary>
    public IdentityDelta? Identity { get; init; }
    public MapDelta<AccountId, bool> AutoParents { get; init; } = MapDelta<AccountId, bool>.Empty;

    /// <summary>The lease afterwards; null when it has not changed.</summary>
    public LeaseDelta? Lease { get; init; }

    /// <summary>The split afterwards; null when it has not changed.</summary>
    public ImmutableArray<ushort>? MechanismSplit { get; init; }

    public bool IsEmpty => NeuronCount is null && Neurons.IsEmpty && MechanismSplit is null && Children.IsEmpty && Parents.IsEmpty
        && PendingChildren.IsEmpty && ChildTakes.IsEmpty && ChildrenSetAt.IsEmpty && ChildTakeSetAt.IsEmpty && AutoStake.IsEmpty
        && Commits.IsEmpty && AlphaDividends.IsEmpty && RootDividends.IsEmpty && !HasLocks && !HasSwaps && Orders.IsEmpty && !HasTexts;

    /// <summary>Whether the identity changes, or what root's validators have said about new subnets.</summary>
    public bool HasTexts => Identity is not null || !AutoParents.IsEmpty;

    /// <summary>Whether anything changes about swaps of keys.</summary>
    public bool HasSwaps => !(HotkeysSwappedAt.IsEmpty && KeysSwappedAt.IsEmpty && SwappedAway.IsEmpty && Unseated.IsEmpty);

    /// <summary>Whether anything changes about locks and the lease; of most subnets nothing ever does.</summary>
    public bool HasLocks => !(Locks.IsEmpty && LockTotals.IsEmpty && LockChoices.IsEmpty && Lease is null);

    public static MetagraphDelta Between(Metagraph before, Metagraph after) => ReferenceEquals(before, after) ? Empty : new MetagraphDelta
    {
        NeuronCount = before.Neurons.Length == after.Neurons.Length ? null : after.Neurons.Length,
        Neurons = NeuronsBetween(before.Neurons, after.Neurons),
        Children = MapDelta.Between(before.Children, after.Children),
        Parents = MapDelta.Between(before.Parents, after.Parents),
        PendingChildren = MapDelta.Between(before.PendingChildren, after.PendingChildren),
        ChildTakes = MapDelta.Between(before.ChildTakes, after.ChildTakes),
        ChildrenSetAt = MapDelta.Between(before.ChildrenSetAt, after.ChildrenSetAt),
        ChildTakeSetAt = MapDelta.Between(before.ChildTakeSetAt, after.ChildTakeSetAt),
        AutoStake = MapDelta.Between(before.AutoStake, after.AutoStake),
        Commits = MapDelta.Between(before.Commits, after.Commits),
        AlphaDividends = MapDelta.Between(before.AlphaDividends, after.AlphaDividends),
        RootDividends = MapDelta.Between(before.RootDividends, after.RootDividends),
        Locks = MapDelta.Between(before.Locks, after.Locks),
        LockTotals = MapDelta.Between(before.LockTotals, after.LockTotals),
        LockChoices = MapDelta.Between(before.LockChoices, after.LockChoices),
        HotkeysSwappedAt = MapDelta.Between(before.HotkeysSwappedAt, after.HotkeysSwappedAt),
        KeysSwappedAt = MapDelta.Between(before.KeysSwappedAt, after.KeysSwappedAt),
        SwappedAway = MapDelta.Between(before.SwappedAway, after.SwappedAway),
        Unseated = MapDelta.Between(before.Unseated, after.Unseated),
        Orders = MapDelta.Between(before.Orders, after.Orders),
        Identity = ReferenceEquals(before.Identity, after.Identity) ? null : new IdentityDelta(after.Identity),
        AutoParents = MapDelta.Between(before.AutoParents, after.AutoParents),
        Lease = ReferenceEquals(before.Lease, after.Lease) ? null : new LeaseDelta(after.Lease),
        MechanismSplit = before.MechanismSplit == after.MechanismSplit ? null : after.MechanismSplit,
    };

    /// <summary>The metagraph afterwards, of the one that the delta was made from.</summary>
    public Metagraph Apply(Metagraph before) => IsEmpty ? before : new Metagraph
    {
        Neurons = ApplyNeurons(before.Neurons),
        Children = Children.Apply(before.Children),
        Parents = Parents.Apply(before.Parents),
        PendingChildren = PendingChildren.Apply(before.PendingChildren),
        ChildTakes = ChildTakes.Apply(before.ChildTakes),
        ChildrenSetAt = ChildrenSetAt.Apply(before.ChildrenSetAt),
        ChildTakeSetAt = ChildTakeSetAt.Apply(before.ChildTakeSetAt),
        AutoStake = AutoStake.Apply(before.AutoStake),
        Commits = Commits.Apply(before.Commits),
        AlphaDividends = AlphaDividends.Apply(before.AlphaDividends),
        RootDividends = RootDividends.Apply(before.RootDividends),
        Locks = Locks.Apply(before.Locks),
        LockTotals = LockTotals.Apply(before.LockTotals),
        LockChoices = LockChoices.Apply(before.LockChoices),
        HotkeysSwappedAt = HotkeysSwappedAt.Apply(before.HotkeysSwappedAt),
        KeysSwappedAt = KeysSwappedAt.Apply(before.KeysSwappedAt),
        SwappedAway = SwappedAway.Apply(before.SwappedAway),
        Unseated = Unseated.Apply(before.Unseated),
        Orders = Orders.Apply(before.Orders),
        Identity = Identity is null ? before.Identity : Identity.After,
        AutoParents = AutoParents.Apply(before.AutoParents),
        Lease = Lease is null ? before.Lease : Lease.After,
        MechanismSplit = MechanismSplit ?? before.MechanismSplit,
    };

    private static ImmutableArray<NeuronDelta> NeuronsBetween(ImmutableArray<Neuron> before, ImmutableArray<Neuron> after)
    {
        if (before == after) return [];
        var changed = ImmutableArray.CreateBuilder<NeuronDelta>();
        for (var uid = 0; uid < after.Length; uid++)
        {
            var old = uid < before.Length ? before[uid] : null;
            if (!ReferenceEquals(old, after[uid])) changed.Add(NeuronDelta.Between(checked((ushort)uid), old, after[uid]));
        }

        return changed.ToImmutable();
    }

    private ImmutableArray<Neuron> ApplyNeurons(ImmutableArray<Neuron> before)
    {
        if (NeuronCount is null && Neurons.IsEmpty) return before;
        var after = new Neuron[NeuronCount ?? before.Length];
        before.AsSpan(0, Math.Min(before.Length, after.Length)).CopyTo(after);
        foreach (var change in Neurons) after[change.Uid] = change.Apply(change.Uid < before.Length ? before[change.Uid] : null);
        return [.. after];
    }
}

/// <summary>An identity that came, changed, or went.</summary>
/// <param name="After">Null when the subnet has none any more.</param>
public sealed record IdentityDelta(IdentityDetail? After);

/// <summary>A lease that came, changed, or went.</summary>
/// <param name="After">Null when the subnet is not leased any more.</param>
public sealed record LeaseDelta(SubnetLease? After);

/// <summary>A neuron's slot afterwards. Hotkey and rows are told only where they changed, which is seldom and large.</summary>
/// <param name="Hotkey">Null when it is the one before.</param>
/// <param name="Rows">One for each row that there is afterwards.</param>
public sealed record NeuronDelta(
    ushort Uid, AccountId? Hotkey, ulong RegisteredAt, bool IsActive, bool HasPermit, ushort Dividends, ushort Consensus, ushort ValidatorTrust,
    ushort StakeWeight, Alpha Emission, ImmutableArray<RowDelta> Rows)
{
    internal static NeuronDelta Between(ushort uid, Neuron? before, Neuron after) => new(
        uid, before is not null && before.Hotkey == after.Hotkey ? null : after.Hotkey, after.RegisteredAt, after.IsActive, after.HasPermit,
        after.Dividends, after.Consensus, after.ValidatorTrust, after.StakeWeight, after.Emission,
        [.. after.Rows.Select((row, mechanism) => RowDelta.Between(before?.Row(mechanism) ?? NeuronRow.Empty, row))]);

    internal Neuron Apply(Neuron? before) => new()
    {
        Hotkey = Hotkey ?? before?.Hotkey ?? throw new InvalidOperationException($"Neuron {Uid} is new and has no hotkey."),
        RegisteredAt = RegisteredAt,
        IsActive = IsActive,
        HasPermit = HasPermit,
        Dividends = Dividends,
        Consensus = Consensus,
        ValidatorTrust = ValidatorTrust,
        StakeWeight = StakeWeight,
        Emission = Emission,
        Rows = [.. Rows.Select((row, mechanism) => row.Apply(before?.Row(mechanism) ?? NeuronRow.Empty))],
    };
}

/// <summary>A row afterwards.</summary>
/// <param name="Weights">Null when they are those before; <paramref name="Bonds"/> likewise.</param>
public readonly record struct RowDelta(ulong LastUpdate, ushort Incentive, ImmutableArray<WeightEntry>? Weights, ImmutableArray<WeightEntry>? Bonds)
{
    internal static RowDelta Between(NeuronRow before, NeuronRow after) => new(
        after.LastUpdate, after.Incentive, before.Weights == after.Weights ? null : after.Weights, before.Bonds == after.Bonds ? null : after.Bonds);

    internal NeuronRow Apply(NeuronRow before) => new()
    {
        LastUpdate = LastUpdate,
        Incentive = Incentive,
        Weights = Weights ?? before.Weights,
        Bonds = Bonds ?? before.Bonds,
    };
}
