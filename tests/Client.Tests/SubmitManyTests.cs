using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Stakers;
using Xunit;

namespace Dtao.Client.Tests;

/// <summary>How the client carries many operations in few messages: which it sends again, and what it makes of lost answers.</summary>
public sealed class SubmitManyTests
{
    private readonly FakeNetwork _network = new();
    private readonly List<OperationBatch> _sent = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SubmitMany_SomeMayPassOnRetry_OnlyThoseAreSentAgain()
    {
        await using var client = Client(new() { TriesMax = 3, RetryPauseMilliseconds = 0 });
        Answer((operation, tries) => AmountOf(operation) switch
        {
            1 => Applied(operation),
            2 => Receipt.Of(operation.Id, CallOutcome.Refused(LedgerError.AmountTooLow), new BlockNumber(101), 1, null),
            3 when tries == 0 => Receipt.NotAccepted(operation.Id, RefusalCode.Overloaded, new BlockNumber(101)),
            3 => Applied(operation),
            4 => Receipt.NotAccepted(operation.Id, RefusalCode.TooManyInFlight, new BlockNumber(101)),
            5 => Receipt.NotAccepted(operation.Id, RefusalCode.OutcomeUnknown, new BlockNumber(101)),
            _ => Receipt.NotAccepted(operation.Id, RefusalCode.Expired, new BlockNumber(101)),
        });

        var results = await client.SubmitManyAsync([.. Enumerable.Range(1, 6).Select(amount => (DevAccounts.Alice, CallOf(amount)))], Token);

        Assert.Equal(
            [
                (OperationStatus.Applied, 1), (OperationStatus.Refused, 1), (OperationStatus.Applied, 2), (OperationStatus.NotAccepted, 3), (OperationStatus.OutcomeUnknown, 3),
                (OperationStatus.NotAccepted, 1),
            ],
            results.Select(result => (result.Status, result.Tries)));
        Assert.Equal([[1, 2, 3, 4, 5, 6], [3, 4, 5], [4, 5]], _sent.Select(batch => batch.Operations.Select(AmountOf)));
        Assert.All(results, result => Assert.Equal((DevAccounts.Alice, "fake-1", new BlockNumber(164)), (result.Operation.Signer, result.Operation.NetworkId, result.Operation.LastValidBlock)));
        Assert.Equal(6, results.Select(result => result.Operation.Id).Distinct().Count());
    }

    [Fact]
    public async Task SubmitMany_AnswerIsLost_SendsTheSameOperationsUntilTheyAreAnswered()
    {
        await using var client = Client(new() { TriesMax = 3, RetryPauseMilliseconds = 0 });
        Answer((operation, tries) => tries == 0 ? throw new TimeoutException("No answer.") : Applied(operation));

        var results = await client.SubmitManyAsync([.. Enumerable.Range(1, 3).Select(amount => (DevAccounts.Alice, CallOf(amount)))], Token);

        Assert.All(results, result => Assert.Equal((OperationStatus.Applied, 2), (result.Status, result.Tries)));
        Assert.Equal(2, _sent.Count);
        Assert.Equal(_sent[0].Operations, _sent[1].Operations);
    }

    /// <summary>As many messages as the bounds ask for, results in the order of the list, and never more under way than the client may have.</summary>
    [Fact]
    public async Task SubmitMany_MoreThanOneMessageTakes_GoesInSeveral()
    {
        await using var client = Client(new() { OperationsMax = 1_500 });
        Answer((operation, _) => Applied(operation));
        var large = Calls.Administer("limit_orders", new string('x', (int)OperationLimits.BatchBytesMax - 2_000), netuid: null);
        var operations = await Task.WhenAll(Enumerable.Range(0, 2_100).Select(async place => new Operation
        {
            Id = OperationId.Create(),
            Signer = DevAccounts.Alice,
            Call = place is 2_098 or 2_099 ? large : CallOf(place),
            LastValidBlock = (await client.CreateTicketAsync(Token)).LastValidBlock,
        }));

        var results = await client.SubmitManyAsync(operations, Token);

        Assert.Equal(operations.Select(operation => operation.Id), results.Select(result => result.Receipt!.Id));
        Assert.Equal([1_000, 1_000, 98], _sent.Select(batch => batch.Operations.Length).OrderDescending());
        Assert.Equal(operations[^2..].Select(operation => operation.Id), _network.Submitted.Select(operation => operation.Id));
        Assert.Empty(await client.SubmitManyAsync(Array.Empty<Operation>(), Token));
    }

