using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Dtao.Keys.Mnemonics;

/// <summary>Words for a secret: BIP39's English words, from which Substrate takes the entropy and not, as others do, the text.</summary>
/// <remarks>Source: BIP39 for words and checksum; Substrate's bip39 for the seed.</remarks>
public static class Mnemonic
{
    /// <summary>What a new wallet gets unless it asks for more.</summary>
    public const int WordsDefault = 12;

    private const int BitsPerWord = 11;
    private const int Iterations = 2_048;

    private static readonly string[] s_words = ReadWords();
    private static readonly FrozenDictionary<string, int> s_places = s_words.Index().ToFrozenDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);

    /// <summary>New words from the system's randomness.</summary>
    /// <param name="words">12, 15, 18, 21, or 24.</param>
    public static string Generate(int words = WordsDefault)
    {
        if (!IsCount(words)) throw new ArgumentOutOfRangeException(nameof(words), words, "A mnemonic has 12, 15, 18, 21, or 24 words.");
        Span<byte> entropy = stackalloc byte[words / 3 * 4];
        RandomNumberGenerator.Fill(entropy);
        var text = FromEntropy(entropy);
        CryptographicOperations.ZeroMemory(entropy);
        return text;
    }

    /// <summary>The words of 16, 20, 24, 28, or 32 bytes.</summary>
    public static string FromEntropy(ReadOnlySpan<byte> entropy)
    {
        if (entropy.Length % 4 != 0 || !IsCount(entropy.Length / 4 * 3)) throw new ArgumentOutOfRangeException(nameof(entropy), "Entropy has 16, 20, 24, 28, or 32 bytes.");
        Span<byte> bits = stackalloc byte[entropy.Length + 1];
        entropy.CopyTo(bits);
        bits[^1] = ChecksumByte(entropy);
        var words = new string[entropy.Length / 4 * 3];
        for (var i = 0; i < words.Length; i++)
        {
            var place = 0;
            for (var bit = i * BitsPerWord; bit < (i + 1) * BitsPerWord; bit++) place = (place << 1) | ((bits[bit / 8] >> (7 - (bit % 8))) & 1);
            words[i] = s_words[place];
        }

        CryptographicOperations.ZeroMemory(bits);
        return string.Join(' ', words);
    }

    /// <summary>The entropy of words; null and the fault where they are none.</summary>
    public static byte[]? ToEntropy(string phrase, out KeyFault fault)
    {
        var words = phrase.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        fault = IsCount(words.Length) ? KeyFault.None : KeyFault.WordCount;
        if (fault != KeyFault.None) return null;
        Span<byte> bits = stackalloc byte[words.Length * BitsPerWord / 8 + 1];
        bits.Clear();
        for (var i = 0; i < words.Length; i++)
        {
            if (!s_places.TryGetValue(words[i], out var place))
            {
                fault = KeyFault.UnknownWord;
                return null;
            }

            for (var bit = 0; bit < BitsPerWord; bit++)
            {
                var at = (i * BitsPerWord) + bit;
                if ((place >> (BitsPerWord - 1 - bit) & 1) != 0) bits[at / 8] |= (byte)(1 << (7 - (at % 8)));
            }
        }

        var entropy = bits[..(words.Length / 3 * 4)].ToArray();
        var mask = 0xFF << (8 - (entropy.Length / 4));
        var isRight = ((bits[entropy.Length] ^ ChecksumByte(entropy)) & mask) == 0;
        CryptographicOperations.ZeroMemory(bits);
        if (isRight) return entropy;
        fault = KeyFault.BadChecksum;
        return null;
    }

    /// <summary>The seed of words and a password; null and the fault where they are none.</summary>
    public static byte[]? ToSeed(string phrase, string password, out KeyFault fault)
    {
        if (ToEntropy(phrase, out fault) is not { } entropy) return null;
        var salt = Encoding.UTF8.GetBytes("mnemonic" + password);
        Span<byte> wide = stackalloc byte[64];
        Rfc2898DeriveBytes.Pbkdf2(entropy, salt, wide, Iterations, HashAlgorithmName.SHA512);
        var seed = wide[..KeyPair.SeedLength].ToArray();
        CryptographicOperations.ZeroMemory(entropy);
        CryptographicOperations.ZeroMemory(salt);
        CryptographicOperations.ZeroMemory(wide);
        return seed;
    }

    private static bool IsCount(int words) => words is 12 or 15 or 18 or 21 or 24;

    private static byte ChecksumByte(ReadOnlySpan<byte> entropy)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(entropy, digest);
        return digest[0];
    }

    private static string[] ReadWords()
    {
        using var stream = typeof(Mnemonic).Assembly.GetManifestResourceStream("Mnemonics/english.txt")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
