using Dtao.Economics;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Stakers;

/// <summary>The stored layout of what a swap of keys changes at an account.</summary>
internal static class KeyNoticeCodec
{
    public static void Write(RecordWriter writer, KeyNotice notice)
    {
        WriteList(writer, notice.Gone);
        WriteList(writer, notice.Come);
        WriteList(writer, notice.Owned);
        writer.Bool(notice.EndsColdkeySwap);
    }

    public static KeyNotice Read(ref RecordReader reader) => new(ReadList(ref reader), ReadList(ref reader), ReadList(ref reader), reader.Bool());

    /// <summary>What becomes of an identity stands behind a notice, in records that say so.</summary>
    public static void WriteIdentity(RecordWriter writer, IdentityChange? change)
    {
        writer.Byte((byte)(change is null ? 0 : change.After is null ? 1 : 2));
        if (change is null) return;
        writer.UInt64(change.Below);
        if (change.After is { } identity) LedgerCodec.Write(writer, identity);
    }

    public static IdentityChange? ReadIdentity(ref RecordReader reader)
    {
        var kind = reader.Byte();
        if (kind > 2) throw new InvalidDataException($"There is no change {kind} of an identity.");
        if (kind == 0) return null;
        var below = reader.UInt64();
        return new IdentityChange(kind == 2 ? LedgerCodec.ReadColdkeyIdentity(ref reader) : null, below);
    }

    public static void WriteList(RecordWriter writer, IReadOnlyCollection<AccountId> keys)
    {
        writer.UInt64((ulong)keys.Count);
        foreach (var key in keys) writer.Account(key);
    }

    public static AccountId[] ReadList(ref RecordReader reader)
    {
        var keys = new AccountId[reader.Count()];
        for (var i = 0; i < keys.Length; i++) keys[i] = reader.Account();
        return keys;
    }
}
