using Dtao.Economics;
using Dtao.Grains;

namespace Dtao.Api.Writes;

/// <summary>The last valid block of an operation whose client named none: a rule by which every host finds again what an earlier try was given.</summary>
/// <remarks>
/// <para>The last valid block is part of an operation's content, and a repeat by key does not know it. So it is not the head plus something, but the end of a window: the first block
/// of the window after the next one. Two tries differ only when a window ended between them, and then by whole windows.</para>
/// <para>An account remembers a receipt for <see cref="OperationLimits.ReceiptBlocks"/> after the last valid block, so there are few windows in which what it remembers can lie; a
/// repeat that is told of a conflict goes through them. A known id is looked at before anything else, and answered from its first receipt or as a conflict, whatever the last valid block is.</para>
/// </remarks>
internal static class ValidityWindow
{
    /// <summary>Blocks of a window. Two of them stay well under <see cref="OperationLimits.ValidityBlocksMax"/>, for an account that is a little behind the head.</summary>
    public const ulong Blocks = 1_920;

    /// <summary>For how many blocks after its first try a key is remembered, at least.</summary>
    public const ulong RememberedBlocks = Blocks + OperationLimits.ReceiptBlocks;

    public static BlockNumber LastValidBlock(BlockNumber head) => new(((head.Value / Blocks) + 2) * Blocks);

    /// <summary>Other last valid blocks that an earlier try may have been given and that an account may still remember: that of a host whose head is ahead, and those before.</summary>
    public static IEnumerable<BlockNumber> Others(BlockNumber head)
    {
        var newest = LastValidBlock(head).Value;
        yield return new(newest + Blocks);
        for (var earlier = newest - Blocks; earlier > 0 && earlier + OperationLimits.ReceiptBlocks + Blocks >= head.Value; earlier -= Blocks) yield return new(earlier);
    }
}
