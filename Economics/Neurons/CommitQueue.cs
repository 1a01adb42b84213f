using System.Collections.Immutable;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Neurons;

/// <summary>The commits of one hotkey in one mechanism, oldest first. Those by hash are the chain's queue; time-locked ones lie between them.</summary>
/// <remarks>Source: rule book 02, 10.2 and 10.3.</remarks>
internal static class CommitQueue
{
    public static bool IsByHash(WeightCommit commit) => commit.Sealed is null;

    /// <summary>Drops expired commits by hash from the front, up to the first that is not expired.</summary>
    /// <param name="expired">Those that were dropped.</param>
    public static ImmutableArray<WeightCommit> WithoutExpired(
        SubnetBooks books, BlockNumber block, ImmutableArray<WeightCommit> commits, out IReadOnlyList<WeightCommit> expired)
    {
        var dropped = commits.Where(IsByHash).TakeWhile(commit => CommitEpochs.IsExpired(books, block, commit.Epoch)).ToArray();
        expired = dropped;
        return commits.RemoveRange(dropped, ReferenceEqualityComparer.Instance);
    }

    /// <summary>The first commit of a hash; null when there is none.</summary>
    public static WeightCommit? Find(IEnumerable<WeightCommit> commits, ImmutableArray<byte> hash) =>
        commits.FirstOrDefault(commit => IsByHash(commit) && commit.Hash.AsSpan().SequenceEqual(hash.AsSpan()));
}
