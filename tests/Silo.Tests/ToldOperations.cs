using System.Collections.Concurrent;
using Dtao.Client;
using Dtao.Grains;
using Dtao.Hosting.Chaos;
using Dtao.TestKit;

namespace Dtao.Silo.Tests;

/// <summary>What clients began, and what they were told of it.</summary>
internal class ToldOperations
{
    /// <summary>Receipts that a client has in hand, by operation.</summary>
    public ConcurrentDictionary<OperationId, (Operation Operation, Receipt Receipt)> Acknowledged { get; } = [];

    /// <summary>Operations that were sent and whose end nobody was told.</summary>
    public ConcurrentDictionary<OperationId, Operation> Unanswered { get; } = [];

    /// <summary>The operation is about to be sent.</summary>
    public virtual void Begin(Operation operation) => Unanswered[operation.Id] = operation;

    /// <summary>The operation that was begun has its receipt.</summary>
    public virtual void Tell(Receipt receipt)
    {
        Assert.True(Unanswered.TryRemove(receipt.Id, out var operation), $"{receipt.Id} was told and not begun");
        Acknowledged[receipt.Id] = (operation, receipt);
    }

    public void Tell(OperationResult result)
    {
        if (result.Status == OperationStatus.OutcomeUnknown) return;
        Assert.True(result.Status is OperationStatus.Applied or OperationStatus.Refused, TextOf(result));
        Tell(result.Receipt!);
    }

    /// <summary>Asks for the outcome of everything that was never answered, each twice at once: each comes to one end.</summary>
    public async Task AskAgain(DtaoClient client)
    {
        foreach (var operations in Unanswered.Values.Chunk(32))
        {
            var twice = await Task.WhenAll(operations.Concat(operations).Select(operation => client.SubmitAsync(operation)));
            for (var i = 0; i < operations.Length; i++)
            {
                Assert.Equal(TextOf(twice[i]), TextOf(twice[i + operations.Length]));
                Tell(twice[i]);
            }
        }

        Assert.Empty(Unanswered);
    }

    /// <summary>What accounts hold if the network began with <see cref="CrashGenesis"/>, every receipt tells the truth, and nothing else happened.</summary>
    public ReceiptTally Tally()
    {
        var tally = new ReceiptTally();
        foreach (var (account, free) in CrashGenesis.State.Balances) tally.Add(account, free.Rao);
        foreach (var stake in CrashGenesis.State.Stakes) tally.Add(stake.Position, stake.Amount.Rao);
        foreach (var (operation, receipt) in Acknowledged.Values)
        {
            if (receipt.IsApplied) tally.Add(operation, receipt.Outcome!);
        }

        return tally;
    }

    public static string TextOf(OperationResult result) =>
        result.Receipt is { } receipt && result.Status is OperationStatus.Applied or OperationStatus.Refused
            ? ReceiptText.Of(result.Receipt!)
            : $"{result.Operation.Call.Kind} {result.Operation.Id}: {result.Status} {result.ErrorName} {result.Failure}";
}
