using System.Collections.Concurrent;
using System.Security.Cryptography;
using Dtao.Grains;
using Dtao.Grains.Wire;

namespace Dtao.Api.Writes;

/// <summary>Which content this host has signed under which id, for the newest ids.</summary>
/// <remarks>Only for development accounts on networks of signed operations, where the ledger's own comparison counts the nonce as content. Lost with the process, and then not missed by the ledger.</remarks>
internal sealed class SignedContents
{
    /// <summary>How many ids are remembered.</summary>
    private const int IdsMax = 4_096;

    private readonly ConcurrentDictionary<OperationId, Guid> _contents = new();
    private readonly ConcurrentQueue<OperationId> _order = new();

    /// <summary>Whether nothing else is known to have been signed under this id; remembers it.</summary>
    public bool IsSame(AskedOperation asked)
    {
        var writer = new RecordWriter(256);
        writer.Account(asked.Signer);
        LedgerCodec.Write(writer, asked.Call);
        var content = new Guid(SHA256.HashData(writer.WrittenSpan).AsSpan(0, 16));
        if (!_contents.TryAdd(asked.Id, content)) return _contents.TryGetValue(asked.Id, out var known) && known == content;
        _order.Enqueue(asked.Id);
        while (_contents.Count > IdsMax && _order.TryDequeue(out var oldest)) _contents.TryRemove(oldest, out _);
        return true;
    }
}
