namespace Dtao.Economics.Emission;

/// <summary>The settings of the division by TAO flow.</summary>
/// <param name="NetFlow">Whether what the protocol itself put in is subtracted from what the users put in.</param>
/// <param name="Smoothing">The weight of one block's flow in the average, in parts of 2^63 - 1, at most all of them.</param>
/// <param name="Cutoff">In rao a block: subnets whose flow is not above it get nothing. Takes effect where it lies above the lowest flow.</param>
/// <param name="Exponent">The power to which flows are raised before they are compared; 1 compares them as they are.</param>
/// <remarks>Source: rule book 02, 2.1 and 5.8; coinbase/subnet_emissions.rs :: get_shares_flow.</remarks>
public readonly record struct FlowSettings(bool NetFlow, ulong Smoothing, I64F64 Cutoff, U64F64 Exponent)
{
    public static readonly FlowSettings Default = new(true, 29_597_889_189_277, I64F64.Zero, U64F64.One);
}

/// <summary>The smoothed flow of one subnet, in rao a block, and the block in which it last moved.</summary>
/// <remarks>The default value is that of a subnet which never had one.</remarks>
public readonly record struct FlowAverage(BlockNumber Block, I64F64 Value)
{
    private static readonly I64F64 s_parts = I64F64.FromInteger(long.MaxValue);

    /// <summary>Whether <see cref="Next"/> takes the flow in; only then is the counter that holds the flow to be reset.</summary>
    /// <remarks>A missing average counts as one of block 0, so that block 0 itself never moves it.</remarks>
    public bool MovesIn(BlockNumber block) => Block != block;

    /// <summary>The average after a block: (1 - k) x average + k x flow, once a block; a repeat changes nothing.</summary>
    /// <param name="flow">Rao that went in since the last time, less those that went out.</param>
    /// <remarks>Source: rule book 02, 5.8-2; coinbase/subnet_emissions.rs :: get_ema_flow, update_ema_protocol_flow. Both products floor.</remarks>
    public FlowAverage Next(BlockNumber block, long flow, ulong smoothing)
    {
        if (!MovesIn(block)) return this;
        var weight = I64F64.FromInteger(smoothing).DivideOrZero(s_parts);
        var kept = I64F64.One.SubtractSaturating(weight).MultiplySaturating(Value);
        return new(block, kept.AddSaturating(weight.MultiplySaturating(I64F64.FromInteger(flow))));
    }
}

/// <summary>Both averages of one subnet.</summary>
/// <param name="User">TAO that stakers put in less what they took out.</param>
/// <param name="Protocol">TAO that emission put in less what root's sales took out.</param>
public readonly record struct SubnetFlow(I64F64 User, I64F64 Protocol);

/// <summary>Divides a block's TAO among the subnets that emit by the TAO that flows into them.</summary>
/// <remarks>Source: rule book 02, 5.8; coinbase/subnet_emissions.rs :: get_shares_flow, inplace_pow_normalize.</remarks>
public static class FlowShares
{
    private static readonly U64F64 s_powerMax = U64F64.FromInteger(int.MaxValue);

    /// <summary>Below this the scaled flows are too small for the power, and are left as they are.</summary>
    private static readonly U64F64 s_precisionMin = U64F64.FromRatio(int.MaxValue, ulong.MaxValue);

    private static readonly U64F64 s_rootEpsilon = U64F64.FromRatio(1, 1_000);

    /// <summary>Each subnet's share, in the order given, before the emission switches.</summary>
    public static U64F64[] Shares(IReadOnlyList<SubnetFlow> emitting, in FlowSettings settings)
    {
        var net = NetFlows(emitting, settings.NetFlow);
        var limit = LowerLimit(net, settings.Cutoff);
        var above = Array.ConvertAll(net, flow => flow > limit ? flow.SubtractSaturating(limit).ToU64F64() : U64F64.Zero);
        return Normalise(above, settings.Exponent);
    }

    /// <summary>Shares in proportion to the flows' powers.</summary>
    /// <param name="flows">In rao a block, none negative.</param>
    /// <remarks>
    /// Source: rule book 02, 5.8-5; coinbase/subnet_emissions.rs :: inplace_scale, inplace_pow_normalize, safe_pow. Kept as the reference
    /// has it: a flow that is tiny beside the greatest, but whose logarithm still exists, overflows inside the power and
    /// counts as 2^31 - 1. And when the greatest scaled flow falls below the precision, the result is not normalised.
    /// </remarks>
    public static U64F64[] Normalise(IReadOnlyList<U64F64> flows, U64F64 exponent)
    {
        var toOne = U64F64.One.DivideOrZero(Max(flows));
        var scaled = flows.Select(flow => toOne.MultiplySaturating(flow)).ToArray();

        // The bound supposes a square, whatever the exponent is.
        var max = Max(scaled);
        var bound = U64F64.FromInteger((ulong)scaled.Length).MultiplySaturating(max.MultiplySaturating(max));
        if (bound < s_precisionMin) return scaled;

        var factor = Transcendental.SquareRoot(s_powerMax.DivideOrZero(bound), s_rootEpsilon);
        var powers = Array.ConvertAll(scaled, flow => Transcendental.Power(factor.MultiplySaturating(flow), exponent));
        var sum = U64F64.Zero;
        foreach (var power in powers) sum += power;
        return Array.ConvertAll(powers, power => power.DivideOrZero(sum));
    }

    /// <summary>The users' flows, less the protocol's: its inflows together count for no more than the users' do, its outflows in full.</summary>
    private static I64F64[] NetFlows(IReadOnlyList<SubnetFlow> emitting, bool isNet)
    {
        if (!isNet) return emitting.Select(flow => flow.User).ToArray();

        var (users, protocol) = (I64F64.Zero, I64F64.Zero);
        foreach (var flow in emitting)
        {
            users = users.AddSaturating(I64F64.Max(flow.User, I64F64.Zero));
            protocol = protocol.AddSaturating(I64F64.Max(flow.Protocol, I64F64.Zero));
        }

        var factor = protocol > I64F64.Zero ? I64F64.Min(users.DivideOrZero(protocol), I64F64.One) : I64F64.Zero;
        return emitting
            .Select(flow => flow.User.SubtractSaturating(
                flow.Protocol > I64F64.Zero ? factor.MultiplySaturating(flow.Protocol) : flow.Protocol))
            .ToArray();
    }

    /// <summary>The lowest flow if it is negative, or 0; or the cutoff, when that is higher.</summary>
    private static I64F64 LowerLimit(I64F64[] flows, I64F64 cutoff)
    {
        var lowest = I64F64.Zero;
        foreach (var flow in flows) lowest = I64F64.Min(lowest, flow);
        return I64F64.Max(cutoff, lowest);
    }

    private static U64F64 Max(IReadOnlyList<U64F64> values)
    {
        var max = U64F64.Zero;
        foreach (var value in values) max = U64F64.Max(max, value);
        return max;
    }
}
