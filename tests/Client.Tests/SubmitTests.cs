using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Registry;
using Xunit;

namespace Dtao.Client.Tests;

public sealed class SubmitTests
{
    private static readonly DtaoClientOptions Impatient = new() { TriesMax = 5, RetryPauseMilliseconds = 0 };
    private readonly FakeNetwork _network = new();

    private DtaoClient Client => new(_network.Grains, Impatient);

    [Fact]
    public async Task AddStake_Applied_AnswersTheReceipt()
    {
        var result = await Add();

        Assert.True(result.IsApplied);
        Assert.Equal((1, RefusalCode.None, "", ""), (result.Tries, result.Code, result.ErrorName, result.Advice));
        var operation = Assert.Single(_network.Submitted);
        Assert.Equal(DevAccounts.Alice, operation.Signer);
        Assert.Equal(Calls.AddStake(DevAccounts.Bob, new NetUid(1), new Tao(5)), operation.Call);
        Assert.Equal(new BlockNumber(164), operation.LastValidBlock);
        Assert.NotEqual(Guid.Empty, operation.Id.Value);
        Assert.Equal("fake-1", operation.NetworkId);
    }

    [Theory]
    [InlineData(0, OperationStatus.NotAccepted)]
    [InlineData(2, OperationStatus.OutcomeUnknown)]
    public async Task AddStake_AnotherNetworkAnswers_SaysNotHereAndUnknownWhereAnEarlierTryWasLost(int lost, OperationStatus expected)
    {
        _network.OnSubmit = (operation, place) => place < lost
            ? throw new TimeoutException("No answer.")
            : Task.FromResult(Receipt.NotAccepted(operation.Id, RefusalCode.WrongNetwork, _network.Head));

        var result = await Add();

        Assert.Equal((expected, lost + 1, RefusalCode.WrongNetwork), (result.Status, result.Tries, result.Receipt!.Code));
    }

    /// <summary>A program that starts more than its client may have under way waits here; nobody else hears of it.</summary>
    [Fact]
    public async Task SubmitAsync_MoreThanOperationsMax_TheRestWaitsUnsentAndCanBeCancelled()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _network.OnSubmit = async (operation, _) =>
        {
            await answer.Task;
            return Applied(operation);
        };
        await using var client = new DtaoClient(_network.Grains, Impatient with { OperationsMax = 2 });
        using var cancel = new CancellationTokenSource();
        var running = TestContext.Current.CancellationToken;
        var sent = Enumerable.Range(0, 2).Select(_ => client.SubmitAsync(Prepared(), running)).ToList();
        var cancelled = client.SubmitAsync(Prepared(), cancel.Token);
        sent.Add(client.SubmitAsync(Prepared(), running));

        Assert.Equal(2, _network.Submitted.Count);
        await cancel.CancelAsync();
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.IsNotType<OperationWaitCanceledException>(thrown);
        answer.SetResult();

        Assert.All(await Task.WhenAll(sent), result => Assert.True(result.IsApplied));
        Assert.Equal(3, _network.Submitted.Count);

