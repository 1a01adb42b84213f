using System.Collections.Immutable;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Children;

/// <summary>The links between parents and children of one subnet, each held from both ends.</summary>
/// <remarks>
/// Source: rule book 02, 9.1 and 9.3; staking/set_children.rs :: PCRelations, persist_child_parent_relations. A hotkey is a parent or a child of
/// another one, never both.
/// </remarks>
public static class ChildLinks
{
    /// <summary>The most children of one parent.</summary>
    public const int ChildrenMax = 5;

    /// <summary>Why these children cannot be a hotkey's; None when they can.</summary>
    /// <remarks>Checks in the chain's order: itself among them, too many, more than the whole, one of them is its parent.</remarks>
    public static LedgerError Check(Metagraph metagraph, AccountId parent, ImmutableArray<ChildLink> children)
    {
        if (children.Any(child => child.Hotkey == parent)) return LedgerError.InvalidChild;
        if (children.Length > ChildrenMax) return LedgerError.TooManyChildren;
        var whole = children.Aggregate(UInt128.Zero, (sum, child) => sum + child.Proportion);
        if (whole > ulong.MaxValue) return LedgerError.ProportionOverflow;
        var parents = metagraph.ParentsOf(parent);
        return children.Any(child => parents.Any(other => other.Hotkey == child.Hotkey))
            ? LedgerError.ChildParentInconsistency
            : LedgerError.None;
    }

    /// <summary>The links after a hotkey's children were replaced, or as they were when these cannot be its children (any more).</summary>
    public static Metagraph Apply(Metagraph metagraph, AccountId parent, ImmutableArray<ChildLink> children) =>
        Check(metagraph, parent, children) == LedgerError.None ? Replace(metagraph, parent, children) : metagraph;

    /// <summary>
    /// Children are stored in ascending order of key. A child that is new gets its parent at the end of its list, one that stays keeps the place.
    /// The hotkey's own parents come into ascending order, as the chain writes them back from a sorted map.
    /// </summary>
    private static Metagraph Replace(Metagraph metagraph, AccountId parent, ImmutableArray<ChildLink> children)
    {
        var parents = metagraph.Parents;
        foreach (var gone in metagraph.ChildrenOf(parent).Where(old => children.All(child => child.Hotkey != old.Hotkey)))
            parents = Set(parents, gone.Hotkey, [.. parents.GetValueOrDefault(gone.Hotkey, []).Where(link => link.Hotkey != parent)]);

        foreach (var child in children)
            parents = Set(parents, child.Hotkey, Upsert(parents.GetValueOrDefault(child.Hotkey, []), child.Proportion, parent));

        return metagraph with
        {
            Children = Set(metagraph.Children, parent, Sort(children)),
            Parents = Set(parents, parent, Sort(metagraph.ParentsOf(parent))),
        };
    }

    private static ImmutableArray<ChildLink> Upsert(ImmutableArray<ChildLink> links, ulong proportion, AccountId hotkey)
    {
        var link = new ChildLink(proportion, hotkey);
        for (var i = 0; i < links.Length; i++)
        {
            if (links[i].Hotkey == hotkey) return links.SetItem(i, link);
        }

        return links.Add(link);
    }

    private static ImmutableArray<ChildLink> Sort(ImmutableArray<ChildLink> links) => links.Sort((left, right) => left.Hotkey.CompareTo(right.Hotkey));

    private static ImmutableSortedDictionary<AccountId, ImmutableArray<ChildLink>> Set(
        ImmutableSortedDictionary<AccountId, ImmutableArray<ChildLink>> links, AccountId hotkey, ImmutableArray<ChildLink> list) =>
        list.IsEmpty ? links.Remove(hotkey) : links.SetItem(hotkey, list);
}
