using System.Collections.Immutable;
using Dtao.Economics.Ledger;
using Dtao.Economics.Settings;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Keys;

/// <summary>The calls about the swap of a coldkey: announced, made after a delay, disputed, called off; and what root may do without any of it.</summary>
/// <remarks>Source: macros/dispatches.rs, calls 71, 125 to 128, and 133.</remarks>
public static class ColdkeySwapCalls
{
    /// <summary>Announces a swap, or another one in its place. Only the first announcement costs something.</summary>
    internal static CallOutcome Announce(CallRun run, ImmutableArray<byte> hash)
    {
        var scope = run.Scope;
        Tao? paid = null;
        if (scope.GetColdkeySwap(run.Signer) is { } standing)
        {
            if (scope.Block.Value < ReannouncedFrom(scope, standing)) return CallOutcome.Refused(LedgerError.ColdkeySwapReannouncedTooEarly);
        }
        else
        {
            if (TaoLedger.Recycle(scope, run.Signer, KeySwapCosts.Whole) != LedgerError.None)
                return CallOutcome.Refused(LedgerError.NotEnoughBalanceToPaySwapColdKey);
            paid = KeySwapCosts.Whole;
        }

        scope.SetColdkeySwap(run.Signer, Announced(scope.Parameters, scope.Block, hash));
        return new CallOutcome(LedgerError.None) { Paid = paid };
    }

    /// <summary>The announcement that such a call makes in a block.</summary>
    public static ColdkeySwap Announced(NetworkParameters parameters, BlockNumber block, ImmutableArray<byte> hash) =>
        new(new BlockNumber(SaturatingMath.Add(block.Value, parameters.ColdkeySwapDelay)), hash, null);

    internal static LedgerError Execute(CallRun run, AccountId next)
    {
        var scope = run.Scope;
        if (scope.GetColdkeySwap(run.Signer) is not { } standing) return LedgerError.ColdkeySwapAnnouncementNotFound;
        if (!standing.Hash.AsSpan().SequenceEqual(ColdkeyHash.Of(next).AsSpan())) return LedgerError.AnnouncedColdkeyHashDoesNotMatch;
        if (scope.Block < standing.ReadyAt) return LedgerError.ColdkeySwapTooEarly;
        var error = ColdkeyMove.Execute(scope, run.Signer, next);
        if (error == LedgerError.None) scope.SetColdkeySwap(run.Signer, null);
        return error;
    }

    /// <summary>The sudo key swaps any coldkey at once, at a cost to that coldkey which it says itself.</summary>
    internal static CallOutcome ByRoot(CallRun run, AccountId former, AccountId next, Tao cost)
    {
        var scope = run.Scope;
        if (!Sudo.IsSigner(scope.Parameters, run.Signer)) return CallOutcome.Refused(LedgerError.BadOrigin);
        if (TaoLedger.Recycle(scope, former, cost) != LedgerError.None) return CallOutcome.Refused(LedgerError.NotEnoughBalanceToPaySwapColdKey);
        var error = ColdkeyMove.Execute(scope, former, next);
        if (error != LedgerError.None) return CallOutcome.Refused(error);
        if (scope.GetColdkeySwap(former) is not null) scope.SetColdkeySwap(former, null);
        return new CallOutcome(LedgerError.None) { Paid = cost.IsZero ? null : cost };
    }

    /// <summary>The coldkey, or whoever has come by it, stops everything until root decides.</summary>
    internal static LedgerError Dispute(CallRun run)
    {
        var scope = run.Scope;
        if (scope.GetColdkeySwap(run.Signer) is not { } standing) return LedgerError.ColdkeySwapAnnouncementNotFound;
        if (standing.DisputedAt is not null) return LedgerError.ColdkeySwapAlreadyDisputed;
        scope.SetColdkeySwap(run.Signer, standing with { DisputedAt = scope.Block });
        return LedgerError.None;
    }

    /// <summary>Announcement and dispute are forgotten; also where there is neither.</summary>
    internal static LedgerError Reset(CallRun run, AccountId coldkey)
    {
        if (!Sudo.IsSigner(run.Scope.Parameters, run.Signer)) return LedgerError.BadOrigin;
        if (run.Scope.GetColdkeySwap(coldkey) is not null) run.Scope.SetColdkeySwap(coldkey, null);
        return LedgerError.None;
    }

    internal static LedgerError Clear(CallRun run)
    {
        var scope = run.Scope;
        if (scope.GetColdkeySwap(run.Signer) is not { } standing) return LedgerError.ColdkeySwapAnnouncementNotFound;
        if (scope.Block.Value < ReannouncedFrom(scope, standing)) return LedgerError.ColdkeySwapClearTooEarly;
        scope.SetColdkeySwap(run.Signer, null);
        return LedgerError.None;
    }

    private static ulong ReannouncedFrom(LedgerScope scope, ColdkeySwap standing) =>
        SaturatingMath.Add(standing.ReadyAt.Value, scope.Parameters.ColdkeySwapReannouncementDelay);
}
