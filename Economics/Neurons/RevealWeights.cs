using System.Collections.Immutable;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Neurons;

/// <summary>reveal_weights and batch_reveal_weights: what was committed by hash is shown and takes effect.</summary>
/// <remarks>
/// Source: rule book 02, 10.3; subnets/weights.rs :: internal_reveal_weights, do_batch_reveal_weights. A hash is looked for among the commits that
/// are not expired; whether it was one that has just expired only changes the name of the refusal.
/// </remarks>
internal static class RevealWeights
{
    /// <summary>Reveals one commit, which forgets all that were made before it.</summary>
    public static LedgerError Single(CallRun run, NetUid netuid, WeightsDetail weights)
    {
        var (scope, key) = (run.Scope, new CommitKey(weights.Mechanism, run.Signer));
        var error = Open(scope, netuid, key, out var books, out var commits, out var expired);
        if (error != LedgerError.None) return error;

        var hash = CommitHash.Of(run.Signer, netuid, weights);
        var revealed = CommitQueue.Find(commits, hash);
        if (revealed is null) return NotFound(expired, hash, commits.Any(CommitQueue.IsByHash));
        if (!CommitEpochs.IsOpen(books!, scope.Block, revealed.Epoch)) return LedgerError.RevealTooEarly;

        var place = commits.IndexOf(revealed);
        Store(scope, netuid, key, [.. commits.Where((commit, other) => other > place || !CommitQueue.IsByHash(commit))]);
        return SetWeights.Store(scope, netuid, run.Signer, weights);
    }

    /// <summary>Reveals several commits of the first mechanism; all are checked before one takes effect, and no other is forgotten.</summary>
    public static LedgerError Batch(CallRun run, NetUid netuid, BatchRevealDetail batch)
    {
        var (scope, key) = (run.Scope, new CommitKey(0, run.Signer));
        var error = Open(scope, netuid, key, out var books, out var commits, out var expired);
        if (error != LedgerError.None) return error;

        var hashes = batch.Reveals.Select(weights => CommitHash.Of(run.Signer, netuid, weights)).ToArray();
        foreach (var hash in hashes)
        {
            if (CommitQueue.Find(commits, hash) is not { } commit) return NotFound(expired, hash, anyLeft: true);
            if (!CommitEpochs.IsOpen(books!, scope.Block, commit.Epoch)) return LedgerError.RevealTooEarly;
        }

        for (var i = 0; i < hashes.Length; i++)
        {
            // One commit cannot be revealed twice, though it was found twice above.
            if (CommitQueue.Find(commits, hashes[i]) is not { } commit) return NotFound(expired, hashes[i], anyLeft: true);
            commits = commits.RemoveAt(commits.IndexOf(commit));
            error = SetWeights.Store(scope, netuid, run.Signer, batch.Reveals[i]);
            if (error != LedgerError.None) return error;
        }

        Store(scope, netuid, key, commits);
        return LedgerError.None;
    }

    private static LedgerError Open(
        LedgerScope scope, NetUid netuid, CommitKey key, out SubnetBooks? books,
        out ImmutableArray<WeightCommit> commits, out IReadOnlyList<WeightCommit> expired)
    {
        (commits, expired) = ([], []);
        // A subnet that does not exist reads as one with commits switched on and none made.
        if (!scope.TryGetBooks(netuid, out books)) return LedgerError.NoWeightsCommitFound;
        if (!books.Hyper.CommitReveal) return LedgerError.CommitRevealDisabled;
        var all = scope.GetMetagraph(netuid).CommitsOf(key);
        if (!all.Any(CommitQueue.IsByHash)) return LedgerError.NoWeightsCommitFound;
        commits = CommitQueue.WithoutExpired(books, scope.Block, all, out expired);
        return LedgerError.None;
    }

    private static LedgerError NotFound(IReadOnlyList<WeightCommit> expired, ImmutableArray<byte> hash, bool anyLeft)
    {
        if (CommitQueue.Find(expired, hash) is not null) return LedgerError.ExpiredWeightCommit;
        return anyLeft ? LedgerError.InvalidRevealCommitHashNotMatch : LedgerError.NoWeightsCommitFound;
    }

    private static void Store(LedgerScope scope, NetUid netuid, CommitKey key, ImmutableArray<WeightCommit> commits) =>
        scope.SetMetagraph(netuid, scope.GetMetagraph(netuid).WithCommits(key, commits));
}
