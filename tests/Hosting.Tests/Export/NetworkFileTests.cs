using CsCheck;
using Dtao.Hosting.Export;
using Xunit;

namespace Dtao.Hosting.Tests.Export;

/// <summary>A network's file: what it gives back, and that it is refused as soon as a single byte of it is another.</summary>
public sealed class NetworkFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtao-network-file-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "net.dtao");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Write_SmallLedger_ReadsBackWithItsManifestAndTotals()
    {
        var ledger = MadeUpLedger.Small();

        var written = await NetworkExport.WriteAsync(ledger, Path, cancellationToken: Cancel);

        using var reader = NetworkFileReader.Open(Path);
        AssertSame(ledger.Items, [.. reader.ReadItems()]);
        Assert.Equal(MadeUpLedger.Manifest, reader.Manifest);
        Assert.Equal((3, 6, 3), (written.Totals.Actors, written.Totals.Events, written.Totals.Snapshots));
        Assert.True(reader.Report!.Totals.IsSameLedger(written.Totals));
        Assert.Equal(Convert.ToHexString(written.Digest.Span), Convert.ToHexString(reader.Report.Digest.Span));
        Assert.Equal([Path], Directory.GetFiles(_folder));
    }

    /// <summary>States and events longer than a part, and parts that do not compress.</summary>
    [Fact]
    public void Write_AnyLedger_ReadsBackTheSame()
    {
        var lengths = Gen.OneOf(Gen.Int[0, 40], Gen.Int[0, 3 * PartFormat.PartBytesMax]);
        var actors = Gen.Select(Gen.Int[0, 30], Gen.Int[0, 30], lengths, lengths, (events, snapshotAt, genesis, snapshot) => (events, snapshotAt: Math.Min(events, snapshotAt), genesis, snapshot)).Array[0, 6];

        actors.Sample(
            drawn =>
            {
                var items = drawn.SelectMany((one, i) => MadeUpLedger.Actor($"account/{i}", i % 2 == 0 ? one.genesis : null, one.events, one.snapshotAt)
                    .Select(item => item.Kind == LedgerItemKind.Snapshot ? item with { Bytes = MadeUpLedger.Bytes(i, one.snapshot) } : item)).ToArray();
                NetworkExport.WriteAsync(new MadeUpLedger(items), Path, overwrites: true).GetAwaiter().GetResult();
                using var reader = NetworkFileReader.Open(Path);
                AssertSame(items, [.. reader.ReadItems()]);
            },
            iter: 40, threads: 1);
    }

    [Fact]
    public async Task Check_AnyByteChanged_IsRefused()
    {
        await NetworkExport.WriteAsync(MadeUpLedger.Small(), Path, cancellationToken: Cancel);
        var whole = await File.ReadAllBytesAsync(Path, Cancel);

        for (var at = 0; at < whole.Length; at++)
        {
            var damaged = whole.ToArray();
            damaged[at] ^= 0x10;
            var refused = await Refused(damaged);
            Assert.Equal(at < PartFormat.Magic.Length ? NetworkFileErrorCode.NotANetworkFile : at < 10 ? NetworkFileErrorCode.NewerVersion : NetworkFileErrorCode.Damaged, refused.Code);
        }
    }

    [Fact]
    public async Task Check_CutAnywhere_IsRefused()
    {
        await NetworkExport.WriteAsync(MadeUpLedger.Small(), Path, cancellationToken: Cancel);
        var whole = await File.ReadAllBytesAsync(Path, Cancel);

        for (var length = 0; length < whole.Length; length++)
        {
            var refused = await Refused(whole[..length]);
            Assert.Equal(length < 10 ? NetworkFileErrorCode.NotANetworkFile : NetworkFileErrorCode.Damaged, refused.Code);
        }
    }

    [Fact]
    public async Task Check_BytesAppended_IsRefused()
    {
        await NetworkExport.WriteAsync(MadeUpLedger.Small(), Path, cancellationToken: Cancel);
        var whole = await File.ReadAllBytesAsync(Path, Cancel);

        Assert.Equal(NetworkFileErrorCode.Damaged, (await Refused([.. whole, 0])).Code);
        Assert.Equal(NetworkFileErrorCode.Damaged, (await Refused([.. whole, .. whole])).Code);
    }

    /// <summary>Each part is whole in itself; what is wrong is their order.</summary>
    [Fact]
    public async Task Check_PartsExchangedOrLeftOut_IsRefused()
    {
        var items = MadeUpLedger.Actor("lane", genesis: null, events: 300, snapshotAt: 0, size: 10_000).ToArray();
        await NetworkExport.WriteAsync(new MadeUpLedger(items), Path, cancellationToken: Cancel);
        var whole = await File.ReadAllBytesAsync(Path, Cancel);
        var parts = Parts(whole);
        Assert.True(parts.Count >= 5, $"{parts.Count} parts");

        Assert.Equal(NetworkFileErrorCode.Damaged, (await Refused([.. whole[..10], .. parts[0], .. parts[2], .. parts[1], .. parts.Skip(3).SelectMany(part => part)])).Code);
        Assert.Equal(NetworkFileErrorCode.Damaged, (await Refused([.. whole[..10], .. parts[0], .. parts.Skip(2).SelectMany(part => part)])).Code);
        Assert.Equal(NetworkFileErrorCode.Damaged, (await Refused([.. whole[..10], .. parts[0], .. parts[1], .. parts.Skip(1).SelectMany(part => part)])).Code);
    }

    [Theory]
    [InlineData(0, NetworkFileErrorCode.OlderVersion, "export the network again")]
    [InlineData(2, NetworkFileErrorCode.NewerVersion, "or a later one")]
    public async Task Check_OtherVersion_IsRefusedAndSaysWhatToDo(byte version, NetworkFileErrorCode code, string advice)
    {
        await NetworkExport.WriteAsync(MadeUpLedger.Small(), Path, cancellationToken: Cancel);
        var bytes = await File.ReadAllBytesAsync(Path, Cancel);
        bytes[PartFormat.Magic.Length] = version;

        var refused = await Refused(bytes);

        Assert.Equal(code, refused.Code);
        Assert.Contains(advice, refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Bytes that were written stay readable: whoever changes the layout raises the version.</summary>
    [Fact]
    public void Check_FileOfVersionOne_IsReadAsItWasWritten()
    {
        File.WriteAllBytes(Path, Convert.FromHexString(GoldenFile));

        using var reader = NetworkFileReader.Open(Path);

        AssertSame(MadeUpLedger.Small().Items, [.. reader.ReadItems()]);
        Assert.Equal(MadeUpLedger.Manifest, reader.Manifest);
    }

    [Fact]
    public async Task Write_FileOfThatName_IsReplacedOnlyWhenToldSo()
    {
        await File.WriteAllTextAsync(Path, "mine", Cancel);

        var refused = await Assert.ThrowsAsync<NetworkFileException>(() => NetworkExport.WriteAsync(MadeUpLedger.Small(), Path, cancellationToken: Cancel));
        Assert.Equal((NetworkFileErrorCode.FileExists, "mine"), (refused.Code, await File.ReadAllTextAsync(Path, Cancel)));
        await NetworkExport.WriteAsync(MadeUpLedger.Small(), Path, overwrites: true, Cancel);

        Assert.Equal(3, NetworkFileReader.Check(Path, Cancel).Totals.Actors);
    }

    [Fact]
    public async Task Write_SourceFailsOnTheWay_LeavesNoFileOfThatNameAndMayBeRepeated()
    {
        await Assert.ThrowsAsync<IOException>(() => NetworkExport.WriteAsync(new MadeUpLedger(MadeUpLedger.Small().Items) { FailsAfter = 7 }, Path, cancellationToken: Cancel));
        Assert.False(File.Exists(Path));

        await NetworkExport.WriteAsync(MadeUpLedger.Small(), Path, cancellationToken: Cancel);

        Assert.Equal(3, NetworkFileReader.Check(Path, Cancel).Totals.Actors);
        Assert.Equal([Path], Directory.GetFiles(_folder));
    }

    /// <summary>The digest is that of the ledger: neither the order of its journals nor where its snapshots stand is in it.</summary>
    [Fact]
    public void Totals_SameLedgerInAnotherOrderWithOtherSnapshots_HasTheSameDigest()
    {
        LedgerItem[] one = [.. MadeUpLedger.Actor("account/a", 5, 4, 2), .. MadeUpLedger.Actor("lane", null, 3, 0)];
        LedgerItem[] other = [.. MadeUpLedger.Actor("lane", null, 3, 3), .. MadeUpLedger.Actor("account/a", 5, 4, 0)];
        LedgerItem[] less = [.. MadeUpLedger.Actor("lane", null, 3, 0), .. MadeUpLedger.Actor("account/a", null, 4, 0)];

        Assert.True(Totals(one).IsSameLedger(Totals(other)));
        Assert.False(Totals(one).IsSameLedger(Totals(less)));
    }

    private async Task<NetworkFileException> Refused(byte[] bytes)
    {
        await File.WriteAllBytesAsync(Path, bytes, Cancel);
        return Assert.Throws<NetworkFileException>(() => NetworkFileReader.Check(Path, Cancel));
    }

    private static LedgerTotals Totals(LedgerItem[] items)
    {
        var tally = new LedgerTally();
        foreach (var item in items) tally.Take(item);
        return tally.Totals();
    }

    private static List<byte[]> Parts(byte[] whole)
    {
        var parts = new List<byte[]>();
        for (var at = 10; at < whole.Length;)
        {
            var length = PartFormat.HeaderBytes + PartFormat.DigestBytes + (int)BitConverter.ToUInt32(whole, at + 5);
            parts.Add(whole[at..(at + length)]);
            at += length;
        }

        return parts;
    }

    /// <summary>An end says more in a file than where it came from: the digest of its journal.</summary>
    private static void AssertSame(IReadOnlyList<LedgerItem> expected, IReadOnlyList<LedgerItem> read)
    {
        Assert.Equal(expected.Select(item => (item.Kind, item.ActorKey, item.Number)), read.Select(item => (item.Kind, item.ActorKey, item.Number)));
        foreach (var (one, other) in expected.Zip(read))
        {
            if (one.Kind != LedgerItemKind.End) Assert.True(one.Bytes.Span.SequenceEqual(other.Bytes.Span), $"{one.Kind} {one.Number} of {one.ActorKey}");
        }
    }

    private const string GoldenFile =
        "4454414f4e4554000100011a0000001e000000c15aa8215baa8e789fb48c3cd58c18adf746f8bb94fec6db243ef8008bf3e422870c80010a6d6164652d75702d31086d6164652075704d80"
        + "f086c2ee650302e8000000c60000001c0e66310178066bf7d0add5a719f17cab75970326c5a7a9f646eef569126f5b17e70000649efde5a72e0e60da5b82dba54bb3952054238ab001276a"
        + "015826898f74231376220883100c51b7c394812b00a32f27997bbb18c0e1101ae01ae4092084cd7e569a59f5753b428696af56aa4e5c05276050b7e8b921ac187cc9ce13b28191842e9395"
        + "7ce37ef7ff192559edbebc799503080f090e0e30308261b2ed3143d6a1ebec7f37a708de28417bf1a32b14e62c31756f31d6107720c4ba94f5f4d3ef2586216b1edf94847a6a15bbb3c9c9"
        + "3bf6bdfe8a010fa3f3919fb04d99e24a5cb40f00032500000029000000735e6c01264dd8aa890b5cbef4b36f27d9fe06a21aa89d8b96c1ce1118636d53071280010306034dbcdbe724a544"
        + "1dc8910da0c774815173cf7d471e5245f0b7e14b7ef8cd8f506103";
}