        Operation Prepared() => new()
        {
            Id = OperationId.Create(),
            Signer = DevAccounts.Alice,
            Call = Calls.AddStake(DevAccounts.Bob, new NetUid(1), new Tao(5)),
            LastValidBlock = new BlockNumber(164),
        };
    }

    [Fact]
    public async Task AddStake_LostAnswers_SendsTheSameOperationUntilItIsAnswered()
    {
        _network.OnSubmit = (operation, place) => place < 3
            ? throw new TimeoutException("No answer.")
            : Task.FromResult(Applied(operation));

        var result = await Add();

        Assert.True(result.IsApplied);
        Assert.Equal(4, result.Tries);
        Assert.Single(_network.Submitted.Distinct());
    }

    [Theory]
    [InlineData(RefusalCode.TooManyInFlight)]
    [InlineData(RefusalCode.Overloaded)]
    [InlineData(RefusalCode.NotStarted)]
    public async Task AddStake_AskedToComeBackEveryTime_EndsAsNotAcceptedAfterTheBound(RefusalCode code)
    {
        _network.OnSubmit = (operation, _) => Task.FromResult(Receipt.NotAccepted(operation.Id, code, _network.Head));

        var result = await Add();

        Assert.Equal((OperationStatus.NotAccepted, code, 5), (result.Status, result.Code, result.Tries));
        Assert.Single(_network.Submitted.Distinct());
    }

    [Fact]
    public async Task AddStake_NeverAnswered_EndsAsUnknownWithTheOperationToAskAgain()
    {
        _network.OnSubmit = (_, _) => Task.FromException<Receipt>(new TimeoutException("No answer."));

        var unknown = await Add();
        _network.OnSubmit = (operation, _) => Task.FromResult(Applied(operation));
        var known = await Client.SubmitAsync(unknown.Operation, TestContext.Current.CancellationToken);

        Assert.Equal((OperationStatus.OutcomeUnknown, RefusalCode.OutcomeUnknown, 5), (unknown.Status, unknown.Code, unknown.Tries));
        Assert.IsType<TimeoutException>(unknown.Failure);
        Assert.True(known.IsApplied);
        Assert.Single(_network.Submitted.Distinct());
    }

    [Fact]
    public async Task AddStake_LostThenRefusedAsOverloaded_IsUnknownAndNotUnaccepted()
    {
        _network.OnSubmit = (operation, place) => place == 0
            ? throw new TimeoutException("No answer.")
            : Task.FromResult(Receipt.NotAccepted(operation.Id, RefusalCode.Overloaded, _network.Head));

        var result = await Add();

        Assert.Equal(OperationStatus.OutcomeUnknown, result.Status);
    }

    [Fact]
    public async Task AddStake_ReceiptSaysUnknown_AsksAgain()
    {
        _network.OnSubmit = (operation, place) => Task.FromResult(
            place == 0 ? Receipt.NotAccepted(operation.Id, RefusalCode.OutcomeUnknown, _network.Head) : Applied(operation));

        var result = await Add();

        Assert.True(result.IsApplied);
        Assert.Equal(2, result.Tries);
    }

    [Fact]
    public async Task AddStake_RefusedByARule_IsNotTriedAgain()
    {
        _network.OnSubmit = (operation, _) =>
            Task.FromResult(Receipt.Of(operation.Id, CallOutcome.Refused(LedgerError.AmountTooLow), _network.Head, 1, null));

        var result = await Add();

        Assert.Equal((OperationStatus.Refused, "AmountTooLow", 1), (result.Status, result.ErrorName, result.Tries));
        Assert.Equal(Advice.For(LedgerError.AmountTooLow), result.Advice);
        Assert.Empty(result.Moves);
    }

    [Theory]
    [InlineData(165UL, OperationStatus.NotAccepted)]
    [InlineData(164UL + OperationLimits.ReceiptBlocks, OperationStatus.NotAccepted)]
    [InlineData(165UL + OperationLimits.ReceiptBlocks, OperationStatus.OutcomeUnknown)]
    public async Task AddStake_Expired_IsUnknownOnceReceiptsMayBeForgotten(ulong block, OperationStatus expected)
    {
        _network.OnSubmit = (operation, _) => Task.FromResult(Receipt.NotAccepted(operation.Id, RefusalCode.Expired, new BlockNumber(block)));

        var result = await Add();

        Assert.Equal((expected, 1), (result.Status, result.Tries));
    }

    [Fact]
    public async Task AddStake_CancelledWhileSent_EndsTheWaitAndNotTheOperation()
    {
        using var cancelling = new CancellationTokenSource();
        var answer = new TaskCompletionSource<Receipt>();
        _network.OnSubmit = (_, _) => answer.Task;
        var waiting = Add(token: cancelling.Token);
        while (_network.Submitted.Count == 0) await Task.Yield();

        await cancelling.CancelAsync();
        var cancelled = await Assert.ThrowsAsync<OperationWaitCanceledException>(() => waiting);
        answer.SetResult(Applied(_network.Submitted[0]));
        _network.OnSubmit = (operation, _) => Task.FromResult(Applied(operation));
        var known = await Client.SubmitAsync(cancelled.Operation!, TestContext.Current.CancellationToken);

        Assert.Equal(_network.Submitted[0], cancelled.Operation);
        Assert.True(known.IsApplied);
        Assert.Single(_network.Submitted.Distinct());
    }

    [Fact]
    public async Task AddStake_CancelledBetweenTries_CarriesTheOperation()
    {
        using var cancelling = new CancellationTokenSource();
        _network.OnSubmit = (operation, _) =>
        {
            cancelling.Cancel();
            return Task.FromException<Receipt>(new TimeoutException("No answer."));
        };

        var cancelled = await Assert.ThrowsAsync<OperationWaitCanceledException>(() => Add(token: cancelling.Token));

        Assert.Equal(Assert.Single(_network.Submitted), cancelled.Operation);
    }

    [Fact]
    public async Task AddStake_CancelledBefore_SendsNothing()
    {
        var cancelled = new CancellationToken(canceled: true);

        var caught = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Add(token: cancelled));

        Assert.IsNotType<OperationWaitCanceledException>(caught);
        Assert.Empty(_network.Submitted);
    }

    [Fact]
    public async Task AddStake_SameTicketTwice_SendsEqualOperations()
    {
        var ticket = await Client.CreateTicketAsync(TestContext.Current.CancellationToken);
        await Add(ticket);
        _network.Head = new BlockNumber(130);

        var repeated = await Add(ticket);

        Assert.Equal(2, _network.Submitted.Count);
        Assert.Single(_network.Submitted.Distinct());
        Assert.Equal(ticket, repeated.Ticket);
    }

    [Fact]
    public void Ticket_WrittenAndRead_IsTheSame()
    {
        var ticket = new OperationTicket(OperationId.Create(), new BlockNumber(77));

        Assert.True(OperationTicket.TryParse(ticket.ToString(), out var read));
        Assert.Equal(ticket, read);
        Assert.All(new[] { "", "77", "x@77", $"{ticket.Id}@", $"{ticket.Id}@-1", null }, text => Assert.False(OperationTicket.TryParse(text, out _)));
    }

    [Fact]
    public async Task Submit_ManyInARow_ReadsTheHeadOnce()
    {
        var client = new DtaoClient(_network.Grains, Impatient with { HeadMillisecondsMax = 60_000 });

        for (var i = 0; i < 10; i++) await client.StartCallAsync(DevAccounts.Alice, new NetUid(1), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(1, _network.CountOf(nameof(IBlockCoordinatorGrain.GetHead)));
        Assert.Equal(10, _network.Submitted.Select(operation => operation.Id).Distinct().Count());
        // A receipt is news of the head, too: the first one said block 101.
        Assert.Equal(new BlockNumber(165), _network.Submitted[^1].LastValidBlock);
    }

    [Fact]
    public async Task Administer_LostAnswer_RepeatsTheSameId()
    {
        var ids = new List<OperationId>();
        _network.Answer<ISubnetRegistryGrain>("Administer", arguments =>
        {
            ids.Add((OperationId)arguments[1]);
            return ids.Count == 1 ? throw new TimeoutException("No answer.") : Task.FromResult(Receipt.Of(ids[0], CallOutcome.Done, _network.Head, 1, null));
        });

        var result = await Client.AdministerAsync("fee_rate", "40", new NetUid(3), cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(result.IsApplied);
        Assert.Equal(2, ids.Count);
        Assert.Single(ids.Distinct());
    }

    [Fact]
    public void Client_OptionOutOfRange_IsRefused() =>
        Assert.Throws<System.ComponentModel.DataAnnotations.ValidationException>(() => new DtaoClient(_network.Grains, new DtaoClientOptions { TriesMax = 0 }));

    private static Receipt Applied(Operation operation) => Receipt.Of(operation.Id, CallOutcome.Done, new BlockNumber(101), 1, new NetUid(1));

    private Task<OperationResult> Add(OperationTicket? ticket = null, CancellationToken? token = null) => Client.AddStakeAsync(
        DevAccounts.Alice, DevAccounts.Bob, new NetUid(1), new Tao(5), ticket, token ?? TestContext.Current.CancellationToken);
}
