namespace Dtao.Keys.Files;

/// <summary>A key and the words that it came from, where it came from words.</summary>
public sealed class StoredKey(KeyPair pair, string? phrase) : IDisposable
{
    public KeyPair Pair { get; } = pair;

    /// <summary>Null where the key came from a seed, a path, or another file.</summary>
    public string? Phrase { get; } = phrase;

    public override string ToString() => Pair.ToString();

    public void Dispose() => Pair.Dispose();
}
