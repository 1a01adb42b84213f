namespace Dtao.Grains.Feed.Index;

/// <summary>Which actors have written in this process since the index asked; nothing is noted while it does not ask. Safe for use by many.</summary>
public sealed class WrittenActors(TimeProvider time)
{
    /// <summary>More than these are not kept: the index looks at all that are active here instead.</summary>
    public const int ActorsMax = 16_384;

    /// <summary>For how long after a question it is noted who writes.</summary>
    public static readonly TimeSpan NotedFor = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private volatile bool _isOn;
    private long _askedAt;
    private string _taker = string.Empty;
    private long _number;
    private HashSet<string> _written = new(StringComparer.Ordinal);
    private HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>Whether <see cref="_written"/> holds all since the last answer.</summary>
    private bool _isComplete;
    private bool _wasComplete;

    /// <summary>A journal has grown, and that is durable or not known.</summary>
    public void Note(GrainId actor)
    {
        if (!_isOn) return;
        var actorKey = actor.Key.ToString()!;
        lock (_lock)
        {
            if (time.GetElapsedTime(_askedAt) > NotedFor)
            {
                TurnOff();
                return;
            }

            if (_written.Count < ActorsMax) _written.Add(actorKey);
            else Forget();
        }
    }

    /// <inheritdoc cref="IWrittenActorsGrain.Take"/>
    public WrittenReply Take(string taker, long taken)
    {
        lock (_lock)
        {
            if (_isOn && time.GetElapsedTime(_askedAt) > NotedFor) TurnOff();
            _askedAt = time.GetTimestamp();
            if (taker != _taker) Forget();
            else if (taken != _number)
            {
                _written.UnionWith(_told);
                _isComplete &= _wasComplete;
                if (_written.Count > ActorsMax) Forget();
            }

            (_told, _wasComplete) = (_written, _isComplete);
            (_written, _isComplete, _isOn, _taker) = (new(StringComparer.Ordinal), true, true, taker);
            return new WrittenReply(true, ++_number, _wasComplete, [.. _told]);
        }
    }

    private void TurnOff()
    {
        _isOn = false;
        _told.Clear();
        Forget();
    }

    private void Forget()
    {
        _written.Clear();
        _isComplete = false;
    }
}
