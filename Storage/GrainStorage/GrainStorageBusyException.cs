using Orleans.Runtime;

namespace Dtao.Storage;

/// <summary>
/// A write did not get into the queue, because the queue was full for too long or the silo is stopping. Nothing was
/// written; the same write may be tried again.
/// </summary>
[GenerateSerializer]
public sealed class GrainStorageBusyException : OrleansException
{
    /// <inheritdoc/>
    public GrainStorageBusyException()
        : this("The grain storage takes no writes at the moment.")
    {
    }

    /// <inheritdoc/>
    public GrainStorageBusyException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public GrainStorageBusyException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
