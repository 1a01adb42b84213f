using Dtao.Client;
using Dtao.LoadTest.Driving;

namespace Dtao.LoadTest.Runs;

/// <summary>What a silo told of itself.</summary>
/// <param name="AtMicroseconds">From the beginning of the run.</param>
/// <param name="CpuPermille">Of all processors of its machine.</param>
/// <param name="ManagedBytes">Memory that its runtime manages.</param>
public readonly record struct SiloSample(long AtMicroseconds, long CpuPermille, long ManagedBytes);

/// <summary>Asks the silos of a network whose processes cannot be watched, through its gateway.</summary>
internal sealed class SiloWatch(DtaoClient client, ILoadClock clock)
{
    private readonly List<(string Name, List<SiloSample> Samples)> _silos = [];

    public IReadOnlyList<(string Name, IReadOnlyList<SiloSample> Samples)> Samples => [.. _silos.Select(silo => (silo.Name, (IReadOnlyList<SiloSample>)silo.Samples))];

    public async Task RunAsync(TimeSpan interval, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            try
            {
                Note(clock.Now, await client.GetSiloUsesAsync(over));
            }
            catch (Exception caught) when (caught is not OutOfMemoryException)
            {
                // A network that is busy or gone is asked again.
            }

            await Task.Delay(interval, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Note(long now, IReadOnlyList<SiloUse> uses)
    {
        foreach (var use in uses)
        {
            var name = "silo " + use.Address;
            if (_silos.Find(silo => silo.Name == name).Samples is not { } samples) _silos.Add((name, samples = []));
            samples.Add(new(now, use.CpuPermille, use.ManagedBytes));
        }
    }
}
