using System.Globalization;
using Dtao.Economics;
using Dtao.Economics.Emission;

namespace Dtao.Hosting.Conformance;

/// <summary>Vectors of the division of a block's TAO by flow, among those of the shares.</summary>
internal static class FlowTopic
{
    /// <summary>Flows normalised with an exponent.</summary>
    public static void CheckPower(VectorCase c)
    {
        var flows = Array.ConvertAll(c.Numbers<UInt128>("z"), bits => new U64F64(bits));
        c.Expect("out", FlowShares.Normalise(flows, c.ReadU64F64("p")).Select(share => Text(share.Bits)));
    }

    /// <summary>A few blocks in a row, from subnets that never had a flow.</summary>
    public static void CheckRounds(VectorCase c)
    {
        var settings = new FlowSettings(c.Flag("net"), c.ReadUInt64("smoothing"), new(c.ReadInt128("cutoff")), c.ReadU64F64("p"));
        (FlowAverage User, FlowAverage Protocol)[]? averages = null;
        var number = 0;
        foreach (var item in c.Items("rounds"))
        {
            var round = new VectorCase(item);
            var block = new BlockNumber(round.ReadUInt64("block"));
            var users = round.Numbers<long>("flow_user");
            averages ??= new (FlowAverage, FlowAverage)[users.Length];
            if (averages.Length != users.Length) throw new MalformedVectorException($"round {number} has {users.Length} subnets, not {averages.Length}");
            var protocol = round.Column<long>("flow_protocol", users.Length);
            averages = [.. averages.Select((average, i) => (
                average.User.Next(block, users[i], settings.Smoothing), average.Protocol.Next(block, protocol[i], settings.Smoothing)))];

            round.Expect("ema_user", averages.Select(average => Text(average.User.Value.Bits)));
            round.Expect("ema_protocol", averages.Select(average => Text(average.Protocol.Value.Bits)));
            var flows = Array.ConvertAll(averages, average => new SubnetFlow(average.User.Value, average.Protocol.Value));
            round.Expect("shares", FlowShares.Shares(flows, settings).Select(share => Text(share.Bits)));
            c.Take(round, $"rounds[{number++}]");
        }
    }

    private static string Text(Int128 bits) => bits.ToString(CultureInfo.InvariantCulture);
    private static string Text(UInt128 bits) => bits.ToString(CultureInfo.InvariantCulture);
}
