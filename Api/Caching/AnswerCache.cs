using System.Collections.Concurrent;
using Dtao.Api.Health;
using Dtao.Economics;

namespace Dtao.Api.Caching;

/// <summary>Answers about the present that many ask for: read once, and used until a block closes or a short time has passed.</summary>
/// <remarks>
/// Who asks while an answer is being read waits for that one: a thousand pages cost the pools as much as one. A read that fails is told to all who wait and not kept.
/// An answer is never older than <see cref="ApiLimits.CacheMilliseconds"/>.
/// </remarks>
internal sealed class AnswerCache(ChainWatch watch, ApiLimits limits, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <param name="key">Says everything that the answer depends on; made by the program, never a client's text.</param>
    /// <param name="read">Ends by its own token: whoever asked first may be gone.</param>
    public async Task<T> Get<T>(string key, Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        var block = watch.Head;
        if (_entries.TryGetValue(key, out var known) && IsFresh(known, block)) return await ((Task<T>)known.Answer.Value).WaitAsync(cancellationToken);
        var entry = new Entry(block, time.GetTimestamp(), new Lazy<Task>(() => Read(key, read)));
        if (known is null)
        {
            MakeRoom(block);
            if (_entries.Count >= limits.CachedAnswersMax) return await Read(key, read).WaitAsync(cancellationToken);
            entry = _entries.GetOrAdd(key, entry);
        }
        else if (!_entries.TryUpdate(key, entry, known))
        {
            // Somebody else has just asked for the same.
            entry = _entries.GetOrAdd(key, entry);
        }

        return await ((Task<T>)entry.Answer.Value).WaitAsync(cancellationToken);
    }

    private async Task<T> Read<T>(string key, Func<CancellationToken, Task<T>> read)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(limits.RequestMillisecondsMax), time);
        try
        {
            return await read(patience.Token);
        }
        catch
        {
            _entries.TryRemove(key, out _);
            throw;
        }
    }

    private bool IsFresh(Entry entry, BlockNumber block) =>
        entry.Block == block && time.GetElapsedTime(entry.At) < TimeSpan.FromMilliseconds(limits.CacheMilliseconds);

    private void MakeRoom(BlockNumber block)
    {
        if (_entries.Count < limits.CachedAnswersMax) return;
        foreach (var (key, entry) in _entries)
        {
            if (!IsFresh(entry, block)) _entries.TryRemove(key, out _);
        }
    }

    private sealed record Entry(BlockNumber Block, long At, Lazy<Task> Answer);
}
