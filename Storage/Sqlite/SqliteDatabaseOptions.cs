using System.ComponentModel.DataAnnotations;

namespace Dtao.Storage;

/// <summary>Where a database file is and how it is opened.</summary>
public sealed class SqliteDatabaseOptions
{
    /// <summary>The file. Its directory is made when it does not exist.</summary>
    [Required]
    public string Path { get; set; } = "";

    /// <summary>Reads only: takes no lock, and works beside a process that writes.</summary>
    /// <value>False.</value>
    public bool IsReadOnly { get; set; }

    /// <summary>
    /// Looks for damage: through the whole file before it is used, or, when it is larger than <see cref="CheckedBeforeUseBytesMax"/> and opened for writing,
    /// through the little that stands at its head before, and through the rest beside whoever uses it.
    /// </summary>
    /// <value>True.</value>
    public bool IsCheckedAtStart { get; set; } = true;

    /// <summary>Up to how many bytes a file, with its write-ahead log, is looked through before it is used.</summary>
    /// <value><see cref="DefaultCheckedBeforeUseBytesMax"/>.</value>
    [Range(0, long.MaxValue)]
    public long CheckedBeforeUseBytesMax { get; set; } = DefaultCheckedBeforeUseBytesMax;

    /// <summary>What a check beside the use waits for before it begins: a start that the disk is needed for.</summary>
    /// <value>Nothing.</value>
    public Task CheckedAfter { get; set; } = Task.CompletedTask;

    /// <summary>Called once, on the check's own thread, when a check beside the use of the file has ended; not when it was ended by closing the file.</summary>
    public Action<FileCheckReport>? OnChecked { get; set; }

    /// <summary>64 MiB: some tenths of a second.</summary>
    public const long DefaultCheckedBeforeUseBytesMax = 64L * 1024 * 1024;

    /// <summary>How large the file may grow, in bytes; beyond it commits fail as on a full disk. 0 means no limit.</summary>
    /// <value>0.</value>
    [Range(0, long.MaxValue)]
    public long FileBytesMax { get; set; }

    /// <summary>How many pages of 4 KiB are written to the write-ahead log before it is carried over into the file.</summary>
    internal int CheckpointPages { get; set; } = DefaultCheckpointPages;

    /// <summary>Pages that change with every commit are carried over once for many; and so few that the disk is not busy with them for long, which commits would wait for.</summary>
    internal const int DefaultCheckpointPages = 2_048;

    /// <summary>How many pages may be written to the write-ahead log during one read transaction of the check beside the use: it cannot begin anew meanwhile.</summary>
    internal int CheckLogPagesMax { get; set; } = 65_536;

    /// <summary>After how many pages the check row by row lets the write-ahead log begin anew.</summary>
    internal int CheckRestPages { get; set; } = 8_192;

    /// <summary>For tests: called by the check whenever it asks whether to go on. The token is cancelled by closing the file.</summary>
    internal Action<CancellationToken>? DuringCheck { get; set; }
}
