using System.Collections.Immutable;
using CsCheck;
using Dtao.Economics.Children;
using Dtao.Economics.Ledger;
using Dtao.Economics.Neurons;
using Dtao.Economics.Tests.Neurons;
using Dtao.Economics.Tests.Vectors;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Children;

public class ChildLinksTests
{
    private static readonly Gen<(byte Parent, (ulong Proportion, byte Child)[] Children)> s_requests =
        Gen.Select(Gen.Byte[1, 6], Gen.Select(Gen.ULong[0, ulong.MaxValue / 2], Gen.Byte[1, 6]).Array[0, 4]);

    [Fact]
    public void Apply_ChildrenReplaced_AddsAtTheEndUpdatesInPlaceAndForgetsTheRemoved()
    {
        var metagraph = ChildLinks.Apply(Metagraph.Empty, Key(2), [new(20, Key(9)), new(21, Key(8))]);
        metagraph = ChildLinks.Apply(metagraph, Key(1), [new(10, Key(9))]);
        metagraph = ChildLinks.Apply(metagraph, Key(2), [new(22, Key(9)), new(23, Key(7))]);

        Assert.Equal([new ChildLink(23, Key(7)), new ChildLink(22, Key(9))], metagraph.ChildrenOf(Key(2)));
        Assert.Equal([new ChildLink(22, Key(2)), new ChildLink(10, Key(1))], metagraph.ParentsOf(Key(9)));
        Assert.Empty(metagraph.ParentsOf(Key(8)));
        Assert.False(metagraph.Parents.ContainsKey(Key(8)));
    }

    [Fact]
    public void Apply_HotkeyHasParents_BringsThemIntoOrder()
    {
        var metagraph = ChildLinks.Apply(Metagraph.Empty, Key(2), [new(20, Key(9))]);
        metagraph = ChildLinks.Apply(metagraph, Key(1), [new(10, Key(9))]);

        metagraph = ChildLinks.Apply(metagraph, Key(9), [new(90, Key(5))]);

        Assert.Equal([new ChildLink(10, Key(1)), new ChildLink(20, Key(2))], metagraph.ParentsOf(Key(9)));
    }

    /// <summary>Several thousand requests in a row, each granted or not: both ends agree, and nobody is parent and child of the same.</summary>
    [Fact]
    public void Apply_AnyRequests_BothEndsAgree()
    {
        var (granted, dropped) = (0, 0);
        s_requests.Array[1, 30].Sample(
            requests =>
            {
                var metagraph = Metagraph.Empty;
                foreach (var (parent, children) in requests)
                {
                    ImmutableArray<ChildLink> links = [.. children.DistinctBy(child => child.Child).Select(child => new ChildLink(child.Proportion, Key(child.Child)))];
                    var isGranted = ChildLinks.Check(metagraph, Key(parent), links) == LedgerError.None;
                    metagraph = ChildLinks.Apply(metagraph, Key(parent), links);
                    if (isGranted) Interlocked.Increment(ref granted);
                    else Interlocked.Increment(ref dropped);
                    if (isGranted) Assert.Equal(links.OrderBy(link => link.Hotkey), metagraph.ChildrenOf(Key(parent)));
                    AssertConsistent(metagraph);
                }
            },
            iter: 300);

        Assert.True(granted > 100 && dropped > 100, $"{granted} granted, {dropped} dropped");
    }

    [Theory]
    [InlineData("inherit-1-1")]
    [InlineData("inherit-2-1")]
    [InlineData("inherit-edge")]
    public void VotingStake_LinksOfALiteralVector_AreInherited(string id)
    {
        var vector = LiteralVector.Find("epoch-children.json", id);
        var staked = vector.Given.GetProperty("alpha_stakes").EnumerateObject().ToArray();
        var keys = staked.Select((stake, place) => (stake.Name, Key: Key((byte)(20 + place)))).ToDictionary(entry => entry.Name, entry => entry.Key);
        var bench = new Bench(1, ledger =>
        {
            foreach (var stake in staked.Where(stake => stake.Value.GetUInt64() > 0)) ledger.Stake(keys[stake.Name], Owner, One, stake.Value.GetUInt64());
        });
        foreach (var parent in vector.Given.GetProperty("links").EnumerateArray().GroupBy(link => link[0].GetString()!))
        {
            var children = parent.Select(link => new ChildLink(link[2].GetUInt64(), keys[link[1].GetString()!]));
            bench.Metagraph = ChildLinks.Apply(bench.Metagraph, keys[parent.Key], [.. children]);
        }

        foreach (var (name, key) in keys) vector.Check(name, VotingStake.Of(bench.Scope, One, key).ToUInt64Saturating());
    }

    private static void AssertConsistent(Metagraph metagraph)
    {
        var down = metagraph.Children.SelectMany(entry => entry.Value.Select(link => (Parent: entry.Key, Child: link.Hotkey, link.Proportion))).ToHashSet();
        var up = metagraph.Parents.SelectMany(entry => entry.Value.Select(link => (Parent: link.Hotkey, Child: entry.Key, link.Proportion))).ToHashSet();
        Assert.Equal(down, up);
        Assert.Equal(down.Count, metagraph.Parents.Values.Sum(links => links.Length));
        Assert.DoesNotContain(down, link => down.Any(other => other.Parent == link.Child && other.Child == link.Parent));
        Assert.DoesNotContain(metagraph.Children.Values.Concat(metagraph.Parents.Values), links => links.IsEmpty);
    }
}
