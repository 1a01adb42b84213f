using System.Collections.Immutable;

namespace Dtao.Economics.Ledger;

/// <summary>A part of a hotkey's stake that another hotkey votes with: a child as its parent sees it, or a parent as its child does.</summary>
/// <param name="Proportion">Of 2^64-1.</param>
public readonly record struct ChildLink(ulong Proportion, AccountId Hotkey);

/// <summary>Children that were asked for and take effect later.</summary>
/// <param name="CooldownBlock">Applied by the first epoch after this block.</param>
public sealed record PendingChildren(ImmutableArray<ChildLink> Children, ulong CooldownBlock);

/// <summary>Weights that were sealed and are not open yet.</summary>
/// <param name="Hash">Of a commit that its hotkey opens; empty for one that opens by itself.</param>
/// <param name="Epoch">The epoch's number when it was made, with the look-ahead.</param>
/// <param name="Sealed">Weights of a commit that opens by itself; null for one by hash.</param>
/// <param name="Round">The beacon's round after which a commit opens by itself; 0 for one by hash.</param>
/// <remarks>Source: rule book 02, 10.2 and 10.4.</remarks>
public sealed record WeightCommit(ImmutableArray<byte> Hash, ulong Epoch, ulong Block, WeightsDetail? Sealed, ulong Round);

/// <summary>Names the commits of one hotkey in one mechanism.</summary>
public readonly record struct CommitKey(byte Mechanism, AccountId Hotkey) : IComparable<CommitKey>
{
    public int CompareTo(CommitKey other) => Mechanism != other.Mechanism ? Mechanism.CompareTo(other.Mechanism) : Hotkey.CompareTo(other.Hotkey);
    public static bool operator <(CommitKey left, CommitKey right) => left.CompareTo(right) < 0;
    public static bool operator >(CommitKey left, CommitKey right) => left.CompareTo(right) > 0;
    public static bool operator <=(CommitKey left, CommitKey right) => left.CompareTo(right) <= 0;
    public static bool operator >=(CommitKey left, CommitKey right) => left.CompareTo(right) >= 0;
}

/// <summary>Everything of one subnet that is about neurons: uids, weights, bonds, links between hotkeys, and what the last epoch paid.</summary>
/// <remarks>
/// Immutable: a rule makes the metagraph after it from the one before it, and whoever writes differences down compares the members.
/// Source: rule book 02, sections 7 to 11; rule book 01, section 11.
/// </remarks>
public sealed record Metagraph
{
    public static readonly Metagraph Empty = new();

    /// <summary>By uid.</summary>
    public ImmutableArray<Neuron> Neurons { get; init; } = [];

    /// <summary>By parent: children in ascending order of key, but for those that a swap brought.</summary>
    public ImmutableSortedDictionary<AccountId, ImmutableArray<ChildLink>> Children { get; init; } =
        ImmutableSortedDictionary<AccountId, ImmutableArray<ChildLink>>.Empty;

    /// <summary>By child: parents in the order in which they came.</summary>
    public ImmutableSortedDictionary<AccountId, ImmutableArray<ChildLink>> Parents { get; init; } =
        ImmutableSortedDictionary<AccountId, ImmutableArray<ChildLink>>.Empty;

    public ImmutableSortedDictionary<AccountId, PendingChildren> PendingChildren { get; init; } =
        ImmutableSortedDictionary<AccountId, PendingChildren>.Empty;

    /// <summary>What a hotkey keeps of the dividends that it earns with its parents' stake, in parts of 65535.</summary>
    public ImmutableSortedDictionary<AccountId, ushort> ChildTakes { get; init; } = ImmutableSortedDictionary<AccountId, ushort>.Empty;

    /// <summary>The block in which a hotkey's children were last asked for.</summary>
    public ImmutableSortedDictionary<AccountId, ulong> ChildrenSetAt { get; init; } = ImmutableSortedDictionary<AccountId, ulong>.Empty;

    /// <summary>The block in which a hotkey's childkey take was last set.</summary>
    public ImmutableSortedDictionary<AccountId, ulong> ChildTakeSetAt { get; init; } = ImmutableSortedDictionary<AccountId, ulong>.Empty;

    /// <summary>By coldkey: the hotkey that the pay of its miners is staked to.</summary>
    public ImmutableSortedDictionary<AccountId, AccountId> AutoStake { get; init; } = ImmutableSortedDictionary<AccountId, AccountId>.Empty;

    public ImmutableSortedDictionary<CommitKey, ImmutableArray<WeightCommit>> Commits { get; init; } =
        ImmutableSortedDictionary<CommitKey, ImmutableArray<WeightCommit>>.Empty;

