using Dtao.Hosting.Scenarios;

namespace Dtao.TestKit;

/// <summary>A network that can be stopped as a whole and started again from what it stored.</summary>
public interface IRestartable : IScenarioNetwork
{
    Task RestartAsync();

    /// <summary>Asserts that the books are clean.</summary>
    Task AssertClean();
}
