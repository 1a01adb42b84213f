namespace Dtao.Storage;

/// <summary>
/// A commit of the log failed or its outcome is not known. Nothing is written after it; the process has to stop, and
/// what was durable is found again when it starts. To a caller it means: unknown, ask again.
/// </summary>
public sealed class LogPoisonedException : Exception
{
    /// <inheritdoc/>
    public LogPoisonedException()
        : this("The log is poisoned by a failed commit.")
    {
    }

    /// <inheritdoc/>
    public LogPoisonedException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public LogPoisonedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A journal belongs to a newer handle; whoever sees this is a leftover and has to end.</summary>
public sealed class JournalFencedException : Exception
{
    /// <inheritdoc/>
    public JournalFencedException()
        : this("The journal was taken over.")
    {
    }

    /// <inheritdoc/>
    public JournalFencedException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public JournalFencedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The log holds as many bytes for the disk as it may; nothing was appended. Retry later.</summary>
public sealed class LogSaturatedException : Exception
{
    /// <inheritdoc/>
    public LogSaturatedException()
        : this("The log's queue is full.")
    {
    }

    /// <inheritdoc/>
    public LogSaturatedException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public LogSaturatedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
