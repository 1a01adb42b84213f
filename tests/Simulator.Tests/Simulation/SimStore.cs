namespace Dtao.Simulator.Tests.Simulation;

/// <summary>One activation's hold on one actor's events.</summary>
internal abstract class SimJournal
{
    /// <summary>Completes when the events can be read.</summary>
    public abstract Task Opened { get; }

    /// <summary>Whether nobody else has taken over or written since.</summary>
    public abstract bool IsCurrent { get; }

    /// <summary>False when another activation has taken over.</summary>
    public abstract bool TryAppend(byte[] bytes, long note, out long position);

    public abstract Task WhenDurable(long position);
}

/// <summary>Where the actors of a world keep their events.</summary>
internal abstract class SimStore
{
    /// <summary>Names the log when it keeps one order over all actors; empty otherwise.</summary>
    public Guid LogId { get; protected set; }

    public abstract SimJournal Open(SimActor actor);

    /// <summary>The process has died: what was not durable is gone, but for a write on its way that may have landed.</summary>
    public abstract void CrashProcess();
}

/// <summary>One ordered log over all actors of a process: what is durable is a prefix of it.</summary>
internal sealed class OrderedStore : SimStore
{
    private readonly World _world;
    private readonly List<(ActorRecord Record, byte[] Bytes, long Note)> _log = new(64);
    private readonly List<(long Position, SimActor Owner, TaskCompletionSource Done)> _waiters = new(16);
    private int _durable;
    private int _writing;
    private long _epoch = 1;

    public OrderedStore(World world)
    {
        _world = world;
        Rename();
    }

    public override SimJournal Open(SimActor actor)
    {
        actor.Stored.Owner = actor;
        return new Journal(this, actor);
    }

    public override void CrashProcess()
    {
        if (_writing > _durable && _world.Random.Chance(500)) MakeDurable(_writing);
        for (var i = _durable; i < _log.Count; i++) _log[i].Record.LoseTail();
        _log.RemoveRange(_durable, _log.Count - _durable);
        _waiters.Clear();
        _writing = _durable;
        _epoch++;
        Rename();
    }

    private void Rename() => LogId = new Guid((int)_epoch, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7);

    /// <summary>A write takes what was appended so far; what comes meanwhile forms the next.</summary>
    private void BeginWrite()
    {
        if (_writing > _durable || _log.Count == _durable) return;
        _writing = _log.Count;
        var epoch = _epoch;
        _world.Schedule.Add(null, "log written", () =>
        {
            if (epoch != _epoch) return;
            if (_world.HasFaults && _world.Random.Chance(4))
            {
                _world.CrashProcess("the log's write failed");
                return;
            }

            MakeDurable(_writing);
            BeginWrite();
        });
    }

    private void MakeDurable(int count)
    {
        for (; _durable < count; _durable++)
        {
            var (record, bytes, note) = _log[_durable];
            record.MakeDurable(bytes, note);
        }

        _world.Invariants.MarkChanged();
        for (var i = _waiters.Count - 1; i >= 0; i--)
        {
            var (position, owner, done) = _waiters[i];
            if (position > _durable) continue;
            _waiters[i] = _waiters[^1];
            _waiters.RemoveAt(_waiters.Count - 1);
            _world.Schedule.Add(owner, "durable", done.SetResult);
        }
    }

    private Task WhenDurable(SimActor owner, long position)
    {
        if (position <= _durable) return Task.CompletedTask;
        var done = new TaskCompletionSource();
        _waiters.Add((position, owner, done));
        return done.Task;
    }

    private sealed class Journal(OrderedStore store, SimActor actor) : SimJournal
    {
        public override Task Opened { get; } = store.WhenDurable(actor, actor.Stored.LastPosition);

        public override bool IsCurrent => actor.Stored.Owner == actor;

        public override bool TryAppend(byte[] bytes, long note, out long position)
        {
            position = 0;
            if (actor.Stored.Owner != actor && store._world.Bug != Bug.VersionUnchecked) return false;
            actor.Stored.Events.Add(bytes);
            store._log.Add((actor.Stored, bytes, note));
            position = actor.Stored.LastPosition = store._log.Count;
            store.BeginWrite();
            return true;
        }

