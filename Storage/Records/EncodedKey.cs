namespace Dtao.Storage;

/// <summary>A record's key as stores compare it: owner, then name, both by their UTF-8 bytes.</summary>
internal readonly record struct EncodedKey(byte[] Owner, byte[] Name) : IComparable<EncodedKey>
{
    public static EncodedKey Of(RecordKey key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key.Owner);
        ArgumentNullException.ThrowIfNull(key.Name);
        return new(StoreText.Encode(key.Owner), StoreText.Encode(key.Name));
    }

    public int CompareTo(EncodedKey other)
    {
        var byOwner = Owner.AsSpan().SequenceCompareTo(other.Owner);
        return byOwner != 0 ? byOwner : Name.AsSpan().SequenceCompareTo(other.Name);
    }
}
