using System.Text;
using Dtao.Economics.Ledger;
using Dtao.Economics.Orders;

namespace Dtao.Economics.Fees;

/// <summary>What a call weighs and how long it is: what its transaction fee is made of.</summary>
/// <remarks>
/// A summary. Weights are the reference's measured ones: picoseconds, with 25 million for each read and 100 million for each write of its store
/// (subtensor/weights.rs, admin-utils/weights.rs, macros/dispatches.rs). Plain transfers have a rounded one, as theirs stands in another repository.
/// Lengths are those of a signed transaction of the chain with this call's arguments. The chain's weight of an empty transaction is left out.
/// </remarks>
internal static class CallWeights
{
    private const ulong Read = 25_000_000;
    private const ulong Write = 100_000_000;
    private const ulong Envelope = 105;
    private const ulong Account = 32;
    private const ulong Netuid = 2;
    private const ulong Amount = 8;
    private const ulong ChildBytes = Amount + Account;
    private const ulong SignatureBytes = 65;

    /// <summary>Whether the chain takes no fee: weights and delegate takes, and what only root may do.</summary>
    public static bool IsFree(CallKind kind) => kind is CallKind.SetWeights or CallKind.CommitWeights or CallKind.RevealWeights or CallKind.BatchRevealWeights
        or CallKind.CommitTimelockedWeights or CallKind.IncreaseTake or CallKind.DecreaseTake or CallKind.Admin or CallKind.DissolveNetwork
        or CallKind.SetNumRootClaims or CallKind.SudoSet or CallKind.SwapColdkey or CallKind.ResetColdkeySwap or CallKind.FillOrder or CallKind.FillBatch
        or CallKind.BatchSetWeights or CallKind.BatchCommitWeights;

    /// <summary>Picoseconds.</summary>
    /// <remarks>Of orders: limit-orders/weights.rs. Placing one has no counterpart on the chain.</remarks>
    public static ulong WeightOf(Call call)
    {
        if (call is { Kind: CallKind.RegisterNetwork, Detail: IdentityDetail }) return 275_041_000 + (39 * Read) + (47 * Write);
        if (call.Detail is not OrdersDetail { Orders.Length: var count }) return WeightOf(call.Kind);
        var orders = (ulong)count;
        return call.Kind == CallKind.ExecuteOrders
            ? 61_768_457 + (17 * Read) + (10 * Write) + (orders * (520_180_782 + (11 * Read) + (7 * Write)))
            : 499_718_496 + (17 * Read) + (10 * Write) + (orders * (259_134_004 + (11 * Read) + (7 * Write)));
    }

    private static ulong WeightOf(CallKind kind) => kind switch
    {
        CallKind.AddStake => 664_064_000 + (32 * Read) + (16 * Write),
        CallKind.AddStakeLimit => 853_005_000 + (32 * Read) + (16 * Write),
        CallKind.RemoveStake => 569_198_000 + (28 * Read) + (13 * Write),
        CallKind.RemoveStakeLimit => 740_696_000 + (27 * Read) + (13 * Write),
        CallKind.RemoveStakeFullLimit => 754_292_000 + (27 * Read) + (13 * Write),
        CallKind.UnstakeAll => 26_830_000 + (6 * Read),
        CallKind.UnstakeAllAlpha => 700_873_000 + (43 * Read) + (25 * Write),
        CallKind.MoveStake => 216_061_000 + (19 * Read) + (7 * Write),
        CallKind.TransferStake => 258_541_000 + (19 * Read) + (6 * Write),
        CallKind.SwapStake => 742_019_000 + (47 * Read) + (24 * Write),
        CallKind.SwapStakeLimit => 944_515_000 + (47 * Read) + (24 * Write),
        CallKind.RecycleAlpha => 172_139_000 + (13 * Read) + (6 * Write),
        CallKind.BurnAlpha => 168_964_000 + (12 * Read) + (4 * Write),
        CallKind.AddStakeBurn or CallKind.AddStakeRecycle => 967_308_000 + (33 * Read) + (17 * Write),
        CallKind.SetChildren => 119_000_000 + (6 * Read) + (31 * Write),
        CallKind.SetChildkeyTake => 53_870_000 + (7 * Read) + (2 * Write),
        CallKind.TryAssociateHotkey => 25_337_000 + (3 * Read) + (3 * Write),
        CallKind.StartCall => 39_454_000 + (5 * Read) + (2 * Write),
        CallKind.SetAutoStakeHotkey => 33_853_000 + (4 * Read) + (2 * Write),
        CallKind.RegisterNeuron => 336_815_000 + (34 * Read) + (29 * Write),
        CallKind.RegisterLimit => 354_200_000 + (47 * Read) + (40 * Write),
        CallKind.RootRegister => 103_934_000 + (19 * Read) + (16 * Write),
        CallKind.RegisterNetwork => 277_125_000 + (40 * Read) + (48 * Write),
        CallKind.ClaimRoot => 138_999_000 + (16 * Read) + (4 * Write),
        CallKind.SetRootClaimType => 18_283_000 + (2 * Read) + (4 * Write),
        CallKind.SetRootClaimThreshold => 5_681_000 + Write,
        CallKind.SetTempo => 46_407_000 + (6 * Read) + (3 * Write),
        CallKind.SetActivityCutoffFactor => 39_193_000 + (7 * Read) + (2 * Write),
        CallKind.TriggerEpoch => 42_539_000 + (8 * Read) + (2 * Write),
        CallKind.SetHyperparameter => 16_301_000 + Read + Write,
        CallKind.CancelOrder => 14_822_000 + Read + Write,
        CallKind.SwapHotkey => 275_300_000 + (52 * Read) + (35 * Write),
        CallKind.AnnounceColdkeySwap => 47_248_000 + (4 * Read) + (3 * Write),
        CallKind.SwapColdkeyAnnounced => 288_156_000 + (37 * Read) + (15 * Write),
        CallKind.DisputeColdkeySwap => 23_293_000 + (2 * Read) + Write,
        CallKind.ClearColdkeySwapAnnouncement => 17_890_000 + (2 * Read) + Write,
        CallKind.SetSubnetIdentity => 17_513_000 + Read + Write,
        CallKind.UpdateSymbol => 28_313_000 + (4 * Read) + Write,
        CallKind.SetIdentity => 32_040_000 + (3 * Read) + Write,
        CallKind.SetAutoParentDelegation => 28_023_000 + (2 * Read) + Write,
        _ => 50_000_000 + Read + Write,
    };

