namespace Dtao.Hosting.Scenarios;

/// <summary>A scenario or genesis document says something that its format does not allow, or that this version cannot run.</summary>
public sealed class ScenarioFormatException : Exception
{
    public ScenarioFormatException()
    {
    }

    public ScenarioFormatException(string message)
        : base(message)
    {
    }

    public ScenarioFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