    [Fact]
    public async Task SubmitMany_Cancelled_SaysThatTheOperationsGoOn()
    {
        await using var client = Client(new() { OperationsMax = 2 });
        using var cancel = new CancellationTokenSource();
        var answer = new TaskCompletionSource<ReceiptBatch>();
        _network.Answer<IOperationIntakeGrain>("SubmitMany", _ => answer.Task);
        var sent = client.SubmitManyAsync([(DevAccounts.Alice, CallOf(1)), (DevAccounts.Alice, CallOf(2))], cancel.Token);

        await cancel.CancelAsync();
        var thrown = await Assert.ThrowsAsync<OperationWaitCanceledException>(() => sent);
        Answer((operation, _) => Applied(operation));
        var later = await client.SubmitManyAsync(thrown.Operations, Token);

        Assert.Equal([1, 2], thrown.Operations.Select(AmountOf));
        Assert.All(later, result => Assert.True(result.IsApplied));
        Assert.Equal(thrown.Operations, _sent.Single().Operations);
    }

    /// <summary>The first message is answered, and the second waits for a place: then something was sent, and the caller has to know.</summary>
    [Fact]
    public async Task SubmitMany_CancelledBetweenTwoMessages_SaysThatSomethingWasSent()
    {
        await using var client = Client(new() { OperationsMax = 2 });
        using var cancel = new CancellationTokenSource();
        var kept = new TaskCompletionSource<ReceiptBatch>();
        Answer((operation, _) => Applied(operation));
        var operations = (await client.SubmitManyAsync([.. Enumerable.Range(1, 4).Select(amount => (DevAccounts.Alice, CallOf(amount)))], Token)).Select(result => result.Operation).ToArray();
        _sent.Clear();
        var messages = 0;
        _network.Answer<IOperationIntakeGrain>("SubmitMany", arguments =>
        {
            var batch = (OperationBatch)arguments[1];
            return Interlocked.Increment(ref messages) == 1 ? Task.FromResult(new ReceiptBatch(Array.ConvertAll(batch.Operations, Applied))) : kept.Task;
        });
        var sent = client.SubmitManyAsync(operations, cancel.Token);

        await cancel.CancelAsync();

        var thrown = await Assert.ThrowsAsync<OperationWaitCanceledException>(() => sent);
        Assert.Equal(operations, thrown.Operations);
    }

    [Fact]
    public async Task SubmitMany_AnArgumentThatIsNone_IsRefusedBeforeAnythingIsSent()
    {
        await using var client = Client(new() { OperationsMax = 2 });
        Answer((operation, _) => Applied(operation));
        var operation = (await client.SubmitManyAsync([(DevAccounts.Alice, CallOf(1)), (DevAccounts.Alice, CallOf(2))], Token))[0].Operation;
        _sent.Clear();

        await Assert.ThrowsAsync<ArgumentNullException>(() => client.SubmitManyAsync([operation, operation, null!], Token));

        Assert.Empty(_sent);
    }

    private DtaoClient Client(DtaoClientOptions options) => new(_network.Grains, options);

    /// <param name="answer">What becomes of an operation in the message that is the given one, counted from 0.</param>
    private void Answer(Func<Operation, int, Receipt> answer) => _network.Answer<IOperationIntakeGrain>("SubmitMany", arguments =>
    {
        var batch = (OperationBatch)arguments[1];
        int message;
        lock (_sent)
        {
            message = _sent.Count;
            _sent.Add(batch);
        }

        return Task.FromResult(new ReceiptBatch(Array.ConvertAll(batch.Operations, operation => answer(operation, message))));
    });

    private static Call CallOf(int amount) => Calls.AddStake(DevAccounts.Bob, new NetUid(1), new Tao((ulong)amount));

    private static int AmountOf(Operation operation) => (int)operation.Call.Amount;

    private static Receipt Applied(Operation operation) => Receipt.Of(operation.Id, CallOutcome.Done, new BlockNumber(101), 1, null);
}
