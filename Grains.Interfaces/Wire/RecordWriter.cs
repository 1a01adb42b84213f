using System.Buffers.Binary;
using System.Text;
using Dtao.Economics;

namespace Dtao.Grains.Wire;

/// <summary>Writes the compact layout that journals, snapshots, and messages share: little-endian, variable-length integers.</summary>
/// <remarks>Every stored record starts with its own format version; see the golden-bytes tests.</remarks>
public sealed class RecordWriter
{
    /// <summary>So many accounts of a record are known again; what comes beyond them is written out.</summary>
    internal const int NamedMax = 16;

    private byte[] _buffer;
    private int _length;

    /// <summary>Accounts that stand in the record, in order.</summary>
    private AccountId[]? _named;
    private int _namedCount;
    private bool _namesOnce;

    public RecordWriter(int capacity = 256) => _buffer = new byte[capacity];

    public int Length => _length;
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);
    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, _length);

    public void Clear()
    {
        _length = 0;
        _namesOnce = false;
    }

    /// <summary>From here to the end of the record an account that stood there before is one byte: its number among those, from 1 on. A zero is before one that is written out.</summary>
    /// <remarks>The record's version has to say so: whoever reads it calls <see cref="RecordReader.NameAccountsOnce"/> at the same place.</remarks>
    public void NameAccountsOnce()
    {
        _named ??= new AccountId[NamedMax];
        _namedCount = 0;
        _namesOnce = true;
    }

    public byte[] ToArray() => WrittenSpan.ToArray();

    public void Byte(byte value) => Reserve(1)[0] = value;

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void TwoBytes(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Reserve(sizeof(ushort)), value);

    /// <summary>Seven bits a byte, least significant first.</summary>
    public void UInt64(ulong value)
    {
        var span = Reserve(10);
        var count = 0;
        while (value >= 0x80)
        {
            span[count++] = (byte)(0x80 | (value & 0x7F));
            value >>= 7;
        }

        span[count++] = (byte)value;
        _length -= 10 - count;
    }

    /// <summary>Zigzag, so that small negative numbers stay small.</summary>
    public void Int64(long value) => UInt64(unchecked((ulong)((value << 1) ^ (value >> 63))));

    public void UInt128(UInt128 value)
    {
        UInt64((ulong)(value & ulong.MaxValue));
        UInt64((ulong)(value >> 64));
    }

    public void Int128(Int128 value) => UInt128(unchecked(((UInt128)value << 1) ^ (UInt128)(value >> 127)));

    public void Account(AccountId value)
    {
        if (_namesOnce && WriteNumber(value)) return;
        value.CopyTo(Reserve(AccountId.Length));
    }

    private bool WriteNumber(AccountId value)
    {
        var number = 1 + _named.AsSpan(0, _namedCount).IndexOf(value);
        Byte((byte)number);
        if (number == 0 && _namedCount < NamedMax) _named![_namedCount++] = value;
        return number > 0;
    }

    public void Account(AccountId? value)
    {
        Bool(value is not null);
        if (value is { } account) Account(account);
    }

    public void Guid(Guid value) => value.TryWriteBytes(Reserve(16));

    public void SafeFloat(SafeFloat value)
    {
        UInt128(value.Mantissa);
        Int64(value.Exponent);
    }

    public void OptionalUInt64(ulong? value)
    {
        Bool(value is not null);
        if (value is { } number) UInt64(number);
    }

    public void Text(string? value)
    {
        if (value is null)
        {
            UInt64(0);
            return;
        }

        var count = Encoding.UTF8.GetByteCount(value);
        UInt64((ulong)count + 1);
        Encoding.UTF8.GetBytes(value, Reserve(count));
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        UInt64((ulong)value.Length);
        value.CopyTo(Reserve(value.Length));
    }

    public void Fixed(ReadOnlySpan<byte> value) => value.CopyTo(Reserve(value.Length));

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length < count) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        var span = _buffer.AsSpan(_length, count);
        _length += count;
        return span;
    }
}

/// <summary>Reads what <see cref="RecordWriter"/> wrote. Malformed bytes throw <see cref="InvalidDataException"/>.</summary>
public ref struct RecordReader(ReadOnlySpan<byte> source)
{
    /// <summary>Most records name no more.</summary>
    private const int NamedFirst = 4;

    private ReadOnlySpan<byte> _rest = source;

    /// <summary>Accounts that stood in the record, in order; null where each is written out.</summary>
    private AccountId[]? _named;
    private int _namedCount;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public bool Bool() => Byte() switch
    {
        0 => false,
        1 => true,
        var other => throw new InvalidDataException($"A flag is 0 or 1, not {other}."),
    };

    public ushort TwoBytes() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    public ulong UInt64()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Byte();
            value |= unchecked((ulong)(next & 0x7F) << shift);
            if (next < 0x80) return value;
        }

        throw new InvalidDataException("A variable-length integer is longer than ten bytes.");
    }

    public long Int64()
    {
        var zigzag = UInt64();
        return unchecked((long)(zigzag >> 1) ^ -(long)(zigzag & 1));
    }

    public UInt128 UInt128()
    {
        var low = UInt64();
        var high = UInt64();
        return new UInt128(high, low);
    }

    public Int128 Int128()
    {
        var zigzag = UInt128();
        return unchecked((Int128)(zigzag >> 1) ^ -(Int128)(zigzag & 1));
    }

    public ushort UInt16() => checked((ushort)UInt64());

    public int Count(int max = int.MaxValue)
    {
        var count = UInt64();
        return count <= (ulong)max ? (int)count : throw new InvalidDataException($"A count of {count} exceeds {max}.");
    }

    /// <inheritdoc cref="RecordWriter.NameAccountsOnce"/>
    public void NameAccountsOnce() => _named = new AccountId[NamedFirst];

    public AccountId Account()
    {
        if (_named is null) return new(Take(AccountId.Length));
        var number = Byte();
        if (number > _namedCount) throw new InvalidDataException($"A record names its account {number} and has {_namedCount} before.");
        if (number > 0) return _named[number - 1];
        var account = new AccountId(Take(AccountId.Length));
        if (_namedCount == RecordWriter.NamedMax) return account;
        if (_namedCount == _named.Length) Array.Resize(ref _named, Math.Min(2 * _named.Length, RecordWriter.NamedMax));
        _named[_namedCount++] = account;
        return account;
    }

    public AccountId? OptionalAccount() => Bool() ? Account() : null;

    public Guid Guid() => new(Take(16));

    public SafeFloat SafeFloat()
    {
        var mantissa = UInt128();
        return Economics.SafeFloat.FromStored(mantissa, Int64());
    }

    public ulong? OptionalUInt64() => Bool() ? UInt64() : null;

    public string? Text()
    {
        var count = UInt64();
        return count == 0 ? null : Encoding.UTF8.GetString(Take(checked((int)(count - 1))));
    }

    public byte[] Bytes() => Take(Count()).ToArray();

    public byte[] Fixed(int count) => Take(count).ToArray();

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_rest.Length < count) throw new InvalidDataException($"The record ends {count - _rest.Length} bytes early.");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
