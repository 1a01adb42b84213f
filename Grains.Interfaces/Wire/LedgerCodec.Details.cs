using System.Collections.Immutable;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Wire;

/// <summary>The part of the codec that is about the arguments that only a few kinds of calls have.</summary>
public static partial class LedgerCodec
{
    /// <summary>More than any list of a call or of a metagraph has; a larger count is a damaged record.</summary>
    private const int ItemsMax = 1 << 20;

    private enum DetailKind : byte
    {
        Weights = 1,
        BatchReveal = 2,
        Commit = 3,
        Timelock = 4,
        Children = 5,
        Claim = 6,
        ClaimType = 7,
        Identity = 8,
        Switch = 9,
        ColdkeyHash = 90,
        Coldkey = 91,
        Order = 100,
        Orders = 101,
        Fill = 102,
        FillBatch = 103,
        Symbol = 140,
        ColdkeyIdentity = 141,
        BatchWeights = 150,
        BatchCommit = 151,
    }

    private static void WriteDetail(RecordWriter writer, CallDetail detail)
    {
        switch (detail)
        {
            case WeightsDetail weights:
                writer.Byte((byte)DetailKind.Weights);
                Write(writer, weights);
                break;
            case BatchRevealDetail batch:
                writer.Byte((byte)DetailKind.BatchReveal);
                writer.UInt64((ulong)batch.Reveals.Length);
                foreach (var reveal in batch.Reveals) Write(writer, reveal);
                break;
            case CommitDetail commit:
                writer.Byte((byte)DetailKind.Commit);
                writer.Bytes(commit.Hash.AsSpan());
                writer.Byte(commit.Mechanism);
                break;
            case TimelockDetail timelock:
                writer.Byte((byte)DetailKind.Timelock);
                Write(writer, timelock.Weights);
                writer.UInt64(timelock.Round);
                writer.UInt64(timelock.Version);
                break;
            case ChildrenDetail children:
                writer.Byte((byte)DetailKind.Children);
                WriteLinks(writer, children.Children);
                break;
            case ClaimDetail claim:
                writer.Byte((byte)DetailKind.Claim);
                WriteNetuids(writer, claim.Netuids);
                break;
            case ClaimTypeDetail type:
                writer.Byte((byte)DetailKind.ClaimType);
                Write(writer, type.Type);
                break;
            case SwitchDetail turn:
                writer.Byte((byte)DetailKind.Switch);
                writer.Bool(turn.IsOn);
                break;
            case ColdkeyHashDetail announced:
                writer.Byte((byte)DetailKind.ColdkeyHash);
                writer.Bytes(announced.Hash.AsSpan());
                break;
            case ColdkeyDetail named:
                writer.Byte((byte)DetailKind.Coldkey);
                writer.Account(named.Coldkey);
                break;
            case IdentityDetail identity:
                writer.Byte((byte)DetailKind.Identity);
                WriteTexts(writer, identity.Texts);
                break;
            case SymbolDetail symbol:
                writer.Byte((byte)DetailKind.Symbol);
                writer.Text(symbol.Symbol);
                break;
            case ColdkeyIdentityDetail identity:
                writer.Byte((byte)DetailKind.ColdkeyIdentity);
                Write(writer, identity);
                break;
            case BatchWeightsDetail batch:
                writer.Byte((byte)DetailKind.BatchWeights);
                WriteBatch(writer, batch);
                break;
            case BatchCommitDetail batch:
                writer.Byte((byte)DetailKind.BatchCommit);
                WriteBatch(writer, batch);
                break;
            case OrderDetail order:
                writer.Byte((byte)DetailKind.Order);
                Write(writer, order.Order);
                break;
            case OrdersDetail orders:
                writer.Byte((byte)DetailKind.Orders);
                WriteFills(writer, orders);
                break;
            case FillDetail fill:
                writer.Byte((byte)DetailKind.Fill);
                Write(writer, fill.Fill);
                writer.Account(fill.Relayer);
                break;
            case FillBatchDetail part:
                writer.Byte((byte)DetailKind.FillBatch);
                WritePart(writer, part);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(detail), detail.GetType().Name, "A call's detail without a layout.");
        }
    }

    private static CallDetail ReadDetail(ref RecordReader reader)
    {
        var kind = (DetailKind)reader.Byte();
        switch (kind)
        {
            case DetailKind.Weights:
                return ReadWeights(ref reader);
            case DetailKind.BatchReveal:
                var reveals = new WeightsDetail[reader.Count(ItemsMax)];
                for (var i = 0; i < reveals.Length; i++) reveals[i] = ReadWeights(ref reader);
                return new BatchRevealDetail([.. reveals]);
            case DetailKind.Commit:
                return new CommitDetail([.. reader.Bytes()], reader.Byte());
            case DetailKind.Timelock:
                return new TimelockDetail(ReadWeights(ref reader), reader.UInt64(), reader.UInt16());
            case DetailKind.Children:
                return new ChildrenDetail(ReadLinks(ref reader));
            case DetailKind.Claim:
                return new ClaimDetail(ReadNetuids(ref reader));
            case DetailKind.ClaimType:
                return new ClaimTypeDetail(ReadClaimType(ref reader));
            case DetailKind.Switch:
                return new SwitchDetail(reader.Bool());
            case DetailKind.ColdkeyHash:
                return new ColdkeyHashDetail([.. reader.Bytes()]);
            case DetailKind.Coldkey:
                return new ColdkeyDetail(reader.Account());
            case DetailKind.Identity:
                return ReadIdentity(ref reader);
            case DetailKind.Symbol:
                return new SymbolDetail(reader.Text() ?? "");
            case DetailKind.ColdkeyIdentity:
                return ReadColdkeyIdentity(ref reader);
            case DetailKind.BatchWeights:
                return ReadBatchWeights(ref reader);
            case DetailKind.BatchCommit:
                return ReadBatchCommits(ref reader);
            case DetailKind.Order:
                return new OrderDetail(ReadOrder(ref reader));
            case DetailKind.Orders:
                return ReadFills(ref reader);
            case DetailKind.Fill:
                return new FillDetail(ReadFill(ref reader), reader.Account());
            case DetailKind.FillBatch:
                return ReadPart(ref reader);
            default:
                throw new InvalidDataException($"There is no detail of kind {kind}.");
        }
    }

    private static IdentityDetail ReadIdentity(ref RecordReader reader) => new(
        reader.Text() ?? "", reader.Text() ?? "", reader.Text() ?? "", reader.Text() ?? "",
        reader.Text() ?? "", reader.Text() ?? "", reader.Text() ?? "", reader.Text() ?? "");

    public static void Write(RecordWriter writer, WeightsDetail weights)
    {
        WriteNumbers(writer, weights.Uids);
        WriteNumbers(writer, weights.Values);
        writer.UInt64(weights.VersionKey);
        writer.Byte(weights.Mechanism);
        WriteNumbers(writer, weights.Salt);
    }

    public static WeightsDetail ReadWeights(ref RecordReader reader) =>
        new(ReadNumbers(ref reader), ReadNumbers(ref reader), reader.UInt64(), reader.Byte(), ReadNumbers(ref reader));

    public static void Write(RecordWriter writer, RootClaimType type)
    {
        writer.Byte((byte)type.Kind);
        if (type.Kind == RootClaimKind.KeepSubnets) WriteNetuids(writer, type.Subnets);
    }

    public static RootClaimType ReadClaimType(ref RecordReader reader)
    {
        var kind = (RootClaimKind)reader.Byte();
        return kind switch
        {
            RootClaimKind.Swap => RootClaimType.Swap,
            RootClaimKind.Keep => RootClaimType.Keep,
            RootClaimKind.KeepSubnets => new RootClaimType(kind, ReadNetuids(ref reader)),
            _ => throw new InvalidDataException($"There is no claim type {kind}."),
        };
    }

    private static void WriteNumbers(RecordWriter writer, ImmutableArray<ushort> numbers)
    {
        writer.UInt64((ulong)numbers.Length);
        foreach (var number in numbers) writer.UInt64(number);
    }

    private static ImmutableArray<ushort> ReadNumbers(ref RecordReader reader)
    {
        var numbers = new ushort[reader.Count(ItemsMax)];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = reader.UInt16();
        return [.. numbers];
    }

    private static void WriteNetuids(RecordWriter writer, ImmutableArray<NetUid> netuids)
    {
        writer.UInt64((ulong)netuids.Length);
        foreach (var netuid in netuids) writer.UInt64(netuid.Value);
    }

    private static ImmutableArray<NetUid> ReadNetuids(ref RecordReader reader)
    {
        var netuids = new NetUid[reader.Count(ItemsMax)];
        for (var i = 0; i < netuids.Length; i++) netuids[i] = new NetUid(reader.UInt16());
        return [.. netuids];
    }

    private static void WriteLinks(RecordWriter writer, ImmutableArray<ChildLink> links)
    {
        writer.UInt64((ulong)links.Length);
        foreach (var link in links)
        {
            writer.UInt64(link.Proportion);
            writer.Account(link.Hotkey);
        }
    }

    private static ImmutableArray<ChildLink> ReadLinks(ref RecordReader reader)
    {
        var links = new ChildLink[reader.Count(ItemsMax)];
        for (var i = 0; i < links.Length; i++) links[i] = new ChildLink(reader.UInt64(), reader.Account());
        return [.. links];
    }
}
