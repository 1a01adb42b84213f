using System.Collections.Immutable;
using Dtao.Economics.Children;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Keys;

/// <summary>Parents and children of a hotkey when another one takes its place on a subnet.</summary>
/// <remarks>
/// Source: staking/set_children.rs :: parent_child_swap_hotkey, persist_child_parent_relations. Links that the other hotkey had of its own are replaced.
/// </remarks>
internal static class SwappedLinks
{
    public static LedgerError Move(ref Metagraph metagraph, AccountId former, AccountId next)
    {
        var (children, parents) = (Sorted(metagraph.ChildrenOf(former)), Sorted(metagraph.ParentsOf(former)));
        if (children.Concat(parents).Any(link => link.Hotkey == next)) return LedgerError.InvalidChild;

        var after = Detach(metagraph, former, children, parents);
        if (metagraph.PendingChildren.TryGetValue(former, out var pending))
        {
            // What is asked for must suit the parents that the hotkey is about to have.
            var error = ChildLinks.Check(Metagraph.Empty with { Parents = Metagraph.Empty.Parents.SetItem(next, parents) }, next, pending.Children);
            if (error != LedgerError.None) return error;
            after = after with { PendingChildren = after.PendingChildren.Remove(former).SetItem(next, pending) };
        }

        metagraph = RenameInPending(Attach(after, next, children, parents), former, next);
        return LedgerError.None;
    }

    private static Metagraph Detach(Metagraph metagraph, AccountId hotkey, ImmutableArray<ChildLink> children, ImmutableArray<ChildLink> parents)
    {
        if (children.IsEmpty && parents.IsEmpty) return metagraph;
        return metagraph with
        {
            Children = parents.Aggregate(metagraph.Children.Remove(hotkey), (links, parent) => Without(links, parent.Hotkey, hotkey)),
            Parents = children.Aggregate(metagraph.Parents.Remove(hotkey), (links, child) => Without(links, child.Hotkey, hotkey)),
        };
    }

    /// <summary>Both ends of each link. Lists of others keep their order, and what is new comes at their end.</summary>
    private static Metagraph Attach(Metagraph metagraph, AccountId hotkey, ImmutableArray<ChildLink> children, ImmutableArray<ChildLink> parents)
    {
        var (before, above) = (metagraph.ChildrenOf(hotkey), metagraph.ParentsOf(hotkey));
        if (children.IsEmpty && parents.IsEmpty && before.IsEmpty && above.IsEmpty) return metagraph;

        var downwards = Set(metagraph.Children, hotkey, children);
        var upwards = children.Aggregate(metagraph.Parents, (links, child) => With(links, child.Hotkey, child with { Hotkey = hotkey }));
        foreach (var gone in before.Where(old => !Names(children, old.Hotkey))) upwards = Without(upwards, gone.Hotkey, hotkey);

        upwards = Set(upwards, hotkey, parents);
        downwards = parents.Aggregate(downwards, (links, parent) => With(links, parent.Hotkey, parent with { Hotkey = hotkey }));
        foreach (var gone in above.Where(old => !Names(parents, old.Hotkey))) downwards = Without(downwards, gone.Hotkey, hotkey);
        return metagraph with { Children = downwards, Parents = upwards };
    }

    /// <summary>Whoever has asked for the former hotkey as a child gets the other one, at the end of the list and with the same part.</summary>
    private static Metagraph RenameInPending(Metagraph metagraph, AccountId former, AccountId next)
    {
        foreach (var (parent, pending) in metagraph.PendingChildren)
        {
            var place = pending.Children.FindIndex(child => child.Hotkey == former);
            if (place < 0) continue;
            var renamed = pending.Children.RemoveAt(place).Add(pending.Children[place] with { Hotkey = next });
            metagraph = metagraph with { PendingChildren = metagraph.PendingChildren.SetItem(parent, pending with { Children = renamed }) };
        }

        return metagraph;
    }

    private static int FindIndex(this ImmutableArray<ChildLink> links, Func<ChildLink, bool> isMeant)
    {
        for (var place = 0; place < links.Length; place++)
        {
            if (isMeant(links[place])) return place;
        }

        return -1;
    }

    private static bool Names(ImmutableArray<ChildLink> links, AccountId hotkey) => links.Any(link => link.Hotkey == hotkey);

    private static ImmutableArray<ChildLink> Sorted(ImmutableArray<ChildLink> links) => links.Sort((left, right) => left.Hotkey.CompareTo(right.Hotkey));

    private static ImmutableSortedDictionary<AccountId, ImmutableArray<ChildLink>> With(
        ImmutableSortedDictionary<AccountId, ImmutableArray<ChildLink>> links, AccountId of, ChildLink link)
    {
        var list = links.GetValueOrDefault(of, []);
        var place = list.FindIndex(old => old.Hotkey == link.Hotkey);
        return links.SetItem(of, place < 0 ? list.Add(link) : list.SetItem(place, link));
    }

    private static ImmutableSortedDictionary<AccountId, ImmutableArray<ChildLink>> Without(
        ImmutableSortedDictionary<AccountId, ImmutableArray<ChildLink>> links, AccountId of, AccountId hotkey) =>
        Set(links, of, links.GetValueOrDefault(of, []).RemoveAll(link => link.Hotkey == hotkey));

    private static ImmutableSortedDictionary<AccountId, ImmutableArray<ChildLink>> Set(
        ImmutableSortedDictionary<AccountId, ImmutableArray<ChildLink>> links, AccountId hotkey, ImmutableArray<ChildLink> list) =>
        list.IsEmpty ? links.Remove(hotkey) : links.SetItem(hotkey, list);
}
