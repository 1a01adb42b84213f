using Azure.Storage.Blobs;
using Orleans.Persistence.AzureStorage;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Configuration;

/// <summary>How states are laid out in a table.</summary>
public enum AzureTableLayout
{
    /// <summary>Rows of many grains share a partition, so that one transaction writes up to 100 of them.</summary>
    Bucketed = 0,

    /// <summary>As the official provider lays them out: a partition for each grain, a row for each of its states.</summary>
    Orleans = 1,
}

/// <summary>Options of the grain storage on Azure Tables. The first five are the official provider's.</summary>
public class AzureTableStorageOptions : AzureStorageOperationOptions, IStorageProviderSerializerOptions
{
    /// <summary>The table's name when none is given.</summary>
    public const string DEFAULT_TABLE_NAME = "OrleansGrainState";

    /// <summary>When in a silo's life the table is made ready.</summary>
    public const int DEFAULT_INIT_STAGE = ServiceLifecycleStage.ApplicationServices;

    /// <summary>32 partitions.</summary>
    public const int DefaultBucketCount = 32;

    /// <summary>2,048 writes.</summary>
    public const int DefaultQueueLengthMax = 2_048;

    /// <summary>64 MiB.</summary>
    public const int DefaultQueuedBytesMax = 64 * 1024 * 1024;

    /// <summary>16 KiB.</summary>
    public const int DefaultSingleWriteBytesMin = 16 * 1024;

    /// <summary>64 requests.</summary>
    public const int DefaultSingleWritesMax = 64;

    /// <summary>256 KiB.</summary>
    public const int DefaultLargeStateBytesMin = 256 * 1024;

    /// <summary>The container of large states when none is given.</summary>
    public const string DefaultLargeStateContainerName = "grainstate-large";

    /// <inheritdoc/>
    /// <value><see cref="DEFAULT_TABLE_NAME"/>.</value>
    public override string TableName { get; set; } = DEFAULT_TABLE_NAME;

    /// <summary>Whether a clear removes the row. If not, it leaves the row without its data, and with a tag.</summary>
    /// <value>False.</value>
    public bool DeleteStateOnClear { get; set; }

    /// <summary>Whether states are written as text, for a serializer that makes UTF-8 text. Both forms are read.</summary>
    /// <value>False.</value>
    public bool UseStringFormat { get; set; }

    /// <summary>When in a silo's life the table is made ready; the storage stops after the grains.</summary>
    /// <value><see cref="DEFAULT_INIT_STAGE"/>.</value>
    public int InitStage { get; set; } = DEFAULT_INIT_STAGE;

    /// <inheritdoc/>
    public IGrainStorageSerializer GrainStorageSerializer { get; set; } = null!;

    /// <summary>How rows are laid out. It is a property of the table: a table holds what was written in the layout that reads it.</summary>
    /// <value><see cref="AzureTableLayout.Bucketed"/>.</value>
    public AzureTableLayout Layout { get; set; }

    /// <summary>
    /// Partitions of the bucketed layout, 1 to 4,096. Fixed when a service first uses the table; a silo with another number
    /// does not start.
    /// </summary>
    /// <value><see cref="DefaultBucketCount"/>. Azure wants many (2,000 rows a second each), the emulator few.</value>
    public int BucketCount { get; set; } = DefaultBucketCount;

    /// <summary>Writes that may wait for one partition, 1 to 1,000,000; when there are more, the next ones wait to be let in.</summary>
    /// <value><see cref="DefaultQueueLengthMax"/>.</value>
    public int QueueLengthMax { get; set; } = DefaultQueueLengthMax;

    /// <summary>Bytes of states that may wait or be under way in this silo, at least 1 MiB; beyond it, writes wait to be let in.</summary>
    /// <value><see cref="DefaultQueuedBytesMax"/>.</value>
    public int QueuedBytesMax { get; set; } = DefaultQueuedBytesMax;

