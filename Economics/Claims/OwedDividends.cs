using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Claims;

/// <summary>What root dividends have come to that are not claimed yet.</summary>
/// <remarks>Source: rule book 02, 8.6; staking/claim_root.rs :: get_root_owed_for_hotkey_coldkey.</remarks>
public static class OwedDividends
{
    /// <summary>Alpha rao of <c>claim.Netuid</c> owed to a coldkey for its root stake on a hotkey: rate x stake - mark, which may be negative.</summary>
    public static I96F32 Exact(ILedgerSource source, PositionKey claim)
    {
        if (!source.GetClaimRates(claim.Hotkey).BySubnet.TryGetValue(claim.Netuid, out var rate)) rate = I96F32.Zero;
        var stake = ShareLedger.Position(source, OnRoot(claim));
        return rate.MultiplySaturating(I96F32.FromInteger(stake.Rao)).SubtractSaturating(FromMark(source.GetClaimed(claim)));
    }

    /// <summary>The whole alpha rao of it; 0 while it is negative.</summary>
    public static Alpha Whole(ILedgerSource source, PositionKey claim) => new(Exact(source, claim).ToUInt64Saturating());

    /// <summary>What a rate makes of an amount of root stake, in whole rao.</summary>
    internal static UInt128 Earned(I96F32 rate, Alpha stake) =>
        FixedPoint.ToUnsigned(rate.MultiplySaturating(I96F32.FromInteger(stake.Rao)).Bits) >> I96F32.FractionBits;

    /// <summary>The root stake that a claim is about.</summary>
    internal static PositionKey OnRoot(PositionKey claim) => claim with { Netuid = NetUid.Root };

    private static I96F32 FromMark(UInt128 rao) =>
        rao > (UInt128)(I96F32.MaxValue.Bits >> I96F32.FractionBits) ? I96F32.MaxValue : new I96F32((Int128)(rao << I96F32.FractionBits));
}
