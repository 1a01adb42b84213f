using System.ComponentModel.DataAnnotations;

namespace Dtao.Storage;

/// <summary>Bounds of an ordered log, and whom it tells when it can no longer write.</summary>
public sealed class OrderedLogOptions
{
    /// <summary>64 MiB.</summary>
    public const long DefaultQueuedBytesMax = 64L * 1024 * 1024;

    /// <summary>
    /// From this many queued bytes on the log calls itself saturated, and callers turn new commands away. At four times
    /// as many it refuses to append.
    /// </summary>
    /// <value><see cref="DefaultQueuedBytesMax"/>.</value>
    [Range(1024, long.MaxValue / 8)]
    public long QueuedBytesMax { get; set; } = DefaultQueuedBytesMax;

    /// <summary>Called once, on the log's own thread, after a failed or unknown commit, or when the file was found to be damaged: the host stops the process here.</summary>
    public Action<LogPoisonedException>? OnPoisoned { get; set; }
}
