namespace Dtao.Storage;

/// <summary>How a check of a file beside its use ended.</summary>
public enum FileCheckResult
{
    /// <summary>The whole file was looked through at one instant, as before the use of a small one.</summary>
    Sound = 1,

    /// <summary>Every row of every table could be read, in the order of its key; too much was written meanwhile to look at one instant.</summary>
    EveryRowReadable = 2,

    /// <summary>Something is damaged; nothing is written through this object any more.</summary>
    Damaged = 3,

    /// <summary>The check could not be made. Nothing is known of the file.</summary>
    NotMade = 4,
}

/// <summary>What a check of a file beside its use has found.</summary>
/// <param name="Details">Of damage: which page, and what to do. Of a check that was not made: why.</param>
public sealed record FileCheckReport(FileCheckResult Result, TimeSpan Took, string Details = "");
