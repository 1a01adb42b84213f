using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dtao.Economics;

/// <summary>The 32-byte public key of a coldkey, a hotkey, or a system account.</summary>
/// <remarks>Ordered by its raw bytes, as the chain orders account ids.</remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly struct AccountId : IEquatable<AccountId>, IComparable<AccountId>
{
    public const int Length = 32;

    private readonly ulong _word0;
    private readonly ulong _word1;
    private readonly ulong _word2;
    private readonly ulong _word3;

    /// <summary>The account that fees go to when a network has no fee account.</summary>
    public static readonly AccountId Burn = System("modlburntnsr"u8, null);

    public AccountId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length) throw new ArgumentException($"An account id has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        _word0 = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _word1 = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _word2 = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _word3 = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>The account that physically holds the TAO of a subnet's pool.</summary>
    public static AccountId OfSubnet(NetUid netuid) => System("modlsubtensr"u8, netuid);

    /// <summary>Whether this is the account of some subnet; such an account can never be a hotkey.</summary>
    public bool IsSubnetAccount
    {
        get
        {
            Span<byte> bytes = stackalloc byte[Length];
            CopyTo(bytes);
            return bytes.StartsWith("modlsubtensr"u8) && bytes[14..].IndexOfAnyExcept((byte)0) < 0;
        }
    }

    public static bool operator ==(AccountId left, AccountId right) => left.Equals(right);
    public static bool operator !=(AccountId left, AccountId right) => !left.Equals(right);
    public static bool operator <(AccountId left, AccountId right) => left.CompareTo(right) < 0;
    public static bool operator >(AccountId left, AccountId right) => left.CompareTo(right) > 0;
    public static bool operator <=(AccountId left, AccountId right) => left.CompareTo(right) <= 0;
    public static bool operator >=(AccountId left, AccountId right) => left.CompareTo(right) >= 0;

    /// <summary>Reads 64 hexadecimal digits, with or without 0x.</summary>
    public static bool TryParseHex(ReadOnlySpan<char> text, out AccountId account)
    {
        account = default;
        if (text.StartsWith("0x", StringComparison.Ordinal)) text = text[2..];
        if (text.Length != 2 * Length) return false;
        Span<byte> bytes = stackalloc byte[Length];
        if (Convert.FromHexString(text, bytes, out _, out var written) != global::System.Buffers.OperationStatus.Done || written != Length) return false;
        account = new AccountId(bytes);
        return true;
    }

    public static AccountId ParseHex(ReadOnlySpan<char> text) =>
        TryParseHex(text, out var account) ? account : throw new FormatException("An account id is 64 hexadecimal digits.");

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _word0);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _word1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _word2);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _word3);
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    public bool Equals(AccountId other) =>
        _word0 == other._word0 && _word1 == other._word1 && _word2 == other._word2 && _word3 == other._word3;

    public int CompareTo(AccountId other)
    {
        var order = _word0.CompareTo(other._word0);
        if (order == 0) order = _word1.CompareTo(other._word1);
        if (order == 0) order = _word2.CompareTo(other._word2);
        return order != 0 ? order : _word3.CompareTo(other._word3);
    }

    public override bool Equals(object? obj) => obj is AccountId other && Equals(other);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override int GetHashCode()
    {
        var mixed = unchecked((_word0 ^ (_word1 * 0x9E3779B97F4A7C15)) + (_word2 ^ (_word3 * 0xC2B2AE3D27D4EB4F)));
        return unchecked((int)(mixed ^ (mixed >> 32)));
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray());

    private static AccountId System(ReadOnlySpan<byte> palletAccount, NetUid? netuid)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes.Clear();
        palletAccount.CopyTo(bytes);
        if (netuid is { } number) BinaryPrimitives.WriteUInt16LittleEndian(bytes[palletAccount.Length..], number.Value);
        return new AccountId(bytes);
    }
}
