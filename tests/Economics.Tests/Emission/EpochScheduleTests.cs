using System.Text.Json;
using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Economics.Tests.Vectors;
using Xunit;

namespace Dtao.Economics.Tests.Emission;

/// <summary>When epochs run: what the reference's own tests say, and one row a rule of what makes one due.</summary>
public class EpochScheduleTests
{
    private const string File = "emission-schedule.json";

    private static readonly Dictionary<string, (SubnetBooks Books, ulong Block, bool IsDue, bool WillBeDue)> s_due = new()
    {
        ["a tempo of 0 never"] = (new() { Netuid = new(1), Tempo = 0, PendingEpochAt = 1, BlocksSinceLastStep = 99_999 }, 500, false, false),
        ["one block before the tempo is over"] = (new() { Netuid = new(1), Tempo = 10, LastEpochBlock = 5 }, 14, false, false),
        ["after exactly a tempo"] = (new() { Netuid = new(1), Tempo = 10, LastEpochBlock = 5 }, 15, true, true),
        ["an epoch asked for, too early"] = (new() { Netuid = new(1), Tempo = 360, LastEpochBlock = 5, PendingEpochAt = 16 }, 15, false, false),
        ["an epoch asked for, in its block"] = (new() { Netuid = new(1), Tempo = 360, LastEpochBlock = 5, PendingEpochAt = 16 }, 16, true, true),
        ["an epoch asked for, later"] = (new() { Netuid = new(1), Tempo = 360, LastEpochBlock = 5, PendingEpochAt = 16 }, 17, true, true),
        ["the safety net counts the block itself only when the block runs"] =
            (new() { Netuid = new(1), Tempo = 65_535, LastEpochBlock = 1, BlocksSinceLastStep = 50_400 }, 3, false, true),
        ["the safety net"] = (new() { Netuid = new(1), Tempo = 65_535, LastEpochBlock = 1, BlocksSinceLastStep = 50_401 }, 3, true, true),
        ["one more block to the safety net"] = (new() { Netuid = new(1), Tempo = 65_535, LastEpochBlock = 1, BlocksSinceLastStep = 50_399 }, 3, false, false),
        ["the last epoch in the future"] = (new() { Netuid = new(1), Tempo = 10, LastEpochBlock = 50 }, 20, false, false),
        ["root may be due and never runs one"] = (new() { Netuid = NetUid.Root, Tempo = 10 }, 20, true, false),
    };

    public static TheoryData<string> Rules => [.. s_due.Keys];

    public static TheoryData<string> Remaining => LiteralVector.Rows(File, vector => vector.When == "blocks_until_next_auto_epoch");

    public static TheoryData<string> Starts => LiteralVector.Rows(File, vector => vector.When == "get_next_epoch_start_block");

    [Theory]
    [MemberData(nameof(Rules))]
    public void IsDue_OneRule_HoldsBeforeAndAfterTheBlockCountsItself(string rule)
    {
        var (books, block, isDue, willBeDue) = s_due[rule];

        Assert.Equal(isDue, EpochSchedule.IsDue(books, new BlockNumber(block)));
        Assert.Equal(willBeDue, EpochSchedule.WillBeDue(books, new BlockNumber(block)));
    }

    [Theory]
    [MemberData(nameof(Remaining))]
    public void BlocksUntilNext_Vector_IsTheReferences(string id)
    {
        var vector = LiteralVector.Find(File, id);

        Assert.Equal(vector.Expected.GetProperty("blocks").GetUInt64(), EpochSchedule.BlocksUntilNext(Books(vector.Given), new BlockNumber(vector.Number("block"))));
    }

    [Fact]
    public void BlocksUntilNext_BlockAfterBlock_FallsByOne()
    {
        var vector = LiteralVector.Find(File, "sched-consecutive");
        var blocks = vector.Given.GetProperty("blocks").EnumerateArray().Select(block => block.GetUInt64());

        Assert.Equal(
            vector.Expected.GetProperty("blocks_until").EnumerateArray().Select(count => count.GetUInt64()),
            blocks.Select(block => EpochSchedule.BlocksUntilNext(Books(vector.Given), new BlockNumber(block))));
    }

