using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Dtao.Hosting.Export;

/// <summary>Counts and digests a ledger as it passes, and holds it to its form. Whoever moves a ledger has it pass here on both sides.</summary>
internal sealed class LedgerTally
{
    private static readonly byte[] s_none = new byte[SHA256.HashSizeInBytes];

    private readonly ulong[] _sum = new ulong[4];
    private byte[] _scratch = new byte[4_096];
    private byte[] _chain = s_none;
    private byte[] _genesis = s_none;
    private string? _actor;
    private long _snapshotAt;
    private long _version;
    private bool _hasSnapshot;
    private bool _mayHaveGenesis;
    private long _actors;
    private long _events;
    private long _snapshots;
    private long _bytes;

    /// <summary>The chain's value after the last event of the actor that has just ended.</summary>
    public ReadOnlyMemory<byte> Chain => _chain;

    /// <exception cref="InvalidDataException">No ledger looks like this.</exception>
    public void Take(in LedgerItem item)
    {
        switch (item.Kind)
        {
            case LedgerItemKind.Document:
                Expect(_actor is null && _actors == 0, "A genesis document stands before all actors.");
                break;
            case LedgerItemKind.Actor:
                Expect(_actor is null, $"Journal '{_actor}' has no end.");
                Expect(item.ActorKey.Length > 0 && item.Number >= 0, "A journal has a name.");
                (_actor, _snapshotAt, _version, _hasSnapshot, _mayHaveGenesis, _chain, _genesis) = (item.ActorKey, item.Number, 0, false, true, s_none, s_none);
                break;
            case LedgerItemKind.Genesis:
                Expect(_actor is not null && _mayHaveGenesis, "A genesis state stands at the beginning of its journal.");
                _mayHaveGenesis = false;
                _genesis = SHA256.HashData(item.Bytes.Span);
                Count(item, isSnapshot: true);
                break;
            case LedgerItemKind.Event:
                Expect(_actor is not null && item.Number == _version + 1, $"Journal '{_actor}' has no event {_version + 1}.");
                _mayHaveGenesis = false;
                _version++;
                Extend(item.Bytes.Span);
                Count(item, isSnapshot: false);
                break;
            case LedgerItemKind.Snapshot:
                Expect(_actor is not null && !_hasSnapshot && _version == _snapshotAt && item.Number == _version && _version > 0, $"A snapshot of '{_actor}' is not behind its last event.");
                _hasSnapshot = true;
                Count(item, isSnapshot: true);
                break;
            case LedgerItemKind.End:
                End(item);
                break;
            default:
                throw new InvalidDataException($"A ledger has no items of kind {(byte)item.Kind}.");
        }
    }

    /// <summary>What has passed. No journal may be open.</summary>
    public LedgerTotals Totals()
    {
        Expect(_actor is null, $"Journal '{_actor}' has no end.");
        var digest = new byte[SHA256.HashSizeInBytes];
        for (var i = 0; i < _sum.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(digest.AsSpan(i * sizeof(ulong)), _sum[i]);
        return new LedgerTotals(_actors, _events, _snapshots, _bytes, digest);
    }

    /// <summary>Adds what has passed another tally. No journal may be open on either side.</summary>
    public void Add(LedgerTally other)
    {
        Expect(_actor is null && other._actor is null, "A journal has no end.");
        AddHash(other._sum);
        _actors += other._actors;
        _events += other._events;
        _snapshots += other._snapshots;
        _bytes += other._bytes;
    }

    private void End(in LedgerItem item)
    {
        Expect(_actor is not null && item.Number == _version, $"Journal '{_actor}' does not end at event {item.Number}.");
        Expect(_snapshotAt == 0 || _hasSnapshot, $"The newest snapshot of '{_actor}' is missing.");
        Expect(item.Bytes.IsEmpty || item.Bytes.Span.SequenceEqual(_chain), $"The events of '{_actor}' are not those that were written: their digest differs.");
        var hash = HashOfActor();
        AddHash([.. Enumerable.Range(0, _sum.Length).Select(i => BinaryPrimitives.ReadUInt64LittleEndian(hash.AsSpan(i * sizeof(ulong))))]);
        _actors++;
        _actor = null;
    }

    private byte[] HashOfActor()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[sizeof(long)];
        var key = Encoding.UTF8.GetBytes(_actor!);
        BinaryPrimitives.WriteInt64LittleEndian(number, key.Length);
        hash.AppendData(number);
        hash.AppendData(key);
        hash.AppendData(_genesis);
        BinaryPrimitives.WriteInt64LittleEndian(number, _version);
        hash.AppendData(number);
        hash.AppendData(_chain);
        return hash.GetHashAndReset();
    }

    /// <summary>A sum modulo 2 to the 256th: the same in whatever order actors come.</summary>
    private void AddHash(ReadOnlySpan<ulong> hash)
    {
        ulong carry = 0;
        for (var i = 0; i < _sum.Length; i++)
        {
            var sum = (UInt128)_sum[i] + hash[i] + carry;
            _sum[i] = (ulong)(sum & ulong.MaxValue);
            carry = (ulong)(sum >> 64);
        }
    }

    private void Extend(ReadOnlySpan<byte> happened)
    {
        var length = _chain.Length + happened.Length;
        if (_scratch.Length < length) _scratch = new byte[Math.Max(length, checked(_scratch.Length * 2))];
        _chain.CopyTo(_scratch, 0);
        happened.CopyTo(_scratch.AsSpan(_chain.Length));
        _chain = SHA256.HashData(_scratch.AsSpan(0, length));
    }

    private void Count(in LedgerItem item, bool isSnapshot)
    {
        _bytes += item.Bytes.Length;
        if (isSnapshot) _snapshots++;
        else _events++;
    }

    private static void Expect(bool holds, string message)
    {
        if (!holds) throw new InvalidDataException(message);
    }
}
