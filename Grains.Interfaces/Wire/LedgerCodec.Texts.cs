using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Wire;

/// <summary>The part of the codec that is about texts, and about batches over several subnets.</summary>
public static partial class LedgerCodec
{
    private const byte IdentityVersion = 1;

    public static void Write(RecordWriter writer, IdentityDetail identity)
    {
        writer.Byte(IdentityVersion);
        WriteTexts(writer, identity.Texts);
    }

    public static IdentityDetail ReadSubnetIdentity(ref RecordReader reader)
    {
        Expect(reader.Byte(), IdentityVersion, "identity");
        return ReadIdentity(ref reader);
    }

    public static void Write(RecordWriter writer, ColdkeyIdentityDetail identity)
    {
        writer.Byte(IdentityVersion);
        WriteTexts(writer, identity.Texts);
    }

    public static ColdkeyIdentityDetail ReadColdkeyIdentity(ref RecordReader reader)
    {
        Expect(reader.Byte(), IdentityVersion, "identity");
        return new ColdkeyIdentityDetail(
            reader.Text() ?? "", reader.Text() ?? "", reader.Text() ?? "", reader.Text() ?? "", reader.Text() ?? "", reader.Text() ?? "", reader.Text() ?? "");
    }

    private static void WriteTexts(RecordWriter writer, IReadOnlyList<string> texts)
    {
        foreach (var text in texts) writer.Text(text);
    }

    private static void WriteTexts(RecordWriter writer, MetagraphDelta delta)
    {
        writer.Byte((byte)(delta.Identity is null ? 0 : delta.Identity.After is null ? 1 : 2));
        if (delta.Identity?.After is { } identity) Write(writer, identity);
        WriteMap(writer, delta.AutoParents, WriteAccount, static (writer, isOn) => writer.Bool(isOn));
    }

    private static MetagraphDelta WithTexts(ref RecordReader reader, MetagraphDelta delta) => delta with
    {
        Identity = reader.Byte() switch
        {
            0 => null,
            1 => new IdentityDelta(null),
            2 => new IdentityDelta(ReadSubnetIdentity(ref reader)),
            var other => throw new InvalidDataException($"There is no change {other} of an identity."),
        },
        AutoParents = ReadMap(ref reader, ReadAccount, static (ref RecordReader reader) => reader.Bool()),
    };

    private static void WriteBatch(RecordWriter writer, BatchWeightsDetail batch)
    {
        writer.UInt64((ulong)batch.Subnets.Length);
        foreach (var part in batch.Subnets)
        {
            writer.UInt64(part.Netuid.Value);
            Write(writer, part.Weights);
        }
    }

    private static void WriteBatch(RecordWriter writer, BatchCommitDetail batch)
    {
        writer.UInt64((ulong)batch.Subnets.Length);
        foreach (var part in batch.Subnets)
        {
            writer.UInt64(part.Netuid.Value);
            writer.Bytes(part.Commit.Hash.AsSpan());
            writer.Byte(part.Commit.Mechanism);
        }
    }

    private static BatchWeightsDetail ReadBatchWeights(ref RecordReader reader) =>
        new(ReadList(ref reader, static (ref RecordReader reader) => new SubnetWeights(new NetUid(reader.UInt16()), ReadWeights(ref reader))));

    private static BatchCommitDetail ReadBatchCommits(ref RecordReader reader) =>
        new(ReadList(ref reader, static (ref RecordReader reader) => new SubnetCommit(new NetUid(reader.UInt16()), new CommitDetail([.. reader.Bytes()], reader.Byte()))));

    private static void WriteParts(RecordWriter writer, IReadOnlyList<PartResult> parts)
    {
        writer.UInt64((ulong)parts.Count);
        foreach (var part in parts)
        {
            writer.UInt64(part.Netuid.Value);
            writer.UInt64((ushort)part.Error);
        }
    }

    private static PartResult[] ReadParts(ref RecordReader reader)
    {
        var parts = new PartResult[reader.Count(ItemsMax)];
        for (var i = 0; i < parts.Length; i++) parts[i] = new PartResult(new NetUid(reader.UInt16()), (LedgerError)reader.UInt16());
        return parts;
    }
}
