namespace Dtao.Client;

/// <summary>Why no connection came about. Numbers are stable.</summary>
public enum ConnectFault : byte
{
    Unset = 0,
    /// <summary>No gateway accepts connections at the given addresses.</summary>
    NothingListens = 1,
    /// <summary>Something listens, but it refused this client: most often another cluster id.</summary>
    HandshakeRefused = 2,
    /// <summary>A network was reached, but it is not the one that was asked for.</summary>
    OtherNetwork = 3,
}

/// <summary>A client could not connect. Nothing was sent.</summary>
public sealed class NetworkUnreachableException : Exception
{
    public NetworkUnreachableException()
    {
    }

    public NetworkUnreachableException(string message)
        : base(message)
    {
    }

    public NetworkUnreachableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal NetworkUnreachableException(ConnectFault fault, string message, Exception? cause)
        : base(message, cause) => Fault = fault;

    public ConnectFault Fault { get; }
}
