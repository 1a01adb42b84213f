namespace Dtao.Api.ReadSide;

/// <summary>Where the read side stands.</summary>
/// <param name="NetworkId">The network that it is made of; empty before the first page.</param>
/// <param name="Cursor">Where the next page of the feed begins; empty at the beginning.</param>
/// <param name="Revision">How many pages were written. Whatever is read at one revision is of one state.</param>
/// <param name="Facts">How many facts were taken in.</param>
/// <param name="Head">The newest block whose header is here; 0 before the first.</param>
/// <param name="Complete">The newest block of which everything is here: its header, each subnet after it, and all that was decided before it.</param>
/// <param name="IsAtEnd">Whether the last page ended where the ledger did.</param>
public sealed record ReadPosition(string NetworkId, string Cursor, long Revision, long Facts, ulong Head, ulong Complete, bool IsAtEnd)
{
    public static readonly ReadPosition Empty = new(string.Empty, string.Empty, 0, 0, 0, 0, false);
}
