using Dtao.Grains;
using Dtao.Grains.Blocks;

namespace Dtao.Benchmarks.Loads;

/// <summary>Closes blocks one after the other: gather, plan, fan-out to every subnet, header; durable on return.</summary>
internal static class BlockLoad
{
    public static Task<PhaseResult> RunAsync(IGrainFactory factory, SystemOptions options, int subnets)
    {
        var coordinator = factory.Coordinator();
        return ClosedLoop.RunAsync($"block, {subnets} subnets", 1, options.WarmUp, options.Length, async _ =>
        {
            await coordinator.CloseBlock();
            return StepEnd.Done;
        });
    }
}
