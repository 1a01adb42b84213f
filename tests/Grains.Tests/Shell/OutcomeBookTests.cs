using Dtao.Economics;
using Dtao.Grains.Shell;
using Dtao.Grains.Wire;
using Xunit;

namespace Dtao.Grains.Tests.Shell;

/// <summary>The receiver's half of exactly once: what is remembered, how long, and what a message that slept meets.</summary>
public sealed class OutcomeBookTests
{
    private static readonly AccountId Sender = ModelBytes.Account(1);
    private static readonly BlockNumber LastValid = new(10);

    [Theory]
    [InlineData(1, 5, Verdict.Known)]
    [InlineData(1, 11, Verdict.Known)]
    [InlineData(2, 10, Verdict.Fresh)]
    [InlineData(2, 11, Verdict.Expired)]
    public void Judge_OneOutcomeRemembered_KnownBeforeExpiredBeforeFresh(ulong sequence, ulong now, Verdict expected)
    {
        var book = Remembering(1);

        Assert.Equal(expected, book.Judge(Message(sequence), new BlockNumber(now), out var outcome));
        Assert.Equal(expected == Verdict.Known ? "outcome 1" : null, outcome);
    }

    [Fact]
    public void Judge_BelowWhatTheSenderSettled_IsStaleThoughItIsForgotten()
    {
        var book = Remembering(1, 2, 3);

        book.Forget(Sender, settledBelow: 3);

        Assert.Equal(Verdict.Stale, book.Judge(Message(1), LastValid, out _));
        Assert.Equal(Verdict.Stale, book.Judge(Message(2), LastValid, out _));
        Assert.Equal(Verdict.Known, book.Judge(Message(3), LastValid, out _));
        Assert.Null(book.Find(Sender, 2));
    }

    /// <summary>Only together do floor and expiry keep a forgotten message from being executed: one of them always holds.</summary>
    [Fact]
    public void Floor_UntilTheLastValidBlockHasPassed_IsKept()
    {
        var book = Remembering(1);
        book.Forget(Sender, settledBelow: 2);

        for (var now = 0UL; now < 20; now++)
        {
            book.Sweep(new BlockNumber(now), quietBlocks: 0, countMax: 10);
            var verdict = book.Judge(Message(1), new BlockNumber(now), out _);

            Assert.Equal(now <= LastValid.Value ? Verdict.Stale : Verdict.Expired, verdict);
        }

        Assert.Equal(0, book.SenderCount);
    }

    [Fact]
    public void Remember_MessageSaysWhatIsSettled_ForgetsBelowAndKeepsItsOwn()
    {
        var book = Remembering(1, 2, 3);

        book.Remember(Sender, 4, settledBelow: 4, LastValid, "outcome 4");

        Assert.Null(book.Find(Sender, 3));
        Assert.Equal("outcome 4", book.Find(Sender, 4));
    }

    [Fact]
    public void Load_WrittenBook_JudgesTheSame()
    {
        var book = Remembering(1, 2, 3);
        book.Forget(Sender, settledBelow: 2);
        var writer = new RecordWriter();
        book.Write(writer);

        var reader = new RecordReader(writer.WrittenSpan);
        var loaded = NewBook();
        loaded.Load(ref reader);

        for (var sequence = 1UL; sequence < 6; sequence++)
        {
            Assert.Equal(book.Judge(Message(sequence), LastValid, out var expected), loaded.Judge(Message(sequence), LastValid, out var outcome));
            Assert.Equal(expected, outcome);
        }
    }

    private static OutcomeBook<string> Remembering(params ulong[] sequences)
    {
        var book = NewBook();
        foreach (var sequence in sequences) book.Remember(Sender, sequence, settledBelow: 1, LastValid, $"outcome {sequence}");
        return book;
    }

    private static MessageHead Message(ulong sequence) => new(Sender, sequence, 1, LastValid, BlockNumber.Genesis, LogStamp.Durable);

    private static OutcomeBook<string> NewBook() => new((writer, outcome) => writer.Text(outcome), (ref reader) => reader.Text()!);
}
