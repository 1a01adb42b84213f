using System.Collections.Immutable;

namespace Dtao.Economics.Earnings;

/// <summary>What a unit of stake had come to when a block ended.</summary>
/// <param name="Alpha">One alpha with everything that it earned and that was left staked; 1 at the first mark.</param>
/// <param name="Root">TAO earned by one root TAO in all, each block's part at the price of its time; 0 at the first mark.</param>
public readonly record struct EarningMark(BlockNumber Block, U64F64 Alpha, U64F64 Root);

/// <summary>What a unit of stake earned between the ends of two blocks.</summary>
/// <param name="IsWhole">Whether the history reaches back as far as was asked for.</param>
/// <param name="PerAlpha">Alpha for each alpha, each epoch's gain staked with the rest.</param>
/// <param name="PerRoot">TAO for each root TAO, not staked again.</param>
public readonly record struct EarningSpan(BlockNumber From, BlockNumber To, bool IsWhole, U64F64 PerAlpha, U64F64 PerRoot);

/// <summary>The gains of one hotkey's stake on one subnet over time. Immutable.</summary>
/// <remarks>
/// Marks add up, so one that is dropped loses no gain, only an instant at which a window can begin. They get thinner with age: between neighbours lies
/// at most about an eighth of their age, so their number grows with the logarithm of the history, which ends at <see cref="BlocksMax"/>.
/// </remarks>
public sealed class EarningTrack
{
    /// <summary>How far back the marks reach: eight days of blocks of one second.</summary>
    public const ulong BlocksMax = 691_200;

    private const ulong Fineness = 8;

    public static readonly EarningTrack Empty = new([]);

    private EarningTrack(ImmutableArray<EarningMark> marks) => Marks = marks;

    /// <summary>In ascending order of blocks.</summary>
    public ImmutableArray<EarningMark> Marks { get; }

    public BlockNumber LastBlock => Marks.IsEmpty ? BlockNumber.Genesis : Marks[^1].Block;

    /// <summary>Restores a track from the marks of one.</summary>
    public static EarningTrack FromStored(ImmutableArray<EarningMark> marks) => new(marks);

    /// <summary>Adds a block's gain. The first only begins the history: since when it was earned is not known.</summary>
    /// <param name="block">Above that of the last mark.</param>
    public EarningTrack Add(BlockNumber block, U64F64 perAlpha, U64F64 perRoot)
    {
        if (Marks.IsEmpty) return new([new(block, U64F64.One, U64F64.Zero)]);
        var last = Marks[^1];
        var alpha = last.Alpha.AddSaturating(last.Alpha.MultiplySaturating(perAlpha));
        return new(Thinned(block, new EarningMark(block, alpha, last.Root.AddSaturating(perRoot))));
    }

    /// <summary>What was earned from a block on; null when there is nothing to say.</summary>
    /// <param name="start">The last block that does not count. A window begins at the mark at or before it, so that it is made of whole epochs.</param>
    /// <param name="upto">The last block that counts.</param>
    /// <remarks>
    /// When no epoch has ended in the window, its stake earns towards the next one: then the last epoch stands for it, unless that is longer
    /// past than the window and the time between the last two.
    /// </remarks>
    public EarningSpan? Between(BlockNumber start, BlockNumber upto)
    {
        var to = Marks.Length - 1;
        while (to > 0 && Marks[to].Block > upto) to--;
        if (to <= 0) return null;
        var from = to - 1;
        while (from > 0 && Marks[from].Block > start) from--;
        var (first, last) = (Marks[from], Marks[to]);
        var window = SaturatingMath.Subtract(upto.Value, start.Value);
        if (upto.Value - last.Block.Value > SaturatingMath.Add(window, last.Block.Value - first.Block.Value)) return null;
        var gain = last.Alpha.SubtractSaturating(first.Alpha).DivideOr(first.Alpha, U64F64.MaxValue);
        return new EarningSpan(first.Block, last.Block, first.Block <= start, gain, last.Root.SubtractSaturating(first.Root));
    }

    /// <summary>What alpha earned, without root.</summary>
    public EarningTrack OfAlpha() => new([.. Marks.Select(mark => mark with { Root = U64F64.Zero })]);

    /// <summary>What root TAO earned, without alpha; null when that is nothing.</summary>
    public EarningTrack? OfRoot() =>
        Marks.IsEmpty || Marks[^1].Root == Marks[0].Root ? null : new([.. Marks.Select(mark => mark with { Alpha = U64F64.One })]);

    private ImmutableArray<EarningMark> Thinned(BlockNumber now, EarningMark added)
    {
        var kept = ImmutableArray.CreateBuilder<EarningMark>(Marks.Length + 1);
        for (var i = 0; i < Marks.Length; i++)
        {
            var next = i + 1 < Marks.Length ? Marks[i + 1].Block : added.Block;
            var age = now.Value - next.Value;
            // The oldest stays until the next one reaches back far enough by itself.
            if (kept.Count == 0 ? age >= BlocksMax : (next.Value - kept[^1].Block.Value) * Fineness <= age) continue;
            kept.Add(Marks[i]);
        }

        kept.Add(added);
        return kept.DrainToImmutable();
    }
}
