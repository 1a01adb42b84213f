using Dtao.Economics;
using Dtao.Grains.Shell;
using Xunit;

namespace Dtao.Grains.Tests;

public sealed class OutcomeBookSweepTests
{
    private static readonly AccountId Sender = ModelBytes.Account(1);

    [Theory]
    [InlineData(100, 164, false)]
    [InlineData(100, 165, true)]
    [InlineData(ulong.MaxValue, 1_000_000, false)]
    public void Sweep_OutcomesOfASender_AreOldAfterTheQuietBlocks(ulong lastValid, ulong now, bool isOld)
    {
        var book = NewBook();
        book.Remember(Sender, 1, 1, new BlockNumber(lastValid), "done");

        var old = book.Sweep(new BlockNumber(now), quietBlocks: 64, countMax: 10);

        Assert.Equal(isOld ? [Sender] : [], old);
        Assert.Equal(1, book.SenderCount);
    }

    [Theory]
    [InlineData(100, 100, 1)]
    [InlineData(100, 101, 0)]
    [InlineData(ulong.MaxValue, 1_000_000, 1)]
    public void Sweep_NothingLeftToRemember_DropsTheSenderOnceItsMessagesHaveExpired(ulong lastValid, ulong now, int senders)
    {
        var book = NewBook();
        book.Remember(Sender, 1, 1, new BlockNumber(lastValid), "done");
        book.Forget(Sender, 2);

        Assert.Empty(book.Sweep(new BlockNumber(now), quietBlocks: 64, countMax: 10));
        Assert.Equal(senders, book.SenderCount);
    }

    private static OutcomeBook<string> NewBook() => new((writer, outcome) => writer.Text(outcome), (ref reader) => reader.Text()!);
}
