using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Subnets;

/// <summary>Parts of calls whose orders are executed all or none, until all parts of a call are there. In memory only: owners send again until they are answered.</summary>
public sealed class BatchBook
{
    /// <summary>Parts that may wait at once; one that comes beyond it is sent again later.</summary>
    public const int PartsMax = 4_096;

    /// <summary>Tries that are remembered as withdrawn; a part of an older one waits until its last valid block, or until it is withdrawn again.</summary>
    public const int WithdrawnMax = 1_024;

    private readonly Dictionary<Guid, ParkedBatch> _parked = [];
    private readonly HashSet<Guid> _withdrawn = [];
    private readonly Queue<Guid> _withdrawnOrder = new();

    public int Parts { get; private set; }

    public bool IsWithdrawn(Guid batch) => _withdrawn.Contains(batch);

    public ParkedBatch? Find(Guid batch) => _parked.GetValueOrDefault(batch);

    /// <summary>Keeps a part, in the place of what its owner sent before; null when too many wait.</summary>
    public ParkedBatch? Park(PoolCommand command)
    {
        var detail = (FillBatchDetail)command.Call.Detail!;
        var isKnown = _parked.TryGetValue(detail.Batch, out var batch);
        if (Parts >= PartsMax && !(isKnown && batch!.Has(command.Head.Sender))) return null;
        if (!isKnown) _parked.Add(detail.Batch, batch = new ParkedBatch(detail.Batch, detail.Owners));
        if (batch!.Put(command)) Parts++;
        return batch;
    }

    /// <summary>Lets all parts of a try go.</summary>
    /// <param name="isBusy">They are to be sent again, after a pause; otherwise each looks what has become of it.</param>
    public void End(ParkedBatch batch, bool isBusy = false)
    {
        if (_parked.GetValueOrDefault(batch.Id) == batch)
        {
            _parked.Remove(batch.Id);
            Parts -= batch.Parts.Count;
        }

        batch.End(isBusy);
    }

    public void NoteWithdrawn(Guid batch)
    {
        if (!_withdrawn.Add(batch)) return;
        _withdrawnOrder.Enqueue(batch);
        if (_withdrawnOrder.Count > WithdrawnMax) _withdrawn.Remove(_withdrawnOrder.Dequeue());
    }

    /// <summary>Lets go what has a last valid block before this one.</summary>
    public void EndExpired(BlockNumber block)
    {
        if (_parked.Count == 0) return;
        foreach (var batch in _parked.Values.Where(batch => batch.Parts.Values.Any(part => part.Head.LastValidBlock < block)).ToArray()) End(batch);
    }

    public void EndAll()
    {
        foreach (var batch in _parked.Values.ToArray()) End(batch);
    }
}

/// <summary>The parts of one try that have come.</summary>
public sealed class ParkedBatch(Guid id, int owners)
{
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Guid Id => id;

    /// <summary>By owner: ascending, as they are decided.</summary>
    public SortedDictionary<AccountId, PoolCommand> Parts { get; } = [];

    public bool IsWhole => Parts.Count >= owners;

    /// <summary>Whether somebody is about to decide it.</summary>
    public bool IsTaken { get; set; }

    public bool IsEnded => _ended.Task.IsCompleted;

    /// <summary>Ends with the batch; true when its parts are to be sent again.</summary>
    public Task<bool> Ended => _ended.Task;

    public bool Has(AccountId owner) => Parts.ContainsKey(owner);

    /// <returns>Whether the owner had none here.</returns>
    public bool Put(PoolCommand command)
    {
        var isNew = !Parts.TryGetValue(command.Head.Sender, out var known);
        if (isNew || command.Head.Sequence >= known!.Head.Sequence) Parts[command.Head.Sender] = command;
        return isNew;
    }

    public void End(bool isBusy) => _ended.TrySetResult(isBusy);
}
