using Dtao.Economics;
using Dtao.Grains.Registry;
using Dtao.Grains.Subnets;

namespace Dtao.Client;

/// <summary>A subnet with its name and its books.</summary>
public sealed record SubnetInfo(SubnetEntry Entry, PoolView Pool)
{
    public NetUid Netuid => Entry.Netuid;
}

/// <summary>What one coldkey holds on one hotkey of one subnet.</summary>
/// <param name="Value">What the share is worth in the subnet's alpha (on root: in TAO).</param>
public sealed record StakePosition(SubnetEntry Subnet, AccountId Hotkey, AccountId Coldkey, Alpha Value)
{
    public NetUid Netuid => Subnet.Netuid;
}
