using Dtao.Hosting.Audit;
using Dtao.Hosting.Scenarios;
using Orleans;

namespace Dtao.TestKit;

/// <summary>A network that can be stopped as a whole and started again from what it stored.</summary>
public interface IRestartable : IScenarioNetwork
{
    IGrainFactory Grains { get; }

    Task RestartAsync();

    /// <summary>The state of every actor as it is stored; of one instant only while the network is at rest.</summary>
    Task<NetworkImage> ReadImage();

    /// <summary>Asserts that the books are clean.</summary>
    Task AssertClean();
}