    [Theory]
    [MemberData(nameof(Starts))]
    public void NextStart_Vector_IsTheReferences(string id)
    {
        var vector = LiteralVector.Find(File, id);
        var expected = vector.Expected.GetProperty("next_epoch_block");

        Assert.Equal(expected.ValueKind == JsonValueKind.Null ? null : expected.GetUInt64(), EpochSchedule.NextStart(Books(vector.Given))?.Value);
    }

    [Fact]
    public void NextStart_EpochAskedForBeforeTheTempoIsOver_IsThatBlock() =>
        Assert.Equal(new BlockNumber(120), EpochSchedule.NextStart(new SubnetBooks { Tempo = 50, LastEpochBlock = 100, PendingEpochAt = 120 }));

    [Fact]
    public void Drain_NotDue_CountsTheBlockOnly()
    {
        var books = new SubnetBooks { Netuid = new(1), PendingServer = new(5), LastEpochBlock = 3 };

        Assert.Null(EpochSchedule.Drain(books, new BlockNumber(4), EpochTurn.None));
        Assert.Equal(LiteralVector.Find(File, "drain-increments").Expected.GetProperty("blocks_since_last_step").GetUInt64(), books.BlocksSinceLastStep);
        Assert.Equal((new Alpha(5), 3UL, 0UL, 0UL), (books.PendingServer, books.LastEpochBlock, books.EpochIndex, books.PendingEpochAt));
    }

    [Fact]
    public void Drain_ItsTurn_HandsOverWhatWasPutAside()
    {
        var vector = LiteralVector.Find(File, "drain-takes-pendings");
        var pending = vector.Given.GetProperty("pending");
        Alpha Put(string name) => new(pending.GetProperty(name).GetUInt64());
        var books = Books(vector.Given);
        (books.PendingServer, books.PendingValidator, books.PendingRoot, books.PendingOwnerCut) = (Put("server"), Put("validator"), Put("root"), Put("owner_cut"));
        (books.BlocksSinceLastStep, books.PendingEpochAt, books.EpochIndex) = (101, 102, 7);

        var pot = EpochSchedule.Drain(books, new BlockNumber(102), EpochTurn.Run);

        Assert.Equal(new EpochPot(Put("server"), Put("validator"), Put("root"), Put("owner_cut")), pot);
        Assert.Equal(default, new EpochPot(books.PendingServer, books.PendingValidator, books.PendingRoot, books.PendingOwnerCut));
        Assert.Equal((0UL, 102UL, 0UL, 8UL), (books.BlocksSinceLastStep, books.LastEpochBlock, books.PendingEpochAt, books.EpochIndex));
    }

    [Fact]
    public void Drain_Deferred_TriesAgainInTheNextBlockAndChangesNothingElse()
    {
        var books = new SubnetBooks { Netuid = new(1), PendingServer = new(5), LastEpochBlock = 3, BlocksSinceLastStep = 9 };

        Assert.Null(EpochSchedule.Drain(books, new BlockNumber(400), EpochTurn.Defer));
        Assert.Equal((401UL, 10UL, 3UL, 0UL), (books.PendingEpochAt, books.BlocksSinceLastStep, books.LastEpochBlock, books.EpochIndex));
        Assert.Equal(new Alpha(5), books.PendingServer);
        Assert.True(EpochSchedule.WillBeDue(books, new BlockNumber(401)));
    }

    [Fact]
    public void Turns_MoreThanABlockRuns_DeferThoseThatComeLaterInStorage()
    {
        var vector = LiteralVector.Find(File, "epochs-deferred");
        var due = Enumerable.Range(1, vector.Given.GetProperty("due_subnets").GetInt32()).Select(netuid => new NetUid((ushort)netuid));

        var turns = EpochSchedule.Turns(due, vector.Given.GetProperty("max_epochs_per_block").GetByte());

        Assert.Equal(
            vector.Expected.GetProperty("deferred_netuids").EnumerateArray().Select(netuid => netuid.GetUInt16()),
            turns.Where(turn => turn.Turn == EpochTurn.Defer).Select(turn => turn.Netuid.Value));
    }

    private static SubnetBooks Books(JsonElement given) => new()
    {
        Netuid = new(1),
        Tempo = given.GetProperty("tempo").GetUInt16(),
        LastEpochBlock = given.GetProperty("last_epoch_block").GetUInt64(),
        PendingEpochAt = given.TryGetProperty("pending_epoch_at", out var pending) ? pending.GetUInt64() : 0,
    };
}
