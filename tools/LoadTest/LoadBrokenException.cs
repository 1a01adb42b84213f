namespace Dtao.LoadTest;

/// <summary>A run that was started and could not be brought to its end; the message says why. Ends with <see cref="LoadExitCode.Unknown"/>.</summary>
public sealed class LoadBrokenException : Exception
{
    public LoadBrokenException()
    {
    }

    public LoadBrokenException(string message)
        : base(message)
    {
    }

    public LoadBrokenException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
