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
