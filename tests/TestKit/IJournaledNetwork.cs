using Dtao.Hosting.Scenarios;

namespace Dtao.TestKit;

/// <summary>A network whose journals can be read from their first event on.</summary>
public interface IJournaledNetwork : IScenarioNetwork
{
    /// <summary>Every event that each actor has recorded since genesis. Nothing may be under way meanwhile.</summary>
    Task<IReadOnlyDictionary<string, IReadOnlyList<ReadOnlyMemory<byte>>>> ReadJournals();
}
