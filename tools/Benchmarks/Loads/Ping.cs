namespace Dtao.Benchmarks.Loads;

/// <summary>The least that a call to a grain can cost: the unit that everything else is counted in.</summary>
[Alias("dtao.bench.IPingGrain")]
public interface IPingGrain : IGrainWithIntegerKey
{
    [Alias("Ping")]
    Task<int> Ping(int value);
}

/// <inheritdoc cref="IPingGrain"/>
public sealed class PingGrain : Grain, IPingGrain
{
    public Task<int> Ping(int value) => Task.FromResult(value);
}

/// <summary>Calls from the hosted client, one at a time to each grain.</summary>
internal static class PingLoad
{
    private const int Grains = 512;

    public static Task<PhaseResult> RunAsync(IGrainFactory factory, SystemOptions options)
    {
        var grains = Enumerable.Range(0, Grains).Select(number => factory.GetGrain<IPingGrain>(number)).ToArray();
        return ClosedLoop.RunAsync("ping, hosted client", Grains, options.WarmUp, options.Length, async loop =>
        {
            await grains[loop].Ping(loop);
            return StepEnd.Done;
        });
    }
}