        public override Task WhenDurable(long position) => store.WhenDurable(actor, position);
    }
}

/// <summary>A store without order: each actor's events are rows of their own, and rows of several actors share a batch.</summary>
internal sealed class SeparateStore(World world) : SimStore
{
    private readonly List<Journal> _journals = [];
    private bool _isWriteDue;

    public override SimJournal Open(SimActor actor)
    {
        var journal = new Journal(this, actor);
        _journals.Add(journal);
        return journal;
    }

    public override void CrashProcess() => _journals.RemoveAll(journal => !journal.Actor.IsAlive);

    private void RequestWrite()
    {
        if (_isWriteDue) return;
        _isWriteDue = true;
        world.Schedule.Add(null, "batch written", WriteBatch);
    }

    private void WriteBatch()
    {
        _isWriteDue = false;
        _journals.RemoveAll(journal => !journal.Actor.IsAlive);
        var batch = new List<Journal>(4);
        var isRest = false;
        foreach (var journal in _journals)
        {
            if (!journal.CanWrite) continue;
            if ((batch.Count == 0 && world.Focus.WriteShare >= 750) || world.Random.Chance(world.Focus.WriteShare)) batch.Add(journal);
            else isRest = true;
        }

        if (isRest) RequestWrite();
        var isLost = world.HasFaults && world.Random.Chance(15);
        var isUnknown = world.HasFaults && world.Random.Chance(15);
        var hides = world.Bug == Bug.ConflictHiddenByNeighbour && batch.Exists(journal => !journal.Conflicts);
        foreach (var journal in batch)
        {
            var isStored = !isLost && (!journal.Conflicts || world.Bug == Bug.VersionUnchecked);
            journal.Write(isStored, isTold: !isLost && !isUnknown && (isStored || hides));
        }

        world.Invariants.MarkChanged();
    }

    private sealed class Journal(SeparateStore store, SimActor actor) : SimJournal
    {
        private readonly List<(long Position, TaskCompletionSource Done)> _waiters = [];
        private List<(byte[] Bytes, long Note)> _pending = [];
        private long _appended;
        private long _durable;
        private int _version = -1;
        private int _latest;
        private bool _isWriting;

        public SimActor Actor => actor;

        public bool CanWrite => actor.IsAlive && !_isWriting && _pending.Count > 0;

        /// <summary>Whether another activation has written since this one read.</summary>
        public bool Conflicts => actor.Stored.DurableCount != _version;

        public override Task Opened
        {
            get
            {
                _version = _latest = actor.Stored.DurableCount;
                return Task.CompletedTask;
            }
        }

        public override bool IsCurrent => actor.Stored.DurableCount == _latest;

        public override bool TryAppend(byte[] bytes, long note, out long position)
        {
            _pending.Add((bytes, note));
            position = ++_appended;
            if (!_isWriting) store.RequestWrite();
            return true;
        }

        public override Task WhenDurable(long position)
        {
            if (position <= _durable) return Task.CompletedTask;
            var done = new TaskCompletionSource();
            _waiters.Add((position, done));
            return done.Task;
        }

        public void Write(bool isStored, bool isTold)
        {
            var (events, upTo) = (_pending, _appended);
            _pending = [];
            _isWriting = true;
            if (isStored)
            {
                foreach (var (bytes, note) in events)
                {
                    actor.Stored.Events.Add(bytes);
                    actor.Stored.MakeDurable(bytes, note);
                }

                _latest = actor.Stored.DurableCount;
            }

            actor.World.Schedule.Add(actor, isTold ? "told that it is written" : "told that the write failed", () => Told(isTold, events.Count, upTo));
        }

        private void Told(bool isTold, int count, long upTo)
        {
            _isWriting = false;
            if (!isTold && actor.World.Bug != Bug.PoisonIgnored)
            {
                actor.Kill();
                return;
            }

            if (isTold)
            {
                _durable = upTo;
                _version += count;
            }

            _waiters.RemoveAll(waiter =>
            {
                if (waiter.Position > upTo) return false;
                if (isTold) actor.World.Schedule.Add(actor, "durable", waiter.Done.SetResult);
                return true;
            });
            if (_pending.Count > 0) store.RequestWrite();
        }
    }
}
