using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Registry;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Client;

/// <summary>A subnet with its name and its books.</summary>
public sealed record SubnetInfo(SubnetEntry Entry, PoolView Pool)
{
    public NetUid Netuid => Entry.Netuid;

    /// <summary>The name by which the subnet presents itself; where it does not, the one that it has in the registry.</summary>
    public string Name => Pool.Identity is { Name.Length: > 0 } identity ? identity.Name : Entry.Name;

    /// <summary>The symbol of the subnet's token.</summary>
    public string Symbol => Entry.Symbol;

    /// <summary>How the subnet presents itself; null when it never did.</summary>
    public IdentityDetail? Identity => Pool.Identity;
}

/// <summary>What one coldkey holds on one hotkey of one subnet.</summary>
/// <param name="Value">What the share is worth in the subnet's alpha (on root: in TAO).</param>
public sealed record StakePosition(SubnetEntry Subnet, AccountId Hotkey, AccountId Coldkey, Alpha Value)
{
    public NetUid Netuid => Subnet.Netuid;
}

/// <summary>One neuron.</summary>
/// <param name="Coldkey">Who owns its hotkey; null while nobody does.</param>
/// <param name="Weight">Its alpha, and its root TAO times the network's TAO weight, floored: what counts as stake, links to parents and children left aside.</param>
public sealed record NeuronInfo(NeuronEntry Neuron, AccountId? Coldkey, Alpha Weight);

/// <summary>What a new subnet costs.</summary>
/// <param name="Cost">TAO at <paramref name="Block"/>.</param>
/// <param name="Minimum">It never falls below this.</param>
/// <param name="Opens">The first block in which a registration is let in.</param>
/// <param name="Subnets">Registered, without root. When that is the limit, a registration takes the place of the one with the lowest moving price.</param>
public sealed record LockCostInfo(Tao Cost, Tao Minimum, BlockNumber Block, BlockNumber Opens, int Subnets, int SubnetsMax);

/// <summary>One validator.</summary>
/// <param name="Facts">Its owner and take; null while nobody owns it.</param>
/// <param name="Stake">Alpha on the subnet that was asked for; on root TAO.</param>
/// <param name="RootStake">TAO on root.</param>
/// <param name="AlphaValue">Its alpha on all subnets at their spot prices.</param>
/// <param name="Weight">That, and root TAO times the network's TAO weight.</param>
/// <param name="HasPermit">Whether the last epoch of the subnet let it validate; on root whether it has a seat that does.</param>
/// <param name="Nominators">Coldkeys beside the owner with stake on it, on the subnet that was asked for.</param>
/// <param name="Yields">By window; null while nothing is known.</param>
public sealed record ValidatorInfo(
    AccountId Hotkey, HotkeyFacts? Facts, Alpha Stake, Tao RootStake, Tao AlphaValue, Tao Weight, bool HasPermit, int Nominators, IReadOnlyList<Yield?> Yields)
{
    /// <summary>What it keeps of dividends.</summary>
    public Take Take => Facts?.ToRecord().Take ?? Take.Default;
}

/// <summary>One hotkey with root stake.</summary>
/// <param name="Positions">Coldkeys with stake on it, its owner included.</param>
/// <param name="Rates">By subnet: alpha rao that one root-rao has earned since the beginning, claimed or not.</param>
public sealed record RootValidatorInfo(AccountId Hotkey, HotkeyFacts? Facts, Tao Stake, int Positions, ClaimRates Rates)
{
    public Take Take => Facts?.ToRecord().Take ?? Take.Default;
}

/// <summary>A coldkey's root claims.</summary>
/// <param name="Type">What becomes of a claim.</param>
/// <param name="IsPicked">Whether automatic claims may pick the coldkey.</param>
/// <param name="Claims">Ascending by subnet and hotkey.</param>
public sealed record RootClaimInfo(RootClaimType Type, bool IsPicked, BlockNumber Block, IReadOnlyList<ClaimableDividends> Claims);

/// <summary>What one subnet owes for one root position.</summary>
public sealed record ClaimableDividends(SubnetInfo Subnet, RootClaimRow Row)
{
    /// <summary>Alpha below which a claim pays nothing.</summary>
    public Alpha Threshold => new(Subnet.Pool.Books!.Hyper.RootClaimThreshold);

    /// <summary>Whether a claim would pay it.</summary>
    public bool IsClaimable => Row.Owed >= Threshold;

    /// <summary>At the spot price, which a sale of it would lower.</summary>
    public Tao Value => new(AmountText.ValueRao(Row.Owed.Rao, Subnet.Pool.PriceBits));
}
