using System.Runtime.InteropServices;
using Dtao.Economics;
using Dtao.Economics.Earnings;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Subnets;

/// <summary>The stored layout of gains and earnings. Blocks of a track are stored as distances.</summary>
internal static class EarningCodec
{
    public static void Write(RecordWriter writer, IReadOnlyList<StakeGain> gains)
    {
        writer.UInt64((ulong)gains.Count);
        foreach (var gain in gains)
        {
            writer.Account(gain.Hotkey);
            writer.UInt128(gain.PerAlpha.Bits);
            writer.UInt128(gain.PerRoot.Bits);
        }
    }

    public static StakeGain[] ReadGains(ref RecordReader reader)
    {
        var gains = new StakeGain[reader.Count()];
        for (var i = 0; i < gains.Length; i++) gains[i] = new StakeGain(reader.Account(), new U64F64(reader.UInt128()), new U64F64(reader.UInt128()));
        return gains;
    }

    public static void Write(RecordWriter writer, EarningBook earnings)
    {
        writer.UInt64((ulong)earnings.Tracks.Count);
        foreach (var (hotkey, track) in earnings.Tracks)
        {
            writer.Account(hotkey);
            writer.UInt64((ulong)track.Marks.Length);
            ulong before = 0;
            foreach (var mark in track.Marks)
            {
                writer.UInt64(mark.Block.Value - before);
                writer.UInt128(mark.Alpha.Bits);
                writer.UInt128(mark.Root.Bits);
                before = mark.Block.Value;
            }
        }
    }

    public static void Read(ref RecordReader reader, EarningBook earnings)
    {
        for (var count = reader.Count(EarningBook.TracksMax); count > 0; count--)
        {
            var hotkey = reader.Account();
            var marks = new EarningMark[reader.Count()];
            ulong block = 0;
            for (var i = 0; i < marks.Length; i++)
            {
                block += reader.UInt64();
                marks[i] = new EarningMark(new BlockNumber(block), new U64F64(reader.UInt128()), new U64F64(reader.UInt128()));
            }

            earnings.Put(hotkey, EarningTrack.FromStored(ImmutableCollectionsMarshal.AsImmutableArray(marks)));
        }
    }
}
