using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Cluster.Tests.FreeRuns;

/// <summary>One thing that a sequential order places: an operation, a block, or a moment in an account's journal.</summary>
internal sealed class OrderNode(string name)
{
    public AccountId Signer { get; init; }

    /// <summary>Null for a block and for a moment.</summary>
    public Call? Call { get; init; }

    /// <summary>The block that this is; null for anything else.</summary>
    public BlockNumber? Block { get; init; }

    /// <summary>Null while, and if, nobody decided the operation.</summary>
    public CallOutcome? Outcome { get; set; }

    public List<OrderNode> Later { get; } = [];

    public int EarlierCount { get; set; }

    /// <summary>Whether it is part of the graph.</summary>
    public bool IsPlaced { get; set; }

    public override string ToString() => name;
}

/// <summary>What comes before what, and an order that keeps to all of it.</summary>
internal sealed class OrderGraph
{
    private const int CycleShownMax = 12;

    private readonly List<OrderNode> _nodes = [];

    public OrderNode Add(OrderNode node)
    {
        node.IsPlaced = true;
        _nodes.Add(node);
        return node;
    }

    /// <summary>An order in which everything comes after what it must follow; null when there is none.</summary>
    public IReadOnlyList<OrderNode>? Sort()
    {
        foreach (var node in _nodes) node.EarlierCount = 0;
        foreach (var later in _nodes.SelectMany(node => node.Later)) later.EarlierCount++;
        var sorted = new List<OrderNode>(_nodes.Count);
        sorted.AddRange(_nodes.Where(node => node.EarlierCount == 0));
        for (var i = 0; i < sorted.Count; i++)
        {
            foreach (var later in sorted[i].Later)
            {
                if (--later.EarlierCount == 0) sorted.Add(later);
            }
        }

        return sorted.Count == _nodes.Count ? sorted : null;
    }

    /// <summary>After a sort that failed: one circle of things that each have to come before the next.</summary>
    public string Cycle()
    {
        var left = _nodes.Where(node => node.EarlierCount > 0).ToHashSet();
        var earlier = left.SelectMany(node => node.Later.Where(left.Contains).Select(later => (later, node))).ToLookup(edge => edge.later, edge => edge.node);
        var path = new List<OrderNode>();
        var places = new Dictionary<OrderNode, int>();
        var at = left.First();
        while (places.TryAdd(at, path.Count))
        {
            path.Add(at);
            at = earlier[at].First();
        }

        var circle = path.Skip(places[at]).Reverse().Where(node => node.Call is not null || node.Block is not null).Select(node => node.ToString());
        return string.Join(" before ", circle.Take(CycleShownMax));
    }
}
