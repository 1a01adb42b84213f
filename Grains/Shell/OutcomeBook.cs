using Dtao.Economics;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Shell;

/// <summary>What a receiver makes of a message before it decides it.</summary>
public enum Verdict
{
    /// <summary>Never seen: decide it.</summary>
    Fresh,
    /// <summary>Decided before: answer the same.</summary>
    Known,
    /// <summary>The sender itself has called this sequence settled: a message that slept.</summary>
    Stale,
    /// <summary>Its last valid block has passed and it was never decided: record that it never will be.</summary>
    Expired,
}

/// <summary>
/// A receiver's memory of what it decided for each sender: the half of "exactly once" that the receiver holds.
/// </summary>
/// <remarks>
/// An outcome is kept until the sender says that everything below some sequence is settled durably. That floor is kept in turn until the last
/// valid block of the sender's newest message has passed, so that a message which slept in a paused process is either below the floor or expired.
/// Forgetting is not an event: a restored book remembers more than the lost one, which is always safe.
/// </remarks>
public sealed class OutcomeBook<TOutcome>
    where TOutcome : class
{
    private readonly Dictionary<AccountId, SenderPage> _pages = [];
    private readonly Queue<AccountId> _sweep = new();

    public int SenderCount => _pages.Count;

    public Verdict Judge(MessageHead head, BlockNumber now, out TOutcome? outcome)
    {
        outcome = null;
        if (_pages.TryGetValue(head.Sender, out var page))
        {
            if (head.Sequence < page.Floor) return Verdict.Stale;
            if (page.Outcomes.TryGetValue(head.Sequence, out outcome)) return Verdict.Known;
        }

        return head.LastValidBlock < now ? Verdict.Expired : Verdict.Fresh;
    }

    /// <summary>The remembered outcome of a sender's message, or null.</summary>
    public TOutcome? Find(AccountId sender, ulong sequence) =>
        _pages.TryGetValue(sender, out var page) && page.Outcomes.TryGetValue(sequence, out var outcome) ? outcome : null;

    /// <summary>Remembers an outcome and forgets those that the message calls settled.</summary>
    public void Remember(AccountId sender, ulong sequence, ulong settledBelow, BlockNumber lastValidBlock, TOutcome outcome)
    {
        if (!_pages.TryGetValue(sender, out var page))
        {
            page = new SenderPage();
            _pages.Add(sender, page);
            _sweep.Enqueue(sender);
        }

        page.Outcomes[sequence] = outcome;
        if (lastValidBlock > page.LastValidBlock) page.LastValidBlock = lastValidBlock;
        page.ForgetBelow(settledBelow);
    }

    /// <summary>Forgets what the sender has settled durably, as it says itself.</summary>
    public void Forget(AccountId sender, ulong settledBelow)
    {
        if (_pages.TryGetValue(sender, out var page)) page.ForgetBelow(settledBelow);
    }

    /// <summary>
    /// Looks at a bounded number of senders: drops those with nothing left to remember, and names those whose outcomes are old
    /// enough that they should be asked what they have settled.
    /// </summary>
    public IReadOnlyList<AccountId> Sweep(BlockNumber now, ulong quietBlocks, int countMax)
    {
        List<AccountId>? old = null;
        for (var i = Math.Min(countMax, _sweep.Count); i > 0; i--)
        {
            var sender = _sweep.Dequeue();
            var page = _pages[sender];
            var isPast = page.LastValidBlock < now;
            if (isPast && page.Outcomes.Count == 0)
            {
                _pages.Remove(sender);
                continue;
            }

            if (page.Outcomes.Count > 0 && isPast && now.Value - page.LastValidBlock.Value > quietBlocks) (old ??= []).Add(sender);
            _sweep.Enqueue(sender);
        }

        return (IReadOnlyList<AccountId>?)old ?? [];
    }

    public void Write(RecordWriter writer, Action<RecordWriter, TOutcome> writeOutcome)
    {
        writer.UInt64((ulong)_pages.Count);
        foreach (var (sender, page) in _pages.OrderBy(entry => entry.Key))
        {
            writer.Account(sender);
            writer.UInt64(page.Floor);
            writer.UInt64(page.LastValidBlock.Value);
            writer.UInt64((ulong)page.Outcomes.Count);
            foreach (var (sequence, outcome) in page.Outcomes.OrderBy(entry => entry.Key))
            {
                writer.UInt64(sequence);
                writeOutcome(writer, outcome);
            }
        }
    }

    public delegate TOutcome OutcomeReader(ref RecordReader reader);

    /// <summary>Fills an empty book with what <see cref="Write"/> wrote.</summary>
    public void Load(ref RecordReader reader, OutcomeReader readOutcome)
    {
        for (var senders = reader.Count(); senders > 0; senders--)
        {
            var sender = reader.Account();
            var page = new SenderPage { Floor = reader.UInt64(), LastValidBlock = new BlockNumber(reader.UInt64()) };
            for (var outcomes = reader.Count(); outcomes > 0; outcomes--) page.Outcomes.Add(reader.UInt64(), readOutcome(ref reader));
            _pages.Add(sender, page);
            _sweep.Enqueue(sender);
        }
    }

    private sealed class SenderPage
    {
        public ulong Floor { get; set; } = 1;
        public BlockNumber LastValidBlock { get; set; }
        public Dictionary<ulong, TOutcome> Outcomes { get; } = new(1);

        public void ForgetBelow(ulong settledBelow)
        {
            if (settledBelow <= Floor) return;
            if (settledBelow - Floor <= (ulong)Outcomes.Count)
            {
                for (var sequence = Floor; sequence < settledBelow; sequence++) Outcomes.Remove(sequence);
            }
            else
            {
                foreach (var sequence in Outcomes.Keys.Where(sequence => sequence < settledBelow).ToArray()) Outcomes.Remove(sequence);
            }

            Floor = settledBelow;
        }
    }
}
