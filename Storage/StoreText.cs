using System.Text;

namespace Dtao.Storage;

/// <summary>Texts as the bytes by which stores keep and order them.</summary>
internal static class StoreText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>UTF-8; refuses a lone surrogate, because a replacement character would make two keys one.</summary>
    public static byte[] Encode(string text) => Strict.GetBytes(text);

    public static string Decode(ReadOnlySpan<byte> bytes) => Strict.GetString(bytes);

    /// <summary>The first key after all keys with this prefix; null when there is no end. No UTF-8 byte is 0xFF.</summary>
    public static byte[]? AfterPrefix(ReadOnlySpan<byte> prefix)
    {
        if (prefix.IsEmpty) return null;
        var after = prefix.ToArray();
        after[^1]++;
        return after;
    }
}
