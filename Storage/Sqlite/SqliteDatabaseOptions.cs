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

    /// <summary>Looks through the whole file before it is used.</summary>
    /// <value>True.</value>
    public bool IsCheckedAtStart { get; set; } = true;

    /// <summary>How large the file may grow, in bytes; beyond it commits fail as on a full disk. 0 means no limit.</summary>
    /// <value>0.</value>
    [Range(0, long.MaxValue)]
    public long FileBytesMax { get; set; }

    /// <summary>How many pages of 4 KiB are written to the write-ahead log before it is carried over into the file.</summary>
    internal int CheckpointPages { get; set; } = DefaultCheckpointPages;

    /// <summary>Pages that change with every commit are carried over once for many; and so few that the disk is not busy with them for long, which commits would wait for.</summary>
    internal const int DefaultCheckpointPages = 2_048;
}
