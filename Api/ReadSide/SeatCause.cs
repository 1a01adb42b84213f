namespace Dtao.Api.ReadSide;

/// <summary>Why a hotkey came to a uid, or left it. Numbers are stored.</summary>
public enum SeatCause
{
    None = 0,
    /// <summary>It has it from genesis on.</summary>
    Genesis = 1,
    /// <summary>It was registered.</summary>
    Registered = 2,
    /// <summary>The subnet was full, and another one was registered.</summary>
    Replaced = 3,
    /// <summary>A swap of keys gave the uid to another hotkey, with all that it had.</summary>
    Swapped = 4,
    /// <summary>The subnet has fewer uids than before.</summary>
    Trimmed = 5,
    /// <summary>The subnet is gone.</summary>
    Dissolved = 6,
}
