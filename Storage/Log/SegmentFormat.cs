namespace Dtao.Storage;

/// <summary>
/// The payload of a segment row: a format byte (1), then each event as its length (unsigned LEB128) and its bytes.
/// </summary>
internal static class SegmentFormat
{
    public const byte Version1 = 1;
    private const int LengthBytesMax = 5;

    /// <summary>How many bytes <see cref="Write"/> may need for one event.</summary>
    public static int SizeMax(int eventLength) => eventLength + LengthBytesMax;

    /// <summary>Writes one event and returns how many bytes it took.</summary>
    public static int Write(Span<byte> target, ReadOnlySpan<byte> canonicalEvent)
    {
        var at = 0;
        var rest = (uint)canonicalEvent.Length;
        while (rest >= 0x80)
        {
            target[at++] = (byte)((rest & 0x7f) | 0x80);
            rest >>= 7;
        }

        target[at++] = (byte)rest;
        canonicalEvent.CopyTo(target[at..]);
        return at + canonicalEvent.Length;
    }

    /// <summary>Opens a payload; false when its format is not known.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> payload, out Reader reader)
    {
        var isKnown = payload.Length > 0 && payload[0] == Version1;
        reader = new(isKnown ? payload[1..] : default);
        return isKnown;
    }

    /// <summary>Reads the events of a payload one after the other.</summary>
    internal ref struct Reader(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> rest = rest;

        public readonly bool IsAtEnd => rest.IsEmpty;

        /// <summary>The next event; false when the bytes are not one.</summary>
        public bool TryRead(out ReadOnlySpan<byte> canonicalEvent)
        {
            canonicalEvent = default;
            ulong length = 0;
            for (var at = 0; at < Math.Min(LengthBytesMax, rest.Length); at++)
            {
                length |= (ulong)(rest[at] & 0x7f) << (7 * at);
                if ((rest[at] & 0x80) != 0) continue;
                var body = rest[(at + 1)..];
                if (length > (ulong)body.Length) return false;
                canonicalEvent = body[..(int)length];
                rest = body[(int)length..];
                return true;
            }

            return false;
        }
    }
}
