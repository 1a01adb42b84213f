using System.Collections.Immutable;
using System.Text;

namespace Dtao.Economics.Ledger;

/// <summary>Arguments that only a few kinds of calls have.</summary>
public abstract record CallDetail;

/// <summary>Weights: set, revealed, or sealed.</summary>
/// <param name="Mechanism">0 is the subnet's first mechanism.</param>
/// <param name="Salt">Of a commit that is revealed; empty otherwise.</param>
public sealed record WeightsDetail(ImmutableArray<ushort> Uids, ImmutableArray<ushort> Values, ulong VersionKey, byte Mechanism, ImmutableArray<ushort> Salt) : CallDetail;

/// <summary>How a subnet presents itself. Kept with its neurons until it is dissolved.</summary>
/// <remarks>
/// Source: rule book 01, 10.3; utils/identity.rs :: is_valid_subnet_identity. Lengths are bytes of UTF-8. The chain's bound of the sum of some of them
/// is above what their own bounds come to.
/// </remarks>
public sealed record IdentityDetail(
    string Name, string Repository, string Contact, string Url, string Discord, string Description, string Logo, string Additional) : CallDetail
{
    public bool IsWithinBounds => IdentityBounds.IsShort(Name) && IdentityBounds.IsShort(Discord)
        && IdentityBounds.IsLong(Repository) && IdentityBounds.IsLong(Contact) && IdentityBounds.IsLong(Url)
        && IdentityBounds.IsLong(Description) && IdentityBounds.IsLong(Logo) && IdentityBounds.IsLong(Additional);

    /// <summary>All texts in the order of the constructor.</summary>
    public IReadOnlyList<string> Texts => [Name, Repository, Contact, Url, Discord, Description, Logo, Additional];
}

/// <summary>How a coldkey presents itself. Kept with its account.</summary>
/// <remarks>Source: utils/identity.rs :: is_valid_identity. Lengths are bytes of UTF-8.</remarks>
public sealed record ColdkeyIdentityDetail(
    string Name, string Url, string Repository, string Image, string Discord, string Description, string Additional) : CallDetail
{
    public bool IsWithinBounds => IdentityBounds.IsShort(Name) && IdentityBounds.IsShort(Url) && IdentityBounds.IsShort(Repository)
        && IdentityBounds.IsLong(Image) && IdentityBounds.IsShort(Discord)
        && IdentityBounds.IsLong(Description) && IdentityBounds.IsLong(Additional);

    /// <summary>All texts in the order of the constructor.</summary>
    public IReadOnlyList<string> Texts => [Name, Url, Repository, Image, Discord, Description, Additional];
}

/// <summary>How long the texts of an identity may be, in bytes of UTF-8.</summary>
internal static class IdentityBounds
{
    private const int ShortMax = 256;
    private const int LongMax = 1_024;

    public static bool IsShort(string text) => Encoding.UTF8.GetByteCount(text) <= ShortMax;

    public static bool IsLong(string text) => Encoding.UTF8.GetByteCount(text) <= LongMax;
}

/// <summary>The symbol that a subnet's token is to have.</summary>
public sealed record SymbolDetail(string Symbol) : CallDetail;

/// <summary>Several reveals in one call.</summary>
public sealed record BatchRevealDetail(ImmutableArray<WeightsDetail> Reveals) : CallDetail;

/// <summary>Weights on several subnets, each set by itself. The mechanism is each subnet's first.</summary>
public sealed record BatchWeightsDetail(ImmutableArray<SubnetWeights> Subnets) : CallDetail;

/// <summary>One subnet's part of <see cref="BatchWeightsDetail"/>.</summary>
public sealed record SubnetWeights(NetUid Netuid, WeightsDetail Weights);

/// <summary>Commits on several subnets, each made by itself. The mechanism is each subnet's first.</summary>
public sealed record BatchCommitDetail(ImmutableArray<SubnetCommit> Subnets) : CallDetail;

/// <summary>One subnet's part of <see cref="BatchCommitDetail"/>.</summary>
public sealed record SubnetCommit(NetUid Netuid, CommitDetail Commit);

/// <summary>A commit by hash: 32 bytes.</summary>
public sealed record CommitDetail(ImmutableArray<byte> Hash, byte Mechanism) : CallDetail;

/// <summary>A commit that opens by itself when the beacon has reached a round.</summary>
public sealed record TimelockDetail(WeightsDetail Weights, ulong Round, ushort Version) : CallDetail;

/// <summary>The children that a hotkey asks for; empty revokes them.</summary>
public sealed record ChildrenDetail(ImmutableArray<ChildLink> Children) : CallDetail;

/// <summary>The subnets whose root dividends are claimed.</summary>
public sealed record ClaimDetail(ImmutableArray<NetUid> Netuids) : CallDetail;

/// <summary>The choice of what becomes of root dividends.</summary>
public sealed record ClaimTypeDetail(RootClaimType Type) : CallDetail;

/// <summary>The hash of the coldkey that another one is to be swapped for: 32 bytes.</summary>
public sealed record ColdkeyHashDetail(ImmutableArray<byte> Hash) : CallDetail;

/// <summary>The coldkey that somebody else's call is about.</summary>
public sealed record ColdkeyDetail(AccountId Coldkey) : CallDetail;

/// <summary>Whether something is switched on or off.</summary>
public sealed record SwitchDetail(bool IsOn) : CallDetail;

/// <summary>An order that its owner places or cancels.</summary>
public sealed record OrderDetail(LimitOrder Order) : CallDetail;

/// <summary>Orders that a relayer has executed, in this order.</summary>
/// <param name="ShouldFail">Whether one that fails refuses all of them.</param>
public sealed record OrdersDetail(ImmutableArray<OrderFill> Orders, bool ShouldFail) : CallDetail;

/// <summary>An order that is executed at its owner's account, since a relayer asked for it.</summary>
public sealed record FillDetail(OrderFill Fill, AccountId Relayer) : CallDetail;

/// <summary>One owner's part of a relayer's call whose orders are executed all or none.</summary>
/// <param name="Batch">Names the try of the call that the part belongs to.</param>
/// <param name="IsNetted">Whether the call is ExecuteBatchedOrders; otherwise it is ExecuteOrders in which no order may fail.</param>
/// <param name="Owners">How many owners there are: parts that make the whole.</param>
/// <param name="Orders">How many orders the call has.</param>
public sealed record FillBatchDetail(AccountId Relayer, Guid Batch, bool IsNetted, int Owners, int Orders, ImmutableArray<PlacedFill> Fills) : CallDetail;
