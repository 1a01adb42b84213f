using System.Buffers.Binary;
using System.Security.Cryptography;
using Dtao.Economics.Ledger;
using Konscious.Security.Cryptography;

namespace Dtao.Economics.Registration;

/// <summary>The order in which the chain walks hotkeys: by the Blake2-128 hash of the key.</summary>
/// <remarks>Source: rule book 01, 10.6; the map of alpha by hotkey is kept under that hash followed by the key.</remarks>
public static class StorageOrder
{
    private const int HashBits = 128;

    /// <summary>The positions in the chain's order: hotkeys by hash, and under one hotkey the coldkeys by key.</summary>
    public static IReadOnlyList<PositionKey> Of(IEnumerable<PositionKey> positions)
    {
        var places = new Dictionary<AccountId, UInt128>();
        using HashAlgorithm blake = new HMACBlake2B(HashBits);
        return
        [
            .. positions.Select(position => (Place: PlaceOf(position.Hotkey, places, blake), Position: position))
                .OrderBy(entry => entry.Place).ThenBy(entry => entry.Position.Hotkey).ThenBy(entry => entry.Position.Coldkey)
                .Select(entry => entry.Position),
        ];
    }

    /// <summary>The Blake2-128 hash of a key, as the number that sorts like its bytes.</summary>
    public static UInt128 Hash(AccountId key)
    {
        using HashAlgorithm blake = new HMACBlake2B(HashBits);
        return Hash(key, blake);
    }

    private static UInt128 PlaceOf(AccountId hotkey, Dictionary<AccountId, UInt128> places, HashAlgorithm blake)
    {
        if (!places.TryGetValue(hotkey, out var place)) places.Add(hotkey, place = Hash(hotkey, blake));
        return place;
    }

    private static UInt128 Hash(AccountId key, HashAlgorithm blake) => BinaryPrimitives.ReadUInt128BigEndian(blake.ComputeHash(key.ToArray()));
}
