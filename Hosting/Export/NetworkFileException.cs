namespace Dtao.Hosting.Export;

/// <summary>Why a network was not moved. Numbers are stable and never reused.</summary>
public enum NetworkFileErrorCode
{
    None = 0,

    /// <summary>The file is something else.</summary>
    NotANetworkFile = 1,

    /// <summary>The file has a later format than this program knows.</summary>
    NewerVersion = 2,

    /// <summary>The file has a format that this program does not read any more.</summary>
    OlderVersion = 3,

    /// <summary>Bytes of the file are not those that were written, or are missing, or are too many.</summary>
    Damaged = 4,

    /// <summary>There is a file of that name.</summary>
    FileExists = 5,

    /// <summary>Where the network should go is one already.</summary>
    TargetNotEmpty = 6,

    /// <summary>An import of another file was begun there and not finished.</summary>
    OtherImportUnfinished = 7,

    /// <summary>Silos of the cluster run.</summary>
    SilosRun = 8,

    /// <summary>What was read back is not what was written.</summary>
    ReadBackDiffers = 9,

    /// <summary>There is no network.</summary>
    NoNetwork = 10,
}

/// <summary>A network cannot be moved; the message ends with what to do. Nothing became visible as a network.</summary>
public sealed class NetworkFileException(NetworkFileErrorCode code, string message, Exception? inner = null)
    : Exception($"{message} {RemedyOf(code)}", inner)
{
    /// <summary>Stable code, for programs.</summary>
    public NetworkFileErrorCode Code => code;

    private static string RemedyOf(NetworkFileErrorCode code) => code switch
    {
        NetworkFileErrorCode.NotANetworkFile => "Name a file that 'dtao network export' has written.",
        NetworkFileErrorCode.NewerVersion => "Use the version of the program that wrote the file, or a later one.",
        NetworkFileErrorCode.OlderVersion => "Import it with the version that wrote it, and export the network again with this one.",
        NetworkFileErrorCode.Damaged => "Take another copy of the file, or export the network again; nothing was made of this one.",
        NetworkFileErrorCode.FileExists => "Name another file, or say --overwrite.",
        NetworkFileErrorCode.TargetNotEmpty => "A ledger is never overwritten: name another file, table, or service id.",
        NetworkFileErrorCode.OtherImportUnfinished => "Repeat the import of that file, or name another table.",
        NetworkFileErrorCode.SilosRun => "Stop all silos first; of silos that were killed, wait half a minute.",
        NetworkFileErrorCode.ReadBackDiffers => "Repeat the import into an empty place; keep this one for examination.",
        NetworkFileErrorCode.NoNetwork => "Check the path, or the account with its table and service id.",
        _ => string.Empty,
    };
}
