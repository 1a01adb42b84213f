using CsCheck;

namespace Dtao.Storage.Tests;

/// <summary>Digest chains that are computed side by side are those that are computed one after the other.</summary>
public sealed class ChainLanesTests
{
    [Theory]
    [InlineData(1, 3, 100)]
    [InlineData(7, 1, 10)]
    [InlineData(8, 1, 0)]
    [InlineData(9, 2, 23)]
    [InlineData(9, 2, 24)]
    [InlineData(64, 7, 1_000)]
    [InlineData(500, 2, 150)]
    [InlineData(20, 2, 8_151)]
    [InlineData(20, 2, 8_152)]
    [InlineData(10, 1, 70_000)]
    public void Extend_JournalsAlike_GivesTheChainOfEach(int journals, int events, int length) =>
        Check([.. Enumerable.Repeat(Enumerable.Repeat(length, events).ToArray(), journals)]);

    /// <summary>One byte more or less is another padding: every length around the ends of the first blocks.</summary>
    [Fact]
    public void Extend_EveryShortLength_GivesTheChainOfEach() => Check([.. Enumerable.Range(0, 200).Select(length => new[] { length, length + 1 })]);

    /// <summary>A chain that is longer than all others together, as of the one pool that everybody trades at.</summary>
    [Fact]
    public void Extend_OneJournalWithMostEvents_GivesTheChainOfEach() =>
        Check([[.. Enumerable.Repeat(1_000, 300)], .. Enumerable.Range(0, 300).Select(number => new[] { 150, number })]);

    [Fact]
    public void Extend_AnyBatch_GivesTheChainOfEach() =>
        Gen.Int[0, 600].Array[1, 6].Array[1, 40].Sample(lengths => Check(lengths));

    /// <summary>In lanes, and as on a machine without them.</summary>
    private static void Check(int[][] lengths)
    {
        Check(lengths, new ChainLanes());
        Check(lengths, new ChainLanes(usesLanes: false));
    }

    private static void Check(int[][] lengths, ChainLanes lanes)
    {
        var random = new Random(lengths.Length);
        var buffer = new AppendBuffer();
        var journals = Array.ConvertAll(lengths, _ => new JournalEntry("actor"));
        var expected = new Digest[lengths.Length];
        var scratch = new byte[16];
        for (var journal = 0; journal < journals.Length; journal++)
        {
            random.NextBytes(journals[journal].Digest);
            expected[journal] = journals[journal].Digest;
        }

        // Round after round, so that events of one journal do not lie together.
        for (var round = 0; round < lengths.Max(each => each.Length); round++)
        {
            for (var journal = 0; journal < journals.Length; journal++)
            {
                if (round >= lengths[journal].Length) continue;
                var canonicalEvent = new byte[lengths[journal][round]];
                random.NextBytes(canonicalEvent);
                buffer.Add(journals[journal], canonicalEvent, isFinished: false);
                expected[journal].Extend(canonicalEvent, ref scratch);
            }
        }

        List<JournalEntry> actors = [];
        buffer.GroupByActor(actors);
        lanes.Extend(actors, buffer);

        Assert.Equal(expected.Select(digest => Convert.ToHexString(digest.AsSpan())), journals.Select(journal => Convert.ToHexString(journal.Digest.AsSpan())));
    }
}
