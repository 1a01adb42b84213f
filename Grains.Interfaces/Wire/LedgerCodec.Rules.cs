using System.Collections.Immutable;
using Dtao.Economics;
using Dtao.Economics.Emission;
using Dtao.Economics.Epochs;
using Dtao.Economics.Rules;

namespace Dtao.Grains.Wire;

/// <summary>The part of the codec that is about rule sets, and about what only some of them need.</summary>
public static partial class LedgerCodec
{
    private static void Write(RecordWriter writer, RuleSchedule rules)
    {
        writer.Text(rules.First.Name);
        writer.UInt64((ulong)rules.Changes.Length);
        foreach (var change in rules.Changes)
        {
            writer.UInt64(change.Block.Value);
            writer.Text(change.Rules.Name);
        }
    }

    private static RuleSchedule ReadRules(ref RecordReader reader)
    {
        var first = ReadRuleSet(ref reader);
        var changes = ImmutableArray.CreateBuilder<RuleChange>();
        for (var left = reader.Count(RuleSchedule.ChangesMax); left > 0; left--) changes.Add(new(new BlockNumber(reader.UInt64()), ReadRuleSet(ref reader)));
        return RuleSchedule.Of(first, changes.ToImmutable());
    }

    private static RuleSet ReadRuleSet(ref RecordReader reader)
    {
        var name = reader.Text();
        return RuleSets.TryFind(name, out var rules) ? rules : throw new InvalidDataException($"This build has no rules '{name}'.");
    }

    /// <summary>An increment is never negative; this one says that TAO is paid instead.</summary>
    private static readonly I96F32 s_paid = new(-1);

    public static void Write(RecordWriter writer, RootAccrual accrual)
    {
        writer.Account(accrual.Hotkey);
        writer.Int128(accrual.Pay is null ? accrual.Increment.Bits : s_paid.Bits);
        writer.UInt64(accrual.Pay?.Rest.Rao ?? accrual.Amount.Rao);
        if (accrual.Pay is not { } pay) return;
        writer.UInt64(pay.Take.Rao);
        writer.Account(pay.Owner);
    }

    public static RootAccrual ReadAccrual(ref RecordReader reader)
    {
        var (hotkey, increment, amount) = (reader.Account(), new I96F32(reader.Int128()), reader.UInt64());
        if (increment != s_paid) return new RootAccrual(hotkey, increment, new Alpha(amount));
        var take = new Tao(reader.UInt64());
        return new RootAccrual(hotkey, I96F32.Zero, Alpha.Zero) { Pay = new RootPay(reader.Account(), take, new Tao(amount)) };
    }

    public static void Write(RecordWriter writer, in SubnetBlockFacts facts)
    {
        writer.UInt64(facts.Netuid.Value);
        writer.UInt64(facts.Mechanism);
        writer.Byte((byte)((facts.IsEmitting ? 1 : 0) | (facts.EmissionEnabled ? 2 : 0)));
        writer.Int128(facts.MovingPrice.Bits);
        writer.UInt128(facts.MinerBurned.Bits);
        Write(writer, facts.Flow.Averages);
        writer.Int64(facts.Flow.User);
        writer.Int64(facts.Flow.Protocol);
    }

    public static SubnetBlockFacts ReadFacts(ref RecordReader reader)
    {
        var (netuid, mechanism, flags) = (new NetUid(reader.UInt16()), reader.UInt16(), reader.Byte());
        return new SubnetBlockFacts(
            netuid, mechanism, (flags & 1) != 0, (flags & 2) != 0, new I96F32(reader.Int128()), new U96F32(reader.UInt128()))
        {
            Flow = new FlowFacts(ReadFlow(ref reader), reader.Int64(), reader.Int64()),
        };
    }

    private static void Write(RecordWriter writer, in FlowBooks flow)
    {
        Write(writer, flow.User);
        Write(writer, flow.Protocol);
        writer.Int128(flow.ProtocolCounted);
    }

    private static FlowBooks ReadFlow(ref RecordReader reader) => new(ReadAverage(ref reader), ReadAverage(ref reader), reader.Int128());

    private static void Write(RecordWriter writer, in FlowAverage average)
    {
        writer.UInt64(average.Block.Value);
        writer.Int128(average.Value.Bits);
    }

    private static FlowAverage ReadAverage(ref RecordReader reader) => new(new BlockNumber(reader.UInt64()), new I64F64(reader.Int128()));
}

/// <remarks>Whoever gives a rule more facts of a subnet writes them here, and no actor changes.</remarks>
[RegisterConverter]
public sealed class SubnetBlockFactsConverter : IConverter<SubnetBlockFacts, WireBytes>
{
    public SubnetBlockFacts ConvertFromSurrogate(in WireBytes surrogate)
    {
        var reader = new RecordReader(surrogate.Value);
        return LedgerCodec.ReadFacts(ref reader);
    }

    public WireBytes ConvertToSurrogate(in SubnetBlockFacts value)
    {
        var writer = new RecordWriter(96);
        LedgerCodec.Write(writer, value);
        return new(writer.ToArray());
    }
}
