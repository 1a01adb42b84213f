using System.Collections.Immutable;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Keys;

/// <summary>What of a hotkey goes over to another one on one subnet.</summary>
/// <remarks>
/// Source: swap/swap_hotkey.rs :: perform_hotkey_swap_on_one_subnet. Weights, bonds, and the block of registration belong to the uid and stay with it.
/// Commits that open by themselves stay with the former hotkey, and come to nothing; so do dividends put aside for root's stakers in the last epoch,
/// which are for show. Positions are taken and given at their whole value: the rest of each, less than a unit, stays with the former hotkey's pool.
/// </remarks>
internal static class SwappedSubnet
{
    /// <param name="stakers">Coldkeys whose stake went over, in ascending order.</param>
    public static LedgerError Move(
        LedgerScope scope, NetUid netuid, AccountId former, AccountId next, bool keepsStake, out IReadOnlyList<AccountId> stakers)
    {
        stakers = [];
        var metagraph = scope.GetMetagraph(netuid);
        scope.TryGetBooks(netuid, out var books);
        var after = Seat(metagraph, books!, former, next, scope.Block);
        after = MoveTake(after, former, next);
        var error = SwappedLinks.Move(ref after, former, next);
        if (error != LedgerError.None) return error;
        foreach (var (coldkey, _) in after.AutoStake.Where(entry => entry.Value == former)) after = after with { AutoStake = after.AutoStake.SetItem(coldkey, next) };
        if (!keepsStake) after = MoveDividends(after, former, next);
        if (!keepsStake && netuid.IsRoot) after = MoveAutoParent(after, former, next);
        if (after != metagraph) scope.SetMetagraph(netuid, after);

        if (books!.OwnerHotkey == former)
        {
            if (next.IsSubnetAccount) return LedgerError.CannotUseSystemAccount;
            scope.Books(netuid).OwnerHotkey = next;
        }

        if (!keepsStake) stakers = MoveStakes(scope, netuid, former, next);
        return LedgerError.None;
    }

    /// <summary>The uid, if there is one, with what is filed under its hotkey; otherwise a mark that the hotkey was named here.</summary>
    private static Metagraph Seat(Metagraph metagraph, SubnetBooks books, AccountId former, AccountId next, BlockNumber block)
    {
        var unseated = metagraph.Unseated.Remove(former);
        if (metagraph.UidOf(former) is not { } uid) return metagraph with { Unseated = unseated.SetItem(next, block.Value) };
        var after = metagraph.WithNeuron(uid, metagraph.Neurons[uid] with { Hotkey = next }) with { Unseated = unseated.Remove(next) };
        for (byte mechanism = 0; mechanism < books.Hyper.MechanismCount; mechanism++) after = MoveCommits(after, mechanism, former, next);
        return after;
    }

    private static Metagraph MoveCommits(Metagraph metagraph, byte mechanism, AccountId former, AccountId next)
    {
        var (from, to) = (new CommitKey(mechanism, former), new CommitKey(mechanism, next));
        var commits = metagraph.CommitsOf(from);
        var byHash = commits.RemoveAll(commit => commit.Sealed is not null);
        if (byHash.IsEmpty) return metagraph;
        var standing = metagraph.CommitsOf(to).RemoveAll(commit => commit.Sealed is null);
        return metagraph.WithCommits(from, commits.RemoveAll(commit => commit.Sealed is null)).WithCommits(to, standing.AddRange(byHash));
    }

    private static Metagraph MoveTake(Metagraph metagraph, AccountId former, AccountId next) => metagraph.ChildTakes.TryGetValue(former, out var take)
        ? metagraph with { ChildTakes = metagraph.ChildTakes.Remove(former).SetItem(next, take) }
        : metagraph;

    private static Metagraph MoveDividends(Metagraph metagraph, AccountId former, AccountId next)
    {
        if (!metagraph.AlphaDividends.TryGetValue(former, out var paid)) return metagraph;
        var sum = paid.AddSaturating(metagraph.AlphaDividends.GetValueOrDefault(next));
        return metagraph with { AlphaDividends = metagraph.AlphaDividends.Remove(former).SetItem(next, sum) };
    }

    /// <summary>Only what was said goes over; what the next hotkey has said stands otherwise.</summary>
    private static Metagraph MoveAutoParent(Metagraph metagraph, AccountId former, AccountId next) => metagraph.AutoParents.TryGetValue(former, out var isOn)
        ? metagraph with { AutoParents = metagraph.AutoParents.Remove(former).SetItem(next, isOn) }
        : metagraph;

    private static AccountId[] MoveStakes(LedgerScope scope, NetUid netuid, AccountId former, AccountId next)
    {
        var stakers = scope.StakesOn(netuid, former).Select(position => position.Coldkey).Order().ToArray();
        foreach (var coldkey in stakers)
        {
            var origin = new PositionKey(netuid, former, coldkey);
            var alpha = ShareLedger.Position(scope, origin);
            ShareLedger.Decrease(scope, origin, alpha);
            ShareLedger.Increase(scope, origin with { Hotkey = next }, alpha);
        }

        if (netuid.IsRoot) MoveClaims(scope, former, next);
        return stakers;
    }

    /// <summary>Rates and marks go over together: what was owed for the root stake is owed for it still.</summary>
    /// <remarks>Source: staking/claim_root.rs :: transfer_root_claimable_for_new_hotkey, transfer_root_claimed_for_new_keys.</remarks>
    private static void MoveClaims(LedgerScope scope, AccountId former, AccountId next)
    {
        var rates = scope.GetClaimRates(next).BySubnet;
        foreach (var (netuid, rate) in scope.GetClaimRates(former).BySubnet)
            rates = rates.SetItem(netuid, rates.TryGetValue(netuid, out var standing) ? standing.AddSaturating(rate) : rate);
        scope.SetClaimRates(former, ClaimRates.None);
        scope.SetClaimRates(next, new ClaimRates(rates));
        foreach (var claim in scope.ClaimsOn(former).Where(claim => rates.ContainsKey(claim.Netuid)).ToArray())
            ClaimMarks.Move(scope, claim, claim with { Hotkey = next });
    }
}
