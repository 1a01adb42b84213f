namespace Dtao.Client;

/// <summary>Another network answers than the one that a client belongs to. Connect anew to use it.</summary>
public sealed class NetworkChangedException : Exception
{
    public NetworkChangedException()
    {
    }

    public NetworkChangedException(string message)
        : base(message)
    {
    }

    public NetworkChangedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal NetworkChangedException(string expected, string found)
        : base($"This client belongs to network '{expected}', and '{found}' answers now. Connect anew to use that one.")
    {
        (Expected, Found) = (expected, found);
    }

    /// <summary>The id of the network that the client belongs to.</summary>
    public string Expected { get; } = string.Empty;

    /// <summary>The id of the network that answered.</summary>
    public string Found { get; } = string.Empty;
}
