namespace Dtao.Economics.Emission;

/// <summary>The smoothed flows that a subnet keeps; they move only under the division by flow.</summary>
/// <param name="User">TAO that stakers put in less what they took out.</param>
/// <param name="Protocol">TAO that emission put in less what root's sales took out.</param>
/// <param name="ProtocolCounted">All rao of protocol flow that the average has taken out of the counter, so that the whole remains known.</param>
public readonly record struct FlowBooks(FlowAverage User, FlowAverage Protocol, Int128 ProtocolCounted);

/// <summary>What a division by flow must know of a subnet: averages, and the rao counted since they last moved.</summary>
public readonly record struct FlowFacts(FlowBooks Averages, long User, long Protocol)
{
    /// <summary>Both averages once this block has moved them.</summary>
    public SubnetFlow After(BlockNumber block, ulong smoothing) => new(
        Averages.User.Next(block, User, smoothing).Value, Averages.Protocol.Next(block, Protocol, smoothing).Value);
}
