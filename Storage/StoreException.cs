using Orleans;

namespace Dtao.Storage;

/// <summary>What is wrong with a store. Numbers are stable and never reused.</summary>
public enum StoreErrorCode
{
    /// <summary>Not set.</summary>
    None = 0,

    /// <summary>Another process, or another object in this one, has the file open for writing.</summary>
    Locked = 1,

    /// <summary>The file, or a value in it, is damaged.</summary>
    Corrupt = 2,

    /// <summary>The disk, or the size that the file may have, is used up.</summary>
    Full = 3,

    /// <summary>The file was written by a newer version of this program.</summary>
    NewerVersion = 4,

    /// <summary>The store was opened, or can only be opened, for reading.</summary>
    ReadOnly = 5,

    /// <summary>The file is something else: not a database, or another program's.</summary>
    NotAStore = 6,

    /// <summary>The file cannot be read or written for another reason; the inner message says which.</summary>
    Unavailable = 7,

    /// <summary>A bulk load did not finish, so the file holds only a part of it.</summary>
    Incomplete = 8,

    /// <summary>The service understood the request and will not do it; nothing was written.</summary>
    Refused = 9,

    /// <summary>
    /// The service did not answer in time. The write may or may not be there; read before writing again.
    /// </summary>
    Unanswered = 10,

    /// <summary>The table or container was laid out with other settings than these.</summary>
    OtherLayout = 11,

    /// <summary>A network is being brought into the store from a file, or was and did not come to an end.</summary>
    ImportUnfinished = 12,
}

/// <summary>A store cannot do its work. Never means that a record has changed meanwhile: that is a result, not an error.</summary>
/// <remarks>It reaches the caller of a grain with its code; where the caller has not this library, as an exception with its message.</remarks>
[GenerateSerializer]
[Alias("Dtao.Storage.StoreException")]
public sealed class StoreException : Exception
{
    /// <inheritdoc/>
    public StoreException()
        : this(StoreErrorCode.Unavailable, "The store is not available.")
    {
    }

    /// <inheritdoc/>
    public StoreException(string message)
        : this(StoreErrorCode.Unavailable, message)
    {
    }

    /// <inheritdoc/>
    public StoreException(string message, Exception innerException)
        : this(StoreErrorCode.Unavailable, message, innerException)
    {
    }

    /// <summary>Makes an exception whose message ends with what to do.</summary>
    public StoreException(StoreErrorCode code, string message, Exception? innerException = null)
        : base($"{message} {RemedyOf(code)}", innerException) => Code = code;

    /// <summary>Stable code, for programs.</summary>
    [Id(0)]
    public StoreErrorCode Code { get; }

    /// <summary>What a person can do about it.</summary>
    public string Remedy => RemedyOf(Code);

    private static string RemedyOf(StoreErrorCode code) => code switch
    {
        StoreErrorCode.Locked => "Stop the other process that uses this file, or give this one another file.",
        StoreErrorCode.Corrupt => "Keep the file as it is for examination and restore the last good copy.",
        StoreErrorCode.Full => "Free space on the disk or raise the file's size limit, then start again.",
        StoreErrorCode.NewerVersion => "Use the version of the program that wrote the file, or a later one.",
        StoreErrorCode.ReadOnly => "Open the file for writing and check its permissions.",
        StoreErrorCode.NotAStore => "Name another file; this one was left untouched.",
        StoreErrorCode.Incomplete => "Delete the file with its -wal and -shm companions and load it again.",
        StoreErrorCode.Refused => "Check the account's address, credentials, and permissions, and that the table or container exists.",
        StoreErrorCode.Unanswered => "Read the record again before writing it; check the service's health and the network.",
        StoreErrorCode.ImportUnfinished => "Wait for the import or repeat it with the same file: it goes on where it ended. Or name another table or service id.",
        StoreErrorCode.OtherLayout => "Start with the settings that the data was written with, or name another table.",
        _ => "Check the path, its permissions, and the disk.",
    };
}