    /// <summary>Bytes.</summary>
    public static ulong LengthOf(Call call) => Envelope + call.Kind switch
    {
        CallKind.PlaceOrder or CallKind.CancelOrder => (ulong)OrderHash.Encode(((OrderDetail)call.Detail!).Order).Length,
        CallKind.ExecuteOrders or CallKind.ExecuteBatchedOrders =>
            Netuid + ((OrdersDetail)call.Detail!).Orders.Aggregate(0UL, (sum, fill) => sum + (ulong)OrderHash.Encode(fill.Order).Length + SignatureBytes + (fill.Partial is null ? 1 : 1 + Amount)),
        CallKind.AddStake or CallKind.RemoveStake or CallKind.RecycleAlpha or CallKind.BurnAlpha => Account + Netuid + Amount,
        CallKind.AddStakeLimit or CallKind.RemoveStakeLimit => Account + Netuid + (2 * Amount) + 1,
        CallKind.RemoveStakeFullLimit => Account + Netuid + Amount + 1,
        CallKind.AddStakeBurn or CallKind.AddStakeRecycle => Account + Netuid + (2 * Amount) + 1,
        CallKind.MoveStake or CallKind.TransferStake => (2 * Account) + (2 * Netuid) + Amount,
        CallKind.SwapStake => Account + (2 * Netuid) + Amount,
        CallKind.SwapStakeLimit => Account + (2 * Netuid) + (2 * Amount) + 1,
        CallKind.SetChildren => Account + Netuid + 1 + ((ulong)((ChildrenDetail)call.Detail!).Children.Length * ChildBytes),
        CallKind.SetChildkeyTake => Account + Netuid + 2,
        CallKind.RegisterNeuron or CallKind.SetAutoStakeHotkey => Account + Netuid,
        CallKind.RegisterLimit => Account + Netuid + Amount,
        CallKind.ClaimRoot => 1 + ((ulong)((ClaimDetail)call.Detail!).Netuids.Length * Netuid),
        CallKind.SetRootClaimType => 1 + ((ulong)((ClaimTypeDetail)call.Detail!).Type.Subnets.Length * Netuid),
        CallKind.StartCall or CallKind.TriggerEpoch => Netuid,
        CallKind.SetTempo or CallKind.SetActivityCutoffFactor or CallKind.SetHyperparameter or CallKind.SetRootClaimThreshold => Netuid + Amount,
        CallKind.SwapHotkey => (2 * Account) + 1 + Netuid + 1,
        CallKind.AnnounceColdkeySwap or CallKind.SwapColdkeyAnnounced => Account,
        CallKind.DisputeColdkeySwap or CallKind.ClearColdkeySwapAnnouncement => 0,
        CallKind.Transfer => Account + 1 + Amount,
        CallKind.RegisterNetwork => Account + 1 + TextBytes(call.Detail is IdentityDetail identity ? identity.Texts : []),
        CallKind.SetSubnetIdentity => Netuid + TextBytes(((IdentityDetail)call.Detail!).Texts),
        CallKind.UpdateSymbol => Netuid + TextBytes([((SymbolDetail)call.Detail!).Symbol]),
        CallKind.SetIdentity => TextBytes(((ColdkeyIdentityDetail)call.Detail!).Texts),
        _ => Account + 1,
    };

    /// <summary>Each text stands behind its length, which takes one byte, two, or four.</summary>
    private static ulong TextBytes(IReadOnlyList<string> texts)
    {
        var sum = 0UL;
        foreach (var text in texts)
        {
            var bytes = (ulong)Encoding.UTF8.GetByteCount(text);
            sum += bytes + bytes switch { < 64 => 1UL, < 16_384 => 2UL, _ => 4UL };
        }

        return sum;
    }
}
