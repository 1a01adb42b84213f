using System.Globalization;
using Orleans.Runtime;
using Orleans.Storage;

namespace Dtao.Storage.Tests;

/// <summary>
/// A model of grain storage that is easy to believe, and every short sequence of operations on two grains held against
/// it. It learns first whether a clear deletes the record or keeps a tombstone with a tag, and whether it leaves one where
/// there was no record.
/// </summary>
internal sealed class GrainStorageModel(IGrainStorage storage, bool keepsTombstones, bool makesTombstones, GrainId a, GrainId b)
{
    private const int Concurrency = 128;
    private readonly Record recordA = new(a);
    private readonly Record recordB = new(b);
    private int written;

    private enum Step
    {
        ReadA,
        ReadB,
        WriteANoTag,
        WriteACurrent,
        WriteBNoTag,
        ClearACurrent,
        WriteANoTagAgain,
        WriteAStale,
        ClearAStale,
    }

    public static async Task RunAllSequences(IGrainStorage storage, int depth, Func<GrainId> newGrain)
    {
        var steps = Enum.GetValues<Step>();
        var keepsTombstones = await LeavesTombstone(storage, newGrain(), isWritten: true);
        var makesTombstones = await LeavesTombstone(storage, newGrain(), isWritten: false);
        IEnumerable<Step[]> sequences = [[]];
        for (var length = 0; length < depth; length++)
            sequences = sequences.SelectMany(start => steps.Select(step => (Step[])[.. start, step]));
        foreach (var chunk in sequences.Chunk(Concurrency))
        {
            await Task.WhenAll(chunk.Select(
                sequence => new GrainStorageModel(storage, keepsTombstones, makesTombstones, newGrain(), newGrain()).Run(sequence)));
        }
    }

    private static async Task<bool> LeavesTombstone(IGrainStorage storage, GrainId grain, bool isWritten)
    {
        var state = new HeldState<SampleState>(new());
        if (isWritten) await storage.WriteStateAsync("state", grain, state);
        await storage.ClearStateAsync("state", grain, state);
        return state.ETag is not null;
    }

    private async Task Run(Step[] sequence)
    {
        try
        {
            foreach (var step in sequence) await Apply(step);
            await Check(recordA);
            await Check(recordB);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"Sequence {string.Join(", ", sequence)}: {e.Message}", e);
        }
    }

    private Task Apply(Step step) => step switch
    {
        Step.ReadA => Check(recordA),
        Step.ReadB => Check(recordB),
        Step.WriteANoTag or Step.WriteANoTagAgain => Write(recordA, null),
        Step.WriteACurrent => Write(recordA, recordA.Tag),
        Step.WriteBNoTag => Write(recordB, null),
        Step.ClearACurrent => Clear(recordA, recordA.Tag),
        // Before the second write there is no stale tag; one that nobody gave out is as wrong.
        Step.WriteAStale => Write(recordA, recordA.PreviousTag ?? "0"),
        Step.ClearAStale => Clear(recordA, recordA.PreviousTag ?? "0"),
        _ => throw new InvalidOperationException("An unknown step."),
    };

    private async Task Write(Record record, string? tag)
    {
        var value = (++written).ToString(CultureInfo.InvariantCulture);
        var state = new HeldState<SampleState>(new() { A = value }, tag);
        var isAllowed = tag == record.Tag;
        if (!await Try(() => storage.WriteStateAsync("state", record.Grain, state), isAllowed))
        {
            Assert.Equal((tag, value), (state.ETag, state.State.A));
            await Check(record);
            return;
        }

        Assert.True(state.RecordExists);
        record.Set(value, state.ETag);
    }

    private async Task Clear(Record record, string? tag)
    {
        var state = new HeldState<SampleState>(new() { A = "held" }, tag) { RecordExists = true };
        if (!await Try(() => storage.ClearStateAsync("state", record.Grain, state), tag == record.Tag))
        {
            Assert.Equal((tag, "held"), (state.ETag, state.State.A));
            await Check(record);
            return;
        }

        Assert.False(state.RecordExists);
        Assert.Equal(record.Tag is null ? makesTombstones : keepsTombstones, state.ETag is not null);
        record.Set(null, state.ETag);
    }

    private static async Task<bool> Try(Func<Task> operation, bool isAllowed)
    {
        if (!isAllowed)
        {
            await Assert.ThrowsAnyAsync<InconsistentStateException>(operation);
            return false;
        }

        await operation();
        return true;
    }

    private async Task Check(Record record)
    {
        var state = new HeldState<SampleState>(new() { A = "held" }, "held") { RecordExists = true };
        await storage.ReadStateAsync("state", record.Grain, state);
        Assert.Equal((record.Value ?? "", record.Tag, record.Value is not null), (state.State.A, state.ETag, state.RecordExists));
    }

    private sealed class Record(GrainId grain)
    {
        public GrainId Grain => grain;

        public string? Value { get; private set; }

        public string? Tag { get; private set; }

        public string? PreviousTag { get; private set; }

        public void Set(string? value, string? tag)
        {
            if (Tag is not null && Tag != tag) PreviousTag = Tag;
            (Value, Tag) = (value, tag);
        }
    }
}
