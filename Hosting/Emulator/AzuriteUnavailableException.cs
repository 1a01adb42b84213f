namespace Dtao.Hosting.Emulator;

/// <summary>This machine cannot run the storage emulator; the message says what is missing and what to do.</summary>
public sealed class AzuriteUnavailableException : Exception
{
    /// <inheritdoc/>
    public AzuriteUnavailableException()
        : this("The storage emulator cannot run here.")
    {
    }

    /// <inheritdoc/>
    public AzuriteUnavailableException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public AzuriteUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
