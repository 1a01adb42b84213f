using CsCheck;
using Dtao.Economics.Earnings;
using Xunit;

namespace Dtao.Economics.Tests.Earnings;

public sealed class EarningTrackTests
{
    private static readonly U64F64 s_half = new(UInt128.One << 63);
    private static readonly U64F64 s_tenth = new((UInt128.One << 64) / 10);

    /// <summary>Epochs in blocks 10, 20, 30, and 40, each with half of the stake again for alpha and a tenth for root.</summary>
    private static readonly EarningTrack s_four = Of(10, 20, 30, 40);

    [Theory]
    [InlineData(20UL, 45UL, 20UL, 40UL, true, 125)]
    [InlineData(29UL, 45UL, 20UL, 40UL, true, 125)]
    [InlineData(30UL, 40UL, 30UL, 40UL, true, 50)]
    [InlineData(10UL, 39UL, 10UL, 30UL, true, 125)]
    // The history begins in block 10.
    [InlineData(9UL, 40UL, 10UL, 40UL, false, 237)]
    // No epoch in the window: the last one stands for it.
    [InlineData(43UL, 45UL, 30UL, 40UL, true, 50)]
    [InlineData(50UL, 55UL, 30UL, 40UL, true, 50)]
    public void Between_Window_IsOfWholeEpochs(ulong start, ulong upto, ulong from, ulong to, bool isWhole, int perCent)
    {
        var span = s_four.Between(new(start), new(upto))!.Value;

        Assert.Equal((new BlockNumber(from), new BlockNumber(to), isWhole), (span.From, span.To, span.IsWhole));
        Assert.Equal(perCent, (int)(span.PerAlpha.Bits * 100 >> 64));
        Assert.Equal(s_tenth.Bits * ((to - from) / 10), span.PerRoot.Bits);
    }

    [Theory]
    // Before the second epoch nothing is known; and long after the last nothing is earned.
    [InlineData(0UL, 9UL)]
    [InlineData(0UL, 19UL)]
    [InlineData(51UL, 56UL)]
    public void Between_NothingToSay_IsNone(ulong start, ulong upto) => Assert.Null(s_four.Between(new(start), new(upto)));

    [Fact]
    public void Between_EmptyOrOneEpoch_IsNone()
    {
        Assert.Null(EarningTrack.Empty.Between(new(0), new(100)));
        Assert.Null(Of(10).Between(new(0), new(10)));
    }

    /// <summary>Seven days of blocks of a second with an epoch every few blocks.</summary>
    [Theory]
    [InlineData(1UL)]
    [InlineData(20UL)]
    [InlineData(360UL)]
    public void Add_LongHistory_KeepsFewMarksAndFindsEveryWindowToAnEighth(ulong tempo)
    {
        var track = EarningTrack.Empty;
        const ulong now = 1_500_000;
        for (var block = now % tempo; block <= now; block += tempo) track = track.Add(new(block), U64F64.Zero, U64F64.Zero);

        Assert.InRange(track.Marks.Length, 20, 155);
        foreach (var window in new ulong[] { 3_600, 86_400, 604_800 })
        {
            var span = track.Between(new(now - window), new(now))!.Value;
            Assert.True(span.IsWhole);
            Assert.InRange(now - span.From.Value, window, window + (window / 7) + tempo);
        }

        Assert.InRange(now - track.Marks[0].Block.Value, EarningTrack.BlocksMax, EarningTrack.BlocksMax + (EarningTrack.BlocksMax / 6));
    }

    [Fact]
    public void Add_AnyGains_NoneIsLostByThinning() => Gen.Select(Gen.UInt[0, 1 << 20], Gen.UInt[0, 1 << 20], Gen.Int[1, 50]).List[2, 300].Sample(epochs =>
    {
        var (track, alpha, root, block) = (EarningTrack.Empty.Add(new(1), s_half, s_half), U64F64.One, U64F64.Zero, 1UL);
        foreach (var (perAlpha, perRoot, blocks) in epochs)
        {
            block += (ulong)blocks;
            var (gain, tao) = (new U64F64((UInt128)perAlpha << 30), new U64F64((UInt128)perRoot << 30));
            track = track.Add(new(block), gain, tao);
            alpha = alpha.AddSaturating(alpha.MultiplySaturating(gain));
            root = root.AddSaturating(tao);
        }

        Assert.Equal(new EarningMark(new(block), alpha, root), track.Marks[^1]);
        Assert.Equal(new EarningMark(new(1), U64F64.One, U64F64.Zero), track.Marks[0]);
        Assert.Equal(track.Marks.OrderBy(mark => mark.Block), track.Marks);
    });

    [Fact]
    public void Book_MoreHotkeysThanItFollows_LetsGoOfThoseThatWerePaidTheLongestAgo()
    {
        var book = new EarningBook();
        book.Add(new(1), [.. Enumerable.Range(0, EarningBook.TracksMax).Select(number => Gain(number))]);
        book.Add(new(2), [.. Enumerable.Range(0, 10).Select(number => Gain(number))]);
        book.Add(new(3), [Gain(100_000), Gain(100_001)]);

        Assert.Equal(EarningBook.TracksMax, book.Tracks.Count);
        Assert.True(book.TryGet(Key(100_001), out _));
        Assert.All(Enumerable.Range(0, 10), number => Assert.Equal(new BlockNumber(2), book.Tracks[Key(number)].LastBlock));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Move_ToAHotkey_TakesItsPlaceAndLosesNothing(bool keepsRoot)
    {
        var book = new EarningBook();
        var (former, next) = (Key(1), Key(2));
        foreach (var block in (ulong[])[10, 20, 30]) book.Add(new(block), [Gain(1)]);
        book.Add(new(30), [Gain(2)]);
        var span = book.Tracks[former].Between(new(10), new(30))!.Value;

        book.Move(former, next, keepsRoot);
        book.Move(Key(3), next, keepsRoot);

        Assert.Equal(keepsRoot ? span with { PerRoot = U64F64.Zero } : span, book.Tracks[next].Between(new(10), new(30)));
        Assert.Equal(keepsRoot ? span with { PerAlpha = U64F64.Zero } : null, book.TryGet(former, out var left) ? left.Between(new(10), new(30)) : null);
    }

    [Fact]
    public void Move_OfAlphaAlone_LeavesNothingWhereRootEarnedNothingAndFollowsNoMoreThanItStores()
    {
        var book = new EarningBook();
        foreach (var block in (ulong[])[1, 2]) book.Add(new(block), [Gain(0) with { PerRoot = U64F64.Zero }, .. Enumerable.Range(1, EarningBook.TracksMax - 1).Select(Gain)]);

        book.Move(Key(0), Key(-1), keepsRoot: true);
        Assert.False(book.TryGet(Key(0), out _));
        book.Move(Key(1), Key(-2), keepsRoot: true);
        Assert.Equal(EarningBook.TracksMax, book.Tracks.Count);
    }

    private static EarningTrack Of(params ulong[] blocks) =>
        blocks.Aggregate(EarningTrack.Empty, (track, block) => track.Add(new(block), s_half, s_tenth));

    private static StakeGain Gain(int number) => new(Key(number), s_half, s_tenth);

    private static AccountId Key(int number) => new(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(number)));
}
