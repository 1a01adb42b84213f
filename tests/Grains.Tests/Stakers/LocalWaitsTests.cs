using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Stakers;
using Xunit;

namespace Dtao.Grains.Tests.Stakers;

/// <summary>No caller waits for ever, whatever becomes of the account's turn.</summary>
public sealed class LocalWaitsTests
{
    private const long Patience = 30_000;

    private readonly LocalWaits _waits = new();

    [Fact]
    public void GiveUp_TurnThatNeverComes_FailsAfterItsPatienceOnly()
    {
        var began = Environment.TickCount64;
        var waiting = Begin(out _);

        _waits.GiveUp(began + Patience - 1);
        var early = waiting.IsCompleted;
        _waits.GiveUp(Environment.TickCount64 + Patience);

        Assert.False(early);
        Assert.IsType<TimeoutException>(waiting.Exception?.InnerException);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task GiveUp_OneHasEnded_OnlyTheOthersFail(int ended)
    {
        var accounts = new StillAccount[3];
        var waiting = new Task<Receipt>[3];
        for (var i = 0; i < waiting.Length; i++) waiting[i] = Begin(out accounts[i]);

        accounts[ended].Turn!.Execute();
        var receipt = await waiting[ended];
        _waits.GiveUp(Environment.TickCount64 + Patience);

        Assert.Equal(RefusalCode.TooManyInFlight, receipt.Code);
        for (var i = 0; i < waiting.Length; i++) Assert.Equal(i != ended, waiting[i].IsFaulted);
    }

    [Fact]
    public async Task Answer_WriteThatFails_IsUnknown()
    {
        var waiting = Begin(out var account);
        account.WhenDurable = Task.FromException(new IOException("The disk is full."));

        account.Turn!.Execute();
        var receipt = await waiting;

        Assert.Equal((ReceiptStatus.NotAccepted, RefusalCode.OutcomeUnknown), (receipt.Status, receipt.Code));
    }

    [Fact]
    public async Task Answer_NotDurableYet_IsNotTold()
    {
        var durable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = Begin(out var account);
        account.WhenDurable = durable.Task;

        account.Turn!.Execute();
        var early = waiting.IsCompleted;
        durable.SetResult();

        Assert.False(early);
        Assert.Equal(RefusalCode.TooManyInFlight, (await waiting).Code);
    }

    private Task<Receipt> Begin(out StillAccount account)
    {
        account = new StillAccount();
        var operation = new Operation { Id = OperationId.Create(), Signer = default, Call = new Call { Kind = CallKind.AddStake }, LastValidBlock = new BlockNumber(1) };
        return new LocalSubmission(null!, _waits, account, operation).Begin();
    }

    /// <summary>An account whose turn comes when the test says so, and which then answers at once.</summary>
    private sealed class StillAccount : ILocalAccount
    {
        public IThreadPoolWorkItem? Turn { get; private set; }

        public Task WhenDurable { get; set; } = Task.CompletedTask;

        public void Post(IThreadPoolWorkItem turn) => Turn = turn;

        public bool TryBegin(Operation operation, IOperationEnd end)
        {
            end.Answer(Receipt.NotAccepted(operation.Id, RefusalCode.TooManyInFlight, new BlockNumber(1)), WhenDurable, null);
            return true;
        }
    }
}
