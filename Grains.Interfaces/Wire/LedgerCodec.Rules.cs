using System.Collections.Immutable;
using Dtao.Economics;
using Dtao.Economics.Emission;
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
