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
public sealed class OutcomeBook<TOutcome>(OutcomeBook<TOutcome>.OutcomeWriter writeOutcome, OutcomeBook<TOutcome>.OutcomeReader readOutcome)
    where TOutcome : class
{
    /// <summary>Outcomes are kept as they are stored, in arrays of bytes, where trees of objects would have to be walked by every collection.</summary>
    [ThreadStatic]
    private static RecordWriter? t_packer;

    /// <summary>Null in a book that was never written in: most accounts get nothing from others.</summary>
    private Dictionary<AccountId, SenderPage>? _pages;
    private Queue<AccountId>? _sweep;

    public int SenderCount => _pages?.Count ?? 0;

    public Verdict Judge(MessageHead head, BlockNumber now, out TOutcome? outcome)
    {
        outcome = null;
        if (_pages is not null && _pages.TryGetValue(head.Sender, out var page))
        {
            if (head.Sequence < page.Floor) return Verdict.Stale;
            if (page.TryGet(head.Sequence, out var packed))
            {
                outcome = Unpack(packed);
                return Verdict.Known;
            }
        }

        return head.LastValidBlock < now ? Verdict.Expired : Verdict.Fresh;
    }

    /// <summary>The remembered outcome of a sender's message, or null.</summary>
    public TOutcome? Find(AccountId sender, ulong sequence) =>
        _pages is not null && _pages.TryGetValue(sender, out var page) && page.TryGet(sequence, out var packed) ? Unpack(packed) : null;

    /// <summary>Remembers an outcome and forgets those that the message calls settled.</summary>
    public void Remember(AccountId sender, ulong sequence, ulong settledBelow, BlockNumber lastValidBlock, TOutcome outcome)
    {
        if (_pages is null || !_pages.TryGetValue(sender, out var page)) page = Add(sender, new SenderPage());

        if (lastValidBlock > page.LastValidBlock) page.LastValidBlock = lastValidBlock;

        // Forgetting first leaves room in the page for the new outcome.
        if (settledBelow <= sequence) page.ForgetBelow(settledBelow);
        page.Set(sequence, Pack(outcome));
        page.ForgetBelow(settledBelow);
    }

    /// <summary>Forgets what the sender has settled durably, as it says itself.</summary>
    public void Forget(AccountId sender, ulong settledBelow)
    {
        if (_pages is not null && _pages.TryGetValue(sender, out var page)) page.ForgetBelow(settledBelow);
    }

    /// <summary>
    /// Looks at a bounded number of senders: drops those with nothing left to remember, and names those whose outcomes are old
    /// enough that they should be asked what they have settled.
    /// </summary>
    public IReadOnlyList<AccountId> Sweep(BlockNumber now, ulong quietBlocks, int countMax)
    {
        if (_pages is null || _sweep is null) return [];
        List<AccountId>? old = null;
        for (var i = Math.Min(countMax, _sweep.Count); i > 0; i--)
        {
            var sender = _sweep.Dequeue();
            var page = _pages[sender];
            var isPast = page.LastValidBlock < now;
            if (isPast && page.Count == 0)
            {
                _pages.Remove(sender);
                continue;
            }

            if (page.Count > 0 && isPast && now.Value - page.LastValidBlock.Value > quietBlocks) (old ??= []).Add(sender);
            _sweep.Enqueue(sender);
        }

        return (IReadOnlyList<AccountId>?)old ?? [];
    }

    public void Write(RecordWriter writer)
    {
        writer.UInt64((ulong)SenderCount);
        if (_pages is null) return;
        foreach (var (sender, page) in _pages.OrderBy(entry => entry.Key))
        {
            writer.Account(sender);
            writer.UInt64(page.Floor);
            writer.UInt64(page.LastValidBlock.Value);
            writer.UInt64((ulong)page.Count);
            foreach (var (sequence, packed) in page.InOrder())
            {
                writer.UInt64(sequence);
                writer.Fixed(packed.Span);
            }
        }
    }

    /// <summary>How an outcome is stored.</summary>
    public delegate void OutcomeWriter(RecordWriter writer, TOutcome outcome);

    /// <summary>Reads back what an <see cref="OutcomeWriter"/> wrote.</summary>
    public delegate TOutcome OutcomeReader(ref RecordReader reader);

    /// <summary>Fills an empty book with what <see cref="Write"/> wrote.</summary>
    public void Load(ref RecordReader reader)
    {
        for (var senders = reader.Count(); senders > 0; senders--)
        {
            var sender = reader.Account();
            var page = new SenderPage { Floor = reader.UInt64(), LastValidBlock = new BlockNumber(reader.UInt64()) };
            for (var outcomes = reader.Count(); outcomes > 0; outcomes--) page.Set(reader.UInt64(), Pack(readOutcome(ref reader)));
            Add(sender, page);
        }
    }

    private SenderPage Add(AccountId sender, SenderPage page)
    {
        (_pages ??= []).Add(sender, page);
        (_sweep ??= new()).Enqueue(sender);
        return page;
    }

    /// <returns>Valid until the next outcome is packed on this thread.</returns>
    private ReadOnlySpan<byte> Pack(TOutcome outcome)
    {
        var packer = t_packer ??= new RecordWriter(256);
        packer.Clear();
        writeOutcome(packer, outcome);
        return packer.WrittenSpan;
    }

    private TOutcome Unpack(ReadOnlyMemory<byte> packed)
    {
        var reader = new RecordReader(packed.Span);
        return readOutcome(ref reader);
    }

    /// <summary>The outcomes of one sender: nearly always one, which needs no dictionary.</summary>
    /// <remarks>The bytes of that one are overwritten by the next: a new array for each outcome would live just long enough to be copied by collections.</remarks>
    private sealed class SenderPage
    {
        private ulong _firstSequence;
        private byte[] _first = [];
        private int _firstLength;
        private Dictionary<ulong, byte[]>? _others;

        public ulong Floor { get; set; } = 1;
        public BlockNumber LastValidBlock { get; set; }
        public int Count => (HasFirst ? 1 : 0) + (_others?.Count ?? 0);

        private bool HasFirst => _firstLength > 0;

        /// <param name="outcome">Valid until the page changes.</param>
        public bool TryGet(ulong sequence, out ReadOnlyMemory<byte> outcome)
        {
            var isFirst = HasFirst && _firstSequence == sequence;
            byte[]? other = null;
            var isKnown = isFirst || (_others is not null && _others.TryGetValue(sequence, out other));
            outcome = isFirst ? _first.AsMemory(0, _firstLength) : other;
            return isKnown;
        }

        public void Set(ulong sequence, ReadOnlySpan<byte> outcome)
        {
            if (HasFirst ? _firstSequence == sequence : _others?.ContainsKey(sequence) is not true) SetFirst(sequence, outcome);
            else (_others ??= [])[sequence] = outcome.ToArray();
        }

        public IEnumerable<KeyValuePair<ulong, ReadOnlyMemory<byte>>> InOrder()
        {
            var all = (_others ?? []).Select(entry => KeyValuePair.Create(entry.Key, (ReadOnlyMemory<byte>)entry.Value));
            if (HasFirst) all = all.Append(new(_firstSequence, _first.AsMemory(0, _firstLength)));
            return all.OrderBy(entry => entry.Key);
        }

        public void ForgetBelow(ulong settledBelow)
        {
            if (settledBelow <= Floor) return;
            if (_firstSequence < settledBelow) _firstLength = 0;
            if (_others is { Count: > 0 }) ForgetOthersBelow(_others, settledBelow, Floor);
            Floor = settledBelow;
        }

        private void SetFirst(ulong sequence, ReadOnlySpan<byte> outcome)
        {
            if (_first.Length < outcome.Length) _first = new byte[outcome.Length];
            outcome.CopyTo(_first);
            (_firstSequence, _firstLength) = (sequence, outcome.Length);
        }

        private static void ForgetOthersBelow(Dictionary<ulong, byte[]> others, ulong settledBelow, ulong floor)
        {
            if (settledBelow - floor <= (ulong)others.Count)
            {
                for (var sequence = floor; sequence < settledBelow; sequence++) others.Remove(sequence);
            }
            else
            {
                foreach (var sequence in others.Keys.Where(sequence => sequence < settledBelow).ToArray()) others.Remove(sequence);
            }
        }
    }
}