    /// <summary>How long a write waits to be let in before it fails as busy, with nothing written.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan QueueWaitMax { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>States of this size and above are written alone, because a transaction of them is no faster, 0 to 1 MiB.</summary>
    /// <value><see cref="DefaultSingleWriteBytesMin"/>.</value>
    public int SingleWriteBytesMin { get; set; } = DefaultSingleWriteBytesMin;

    /// <summary>How many writes that go alone may be under way at once, 1 to 10,000.</summary>
    /// <value><see cref="DefaultSingleWritesMax"/>.</value>
    public int SingleWritesMax { get; set; } = DefaultSingleWritesMax;

    /// <summary>
    /// The account to whose blobs large states go; the row then names the blob. Without it a state has to fit its row:
    /// 960 KiB, or 480 Ki characters as text.
    /// </summary>
    /// <value>Null.</value>
    public BlobServiceClient? LargeStateBlobServiceClient { get; set; }

    /// <summary>The container for large states, made when it is missing.</summary>
    /// <value><see cref="DefaultLargeStateContainerName"/>.</value>
    public string LargeStateContainerName { get; set; } = DefaultLargeStateContainerName;

    /// <summary>States of this size and above go to a blob, where there is an account for them, 1 byte to 960 KiB.</summary>
    /// <value><see cref="DefaultLargeStateBytesMin"/>.</value>
    public int LargeStateBytesMin { get; set; } = DefaultLargeStateBytesMin;

    /// <summary>How often blobs that no row names any more are looked for and removed.</summary>
    /// <value>1 hour.</value>
    public TimeSpan LargeStateSweepPeriod { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How old a blob that no row names has to be before it is removed; longer than a write can take.</summary>
    /// <value>1 hour.</value>
    public TimeSpan LargeStateOrphanAgeMin { get; set; } = TimeSpan.FromHours(1);
}

/// <summary>Checks, before a silo starts, the options of the grain storage on Azure Tables.</summary>
public class AzureTableGrainStorageOptionsValidator(AzureTableStorageOptions options, string name)
    : AzureStorageOperationOptionsValidator<AzureTableStorageOptions>(options, name)
{
    /// <inheritdoc/>
    public override void ValidateConfiguration()
    {
        base.ValidateConfiguration();
        if (!Enum.IsDefined(Options.Layout)) throw Invalid($"{nameof(Options.Layout)} {Options.Layout} is unknown.");
        InRange(nameof(Options.BucketCount), Options.BucketCount, 1, 4_096);
        InRange(nameof(Options.QueueLengthMax), Options.QueueLengthMax, 1, 1_000_000);
        InRange(nameof(Options.QueuedBytesMax), Options.QueuedBytesMax, 1 << 20, int.MaxValue);
        InRange(nameof(Options.SingleWriteBytesMin), Options.SingleWriteBytesMin, 0, 1 << 20);
        InRange(nameof(Options.SingleWritesMax), Options.SingleWritesMax, 1, 10_000);
        InRange(nameof(Options.LargeStateBytesMin), Options.LargeStateBytesMin, 1, 960 * 1024);
        IsPositive(nameof(Options.QueueWaitMax), Options.QueueWaitMax);
        IsPositive(nameof(Options.LargeStateSweepPeriod), Options.LargeStateSweepPeriod);
        if (Options.LargeStateBlobServiceClient is null) return;
        if (!AzureNames.IsContainer(Options.LargeStateContainerName))
            throw Invalid($"{nameof(Options.LargeStateContainerName)} '{Options.LargeStateContainerName}' is not 3 to 63 lower-case letters, digits, and single hyphens.");
        var writeTimeMax = Options.StoragePolicyOptions.OperationTimeout + Options.QueueWaitMax;
        if (Options.LargeStateOrphanAgeMin <= writeTimeMax)
        {
            throw Invalid(
                $"{nameof(Options.LargeStateOrphanAgeMin)} is {Options.LargeStateOrphanAgeMin}, and has to be longer than a write can take: {nameof(Options.StoragePolicyOptions.OperationTimeout)} and {nameof(Options.QueueWaitMax)}, {writeTimeMax} together.");
        }
    }
}
