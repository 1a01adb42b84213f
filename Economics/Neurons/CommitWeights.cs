using System.Collections.Immutable;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Neurons;

/// <summary>commit_weights and commit_timelocked_weights: weights that nobody can copy before they count.</summary>
/// <remarks>
/// Source: rule book 02, 10.2 and 10.4; subnets/weights.rs :: internal_commit_weights, internal_commit_timelocked_weights. The commit is what the
/// rate limit counts and what keeps the neuron active. A time-locked commit holds its weights here as they are: there is no beacon whose rounds
/// would open a cipher text.
/// </remarks>
internal static class CommitWeights
{
    /// <summary>Commits of one kind that a hotkey may have open: all of them by hash, those of one epoch when time-locked.</summary>
    public const int OpenMax = 10;

    /// <summary>The version of time-locked commits.</summary>
    public const ushort Version = 4;

    /// <summary>The chain's bound of a cipher text, in bytes; two for each uid and each value.</summary>
    private const int SealedBytesMax = 5_000;

    public static LedgerError ByHash(CallRun run, NetUid netuid, CommitDetail commit)
    {
        var scope = run.Scope;
        var error = Check(scope, netuid, run.Signer, commit.Mechanism, version: null, out var books, out var uid);
        if (error != LedgerError.None) return error;

        var key = new CommitKey(commit.Mechanism, run.Signer);
        var commits = CommitQueue.WithoutExpired(books!, scope.Block, scope.GetMetagraph(netuid).CommitsOf(key), out _);
        if (commits.Count(CommitQueue.IsByHash) >= OpenMax) return LedgerError.TooManyUnrevealedCommits;
        Store(scope, books!, uid, key, commits.Add(
            new WeightCommit(commit.Hash, CommitEpochs.Current(books!, scope.Block), scope.Block.Value, null, 0)));
        return LedgerError.None;
    }

    public static LedgerError Timelocked(CallRun run, NetUid netuid, TimelockDetail commit)
    {
        var scope = run.Scope;
        var mechanism = commit.Weights.Mechanism;
        var error = Check(scope, netuid, run.Signer, mechanism, commit.Version, out var books, out var uid);
        if (error != LedgerError.None) return error;

        var key = new CommitKey(mechanism, run.Signer);
        var epoch = CommitEpochs.Current(books!, scope.Block);
        var commits = scope.GetMetagraph(netuid).CommitsOf(key);
        if (commits.Count(other => other.Sealed is not null && other.Epoch == epoch) >= OpenMax) return LedgerError.TooManyUnrevealedCommits;
        Store(scope, books!, uid, key, commits.Add(new WeightCommit([], epoch, scope.Block.Value, commit.Weights, commit.Round)));
        return LedgerError.None;
    }

    /// <summary>Whether the chain's bound would hold these weights once they are sealed.</summary>
    public static bool Fits(WeightsDetail weights) => sizeof(ushort) * ((long)weights.Uids.Length + weights.Values.Length) <= SealedBytesMax;

    /// <param name="version">The version of a time-locked commit; null for one by hash.</param>
    private static LedgerError Check(
        LedgerScope scope, NetUid netuid, AccountId hotkey, byte mechanism, ushort? version, out SubnetBooks? books, out int uid)
    {
        uid = 0;
        if (!WeightRules.TryGetMechanism(scope, netuid, mechanism, out books)) return LedgerError.MechanismDoesNotExist;
        if (!books.Hyper.CommitReveal) return LedgerError.CommitRevealDisabled;
        if (version is { } given && given != Version) return LedgerError.IncorrectCommitRevealVersion;
        var metagraph = scope.GetMetagraph(netuid);
        if (metagraph.UidOf(hotkey) is not { } own) return LedgerError.HotKeyNotRegisteredInSubNet;
        uid = own;
        return WeightRules.IsTooSoon(scope, books, metagraph.Neurons[uid], mechanism) ? LedgerError.CommittingWeightsTooFast : LedgerError.None;
    }

    private static void Store(LedgerScope scope, SubnetBooks books, int uid, CommitKey key, ImmutableArray<WeightCommit> commits)
    {
        var metagraph = scope.GetMetagraph(books.Netuid).WithCommits(key, commits);
        var neuron = metagraph.Neurons[uid];
        var row = neuron.Row(key.Mechanism) with { LastUpdate = scope.Block.Value };
        scope.SetMetagraph(books.Netuid, metagraph.WithNeuron(uid, neuron.WithRow(key.Mechanism, row)));
    }
}
