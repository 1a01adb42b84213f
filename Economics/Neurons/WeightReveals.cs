using Dtao.Economics.Ledger;

namespace Dtao.Economics.Neurons;

/// <summary>The step of a block that opens time-locked weights.</summary>
/// <remarks>
/// Source: rule book 02, section 3, step 3, and 10.4; coinbase/reveal_commits.rs :: reveal_crv3_commits_for_subnet. There is no beacon, so every
/// round counts as known when its epoch has come: nothing is put back and tried again.
/// </remarks>
public static class WeightReveals
{
    /// <summary>
    /// Opens the commits of the epoch one reveal period ago, and forgets older ones. Weights that cannot be set (any more) are dropped without a word.
    /// </summary>
    public static void Run(LedgerScope scope, NetUid netuid)
    {
        var before = scope.GetMetagraph(netuid);
        if (before.Commits.IsEmpty || netuid.IsRoot || !scope.TryGetBooks(netuid, out var books)) return;
        var current = CommitEpochs.Current(books, scope.Block);
        if (current < books.Hyper.RevealPeriod) return;

        var opening = current - books.Hyper.RevealPeriod;
        foreach (var (key, commits) in before.Commits)
        {
            if (key.Mechanism >= books.Hyper.MechanismCount) continue;
            var due = commits.Where(commit => commit.Sealed is not null && commit.Epoch <= opening).ToArray();
            if (due.Length == 0) continue;
            scope.SetMetagraph(netuid, scope.GetMetagraph(netuid).WithCommits(key, commits.RemoveRange(due, ReferenceEqualityComparer.Instance)));
            foreach (var commit in due.Where(commit => commit.Epoch == opening)) _ = SetWeights.Store(scope, netuid, key.Hotkey, commit.Sealed!);
        }
    }
}
