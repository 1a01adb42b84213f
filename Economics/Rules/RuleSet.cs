using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Rules;

/// <summary>The rules of one day in the chain's life, where they differ from those of another: a choice among pure functions.</summary>
/// <param name="Name">How a genesis document, a header, and a change at a height call it. Never given to other rules.</param>
/// <param name="Date">The day on which these rules are pinned, as ISO 8601.</param>
/// <param name="Shares">How a block's TAO is divided among the subnets.</param>
/// <param name="Liquidity">How a subnet's part enters its pool.</param>
/// <param name="RootDividends">In what root's stakers are paid.</param>
/// <remarks>A rule is asked for its result and never for its kind, so that a new rule set concerns nobody but <see cref="RuleSets"/>.</remarks>
public sealed record RuleSet(string Name, string Date, IShareRule Shares, ILiquidityRule Liquidity, IRootDividendRule RootDividends);

/// <summary>Divides a block's TAO among the subnets that emit.</summary>
public interface IShareRule
{
    /// <summary>The rule in one phrase, for whoever chooses a rule set.</summary>
    string About { get; }

    /// <summary>Each subnet's part of the block's TAO, in the order given; together at most 1.</summary>
    /// <param name="block">The block that is planned.</param>
    /// <param name="emitting">The subnets that emit, in storage order, as they were when the block before was done.</param>
    U64F64[] Of(BlockNumber block, IReadOnlyList<SubnetBlockFacts> emitting);

    /// <summary>Writes down in an emitting subnet's books what the division of this block has taken in of them, before anything else of the block changes them.</summary>
    void Record(SubnetBooks books, BlockNumber block);
}

/// <summary>Brings a subnet's part of a block into its pool.</summary>
public interface ILiquidityRule
{
    /// <summary>The rule in one phrase, for whoever chooses a rule set.</summary>
    string About { get; }

    /// <summary>Readies the market of a subnet for the block; called on every subnet but root, whether or not it emits.</summary>
    void Prepare(SubnetBooks books);

    /// <summary>How the part is split, before anything changes.</summary>
    /// <param name="price">TAO per alpha.</param>
    /// <param name="alphaEmission">What the subnet's curve gives in this block, in rao.</param>
    /// <param name="rootProportion">Root's weight against the subnet's alpha, 0 to 1.</param>
    SubnetTerms TermsOf(U96F32 taoEmission, U64F64 price, U96F32 alphaEmission, U96F32 rootProportion);

    /// <summary>Readies the pool to take both amounts in; false when it cannot, and neither enters.</summary>
    bool TryAdmit(SubnetBooks books, Tao tao, Alpha alpha);
}

/// <summary>Pays the stakers of root for what their TAO weighs on a subnet.</summary>
public interface IRootDividendRule
{
    /// <summary>The rule in one phrase, for whoever chooses a rule set.</summary>
    string About { get; }

    /// <summary>Whether a block's alpha for root is put aside; it is recycled otherwise.</summary>
    bool IsKept(IReadOnlyList<SubnetBlockFacts> emitting);

    /// <summary>Whether the epoch sells what was put aside and stakes the TAO on root; otherwise it stays alpha that is claimed later.</summary>
    bool PaysTao { get; }
}
