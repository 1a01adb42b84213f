namespace Dtao.LoadTest;

/// <summary>The command line, or a file that it names, is wrong; nothing was started. The message says what.</summary>
public sealed class LoadUsageException : Exception
{
    public LoadUsageException()
    {
    }

    public LoadUsageException(string message)
        : base(message)
    {
    }

    public LoadUsageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
