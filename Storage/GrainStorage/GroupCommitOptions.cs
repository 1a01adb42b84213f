using System.ComponentModel.DataAnnotations;
using Orleans;
using Orleans.Storage;

namespace Dtao.Storage;

/// <summary>Bounds of a grain storage that commits many grains' writes together.</summary>
public class GroupCommitOptions : IStorageProviderSerializerOptions
{
    /// <summary>2,048 writes.</summary>
    public const int DefaultQueueLengthMax = 2_048;

    /// <summary>1,000 records.</summary>
    public const int DefaultBatchRecordsMax = 1_000;

    /// <summary>4 MiB.</summary>
    public const int DefaultBatchBytesMax = 4 * 1024 * 1024;

    /// <summary>10 seconds.</summary>
    public static readonly TimeSpan DefaultQueueWaitMax = TimeSpan.FromSeconds(10);

    /// <summary>Writes that may wait for a commit; when there are more, the next ones wait to be let in.</summary>
    /// <value><see cref="DefaultQueueLengthMax"/>.</value>
    [Range(1, 1_000_000)]
    public int QueueLengthMax { get; set; } = DefaultQueueLengthMax;

    /// <summary>How long a write waits to be let in before it fails with <see cref="GrainStorageBusyException"/>.</summary>
    /// <value><see cref="DefaultQueueWaitMax"/>.</value>
    public TimeSpan QueueWaitMax { get; set; } = DefaultQueueWaitMax;

    /// <summary>Records in one commit.</summary>
    /// <value><see cref="DefaultBatchRecordsMax"/>.</value>
    [Range(1, 100_000)]
    public int BatchRecordsMax { get; set; } = DefaultBatchRecordsMax;

    /// <summary>Bytes of values in one commit; a single larger value makes a commit of its own.</summary>
    /// <value><see cref="DefaultBatchBytesMax"/>.</value>
    [Range(1, int.MaxValue)]
    public int BatchBytesMax { get; set; } = DefaultBatchBytesMax;

    /// <summary>When in a silo's life the storage is made ready; it stops after the grains.</summary>
    /// <value><see cref="ServiceLifecycleStage.ApplicationServices"/>.</value>
    public int InitStage { get; set; } = ServiceLifecycleStage.ApplicationServices;

    /// <inheritdoc/>
    public IGrainStorageSerializer GrainStorageSerializer { get; set; } = null!;
}

/// <summary>Options of the grain storage on SQLite: give it a file, or a database that is open already.</summary>
public sealed class SqliteGrainStorageOptions : GroupCommitOptions
{
    /// <summary>A file of the provider's own. Only one silo of a process can have it; several share a <see cref="Database"/>.</summary>
    public string? Path { get; set; }

    /// <summary>A database that others use too. Whoever opened it closes it, after the silo has stopped.</summary>
    public SqliteDatabase? Database { get; set; }
}

/// <summary>Options of the grain storage in memory.</summary>
public sealed class MemoryRecordGrainStorageOptions : GroupCommitOptions
{
    /// <summary>The store; silos of one process that are given the same one see each other's records.</summary>
    /// <value>A new one for each provider.</value>
    public MemoryRecordStore? Store { get; set; }
}