    /// <summary>Alpha that the last epoch gave to a validator's stakers, after its take.</summary>
    public ImmutableSortedDictionary<AccountId, Alpha> AlphaDividends { get; init; } = ImmutableSortedDictionary<AccountId, Alpha>.Empty;

    /// <summary>Alpha that the last epoch put aside for a validator's root stakers, after its take.</summary>
    public ImmutableSortedDictionary<AccountId, Alpha> RootDividends { get; init; } = ImmutableSortedDictionary<AccountId, Alpha>.Empty;

    /// <summary>By coldkey: what it has locked.</summary>
    public ImmutableSortedDictionary<AccountId, StakeLock> Locks { get; init; } = ImmutableSortedDictionary<AccountId, StakeLock>.Empty;

    /// <summary>The sums of locks, each aged by itself: they are not to the rao what the locks come to.</summary>
    public ImmutableSortedDictionary<LockBucket, LockState> LockTotals { get; init; } = ImmutableSortedDictionary<LockBucket, LockState>.Empty;

    /// <summary>By coldkey: what it has chosen about locks; one that has chosen nothing is not here.</summary>
    public ImmutableSortedDictionary<AccountId, LockChoices> LockChoices { get; init; } = ImmutableSortedDictionary<AccountId, LockChoices>.Empty;

    /// <summary>By coldkey: the block in which it last swapped a hotkey that took part here.</summary>
    public ImmutableSortedDictionary<AccountId, ulong> HotkeysSwappedAt { get; init; } = ImmutableSortedDictionary<AccountId, ulong>.Empty;

    /// <summary>Root's only. By account: the block in which it last swapped keys.</summary>
    public ImmutableSortedDictionary<AccountId, ulong> KeysSwappedAt { get; init; } = ImmutableSortedDictionary<AccountId, ulong>.Empty;

    /// <summary>Root's only. Hotkeys that another one took the place of on all subnets, with its block: what rounding left of stakes on them is in no coldkey's list.</summary>
    public ImmutableSortedDictionary<AccountId, ulong> SwappedAway { get; init; } = ImmutableSortedDictionary<AccountId, ulong>.Empty;

    /// <summary>Hotkeys that a swap named here without a uid to bring, with its block. To a swap of one subnet they count as registered, until they are.</summary>
    public ImmutableSortedDictionary<AccountId, ulong> Unseated { get; init; } = ImmutableSortedDictionary<AccountId, ulong>.Empty;
    /// <summary>Limit orders that were placed for the subnet, those that are done with included.</summary>
    public ImmutableSortedDictionary<OrderId, OrderRecord> Orders { get; init; } = ImmutableSortedDictionary<OrderId, OrderRecord>.Empty;

    /// <summary>How the subnet presents itself; null when it never did.</summary>
    public IdentityDetail? Identity { get; init; }

    /// <summary>Root's only. By hotkey: whether it becomes a parent on new subnets; one about which nothing was said does.</summary>
    public ImmutableSortedDictionary<AccountId, bool> AutoParents { get; init; } = ImmutableSortedDictionary<AccountId, bool>.Empty;

    /// <summary>Null while the subnet is not leased.</summary>
    public SubnetLease? Lease { get; init; }

    /// <summary>How an epoch's emission is split over mechanisms, in parts of 65535; empty: evenly.</summary>
    public ImmutableArray<ushort> MechanismSplit { get; init; } = [];

    /// <summary>The uid of a hotkey; null when it has none.</summary>
    public int? UidOf(AccountId hotkey)
    {
        for (var uid = 0; uid < Neurons.Length; uid++)
        {
            if (Neurons[uid].Hotkey == hotkey) return uid;
        }

        return null;
    }

    public ImmutableArray<ChildLink> ChildrenOf(AccountId hotkey) => Children.GetValueOrDefault(hotkey, []);

    public ImmutableArray<ChildLink> ParentsOf(AccountId hotkey) => Parents.GetValueOrDefault(hotkey, []);

    public ImmutableArray<WeightCommit> CommitsOf(CommitKey key) => Commits.GetValueOrDefault(key, []);

    public Metagraph WithCommits(CommitKey key, ImmutableArray<WeightCommit> commits) =>
        this with { Commits = commits.IsEmpty ? Commits.Remove(key) : Commits.SetItem(key, commits) };

    public Metagraph WithNeuron(int uid, Neuron neuron) => this with { Neurons = Neurons.SetItem(uid, neuron) };
}
