using System.Text;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Genesis;
using Xunit;

namespace Dtao.Hosting.Tests.Genesis;

public class SnapshotImportTests
{
    private const string Alice = GenesisDocuments.AliceAddress;
    private const string Bob = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";
    private static readonly string Charlie = Ss58.Encode(DevAccounts.Charlie);
    private static readonly string Dave = Ss58.Encode(DevAccounts.Dave);

    private static readonly string Small =
        $$$"""{"stakes": {"{{{Alice}}}": {"{{{Charlie}}}": [7000000, 3], "{{{Dave}}}": [0, 4]}}, "balances": {"{{{Bob}}}": 1000, "{{{Alice}}}": 501}}""";

    /// <summary>One change to a valid snapshot, and the one fault that it must be answered with.</summary>
    public static readonly TheoryData<string, string, string, GenesisFaultCode> SingleFaults = new()
    {
        { "\"balances\"", "\"balance\"", "$.balance", GenesisFaultCode.UnknownField },
        { "[7000000, 3]", "[7000000]", $"$.stakes[\"{Alice}\"][\"{Charlie}\"]", GenesisFaultCode.WrongType },
        { "[7000000, 3]", "[7000000, 3, [1]]", $"$.stakes[\"{Alice}\"][\"{Charlie}\"]", GenesisFaultCode.WrongType },
        { "[7000000, 3]", "{\"a\": [1]}", $"$.stakes[\"{Alice}\"][\"{Charlie}\"]", GenesisFaultCode.WrongType },
        { "[7000000, 3]", "[-7, 3]", $"$.stakes[\"{Alice}\"][\"{Charlie}\"][0]", GenesisFaultCode.NegativeNumber },
        { "[7000000, 3]", "[7.5, 3]", $"$.stakes[\"{Alice}\"][\"{Charlie}\"][0]", GenesisFaultCode.NotAWholeNumber },
        { "[7000000, 3]", "[18446744073709551616, 3]", $"$.stakes[\"{Alice}\"][\"{Charlie}\"][0]", GenesisFaultCode.NumberTooLarge },
        { "[7000000, 3]", "[7000000, 65536]", $"$.stakes[\"{Alice}\"][\"{Charlie}\"][1]", GenesisFaultCode.NumberTooLarge },
        { "1000", "499", $"$.balances[\"{Bob}\"]", GenesisFaultCode.BelowExistentialDeposit },
        { "1000", "21000000000000000", "$", GenesisFaultCode.IssuanceAboveMaximum },
        { "1000", "[]", $"$.balances[\"{Bob}\"]", GenesisFaultCode.WrongType },
        { $"\"{Bob}\"", $"\"{Bob[..^1]}z\"", $"$.balances[\"{Bob[..^1]}z\"]", GenesisFaultCode.WrongChecksum },
        { $"\"{Bob}\"", $"\"{Alice}\"", $"$.balances[\"{Alice}\"]", GenesisFaultCode.DuplicateAccount },
        { $"\"{Dave}\"", $"\"{Charlie}\"", $"$.stakes[\"{Alice}\"][\"{Charlie}\"]", GenesisFaultCode.DuplicateHotkey },
        { "\"stakes\": {", $"\"stakes\": {{\"{Bob}\": {{\"{Dave}\": [1, 1]}}, ", $"$.stakes[\"{Alice}\"][\"{Dave}\"]", GenesisFaultCode.HotkeyOwnedTwice },
        { "\"stakes\": {", $"\"stakes\": {{\"{Alice}\": {{}}, ", $"$.stakes[\"{Alice}\"]", GenesisFaultCode.DuplicateAccount },
    };

    [Theory]
    [MemberData(nameof(SingleFaults))]
    public async Task Read_OneValueWrong_AnswersThatFault(string text, string replacement, string path, GenesisFaultCode code)
    {
        var result = await Read(Replace(Small, text, replacement));

        Assert.Null(result.Document);
        Assert.Contains((path, code), result.Faults.Select(fault => (fault.Path, fault.Code)));
        // A misnamed section is missing, too; nothing else makes a second fault.
        Assert.Equal(code == GenesisFaultCode.UnknownField ? 2 : 1, result.Faults.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"stakes\": {")]
    [InlineData("{\"stakes\": {}, \"balances\": {}} x")]
    public async Task Read_MalformedText_IsOneFault(string json) =>
        Assert.Equal(GenesisFaultCode.MalformedJson, Assert.Single((await Read(json)).Faults).Code);

    [Fact]
    public async Task Read_Snapshot_StakesBecomeRootStakeAndOwnersOwnHotkeys()
    {
        var result = await Read(Small);

        var document = result.Document!;
        Assert.Equal([(DevAccounts.Bob, 1_000UL), (DevAccounts.Alice, 501UL)], document.Balances.Select(balance => (balance.Account, balance.Free.Rao)));
        Assert.Equal([DevAccounts.Charlie, DevAccounts.Dave], document.Hotkeys.Select(hotkey => hotkey.Hotkey));
        Assert.All(document.Hotkeys, hotkey => Assert.Equal(DevAccounts.Alice, hotkey.Owner));
        var stake = Assert.Single(document.Stakes);
        Assert.Equal((DevAccounts.Charlie, DevAccounts.Alice, NetUid.Root, 7_000_000UL), (stake.Hotkey, stake.Coldkey, stake.Netuid, stake.Amount.Rao));
        Assert.Equal(new Tao(7_000_000 + 1_501), document.TotalIssuance);
        Assert.Equal(new SnapshotFigures(1, 2, 1, 2, new Tao(7_000_000), new Tao(1_501), Tao.Zero), result.Figures);
    }

    [Fact]
    public async Task Read_WithSubnets_MintsTheirReservesIntoIssuance()
    {
        var options = new SnapshotImportOptions { Subnets = SnapshotImportOptions.DefaultSubnets(3) };

        var result = await Read(Small, options);

        Assert.Equal([0, 1, 2, 3], result.Document!.Subnets.Select(subnet => (int)subnet.Netuid.Value));
        Assert.Equal(new Tao(3 * SnapshotImportOptions.DefaultTaoReserve.Rao), result.Figures.Minted);
        Assert.Equal(new Tao(7_001_501 + result.Figures.Minted.Rao), result.Document.TotalIssuance);
        Assert.Equal(result.Document.TotalIssuance, GenesisBuilder.Build(result.Document.ToState()).TotalIssuance);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Read_StreamInSmallPieces_IsTheSame(int pieceBytes)
    {
        using var stream = new PieceStream(Encoding.UTF8.GetBytes(Small), pieceBytes);

        var result = await SnapshotImport.Read(stream, new(), TestContext.Current.CancellationToken);

        Assert.Equal((await Read(Small)).Figures, result.Figures);
        Assert.NotNull(result.Document);
    }

    [Fact]
    public async Task Read_TheChainsOwnSnapshot_HasEveryFigure()
    {
        await using var stream = File.OpenRead(SnapshotFile.PathOrSkip());

        var result = await SnapshotImport.Read(stream, new() { Subnets = SnapshotImportOptions.DefaultSubnets(8) }, TestContext.Current.CancellationToken);

        Assert.Empty(result.Faults);
        var minted = 8 * SnapshotImportOptions.DefaultTaoReserve.Rao;
        Assert.Equal(
            new SnapshotFigures(371, 4_096, 12, 18_618, new Tao(2_361_517_466_099_541), new Tao(1_819_812_196_185_399), new Tao(minted)), result.Figures);
        Assert.Equal(4_096 - 12, result.Document!.Stakes.Count);
        var network = GenesisBuilder.Build(result.Document.ToState());
        Assert.Equal(new Tao(2_361_517_466_099_541 + 1_819_812_196_185_399 + minted), network.TotalIssuance);
        Assert.Equal(new Tao(2_361_517_466_099_541), network.Subnets.Single(books => books.IsRoot).TaoReserve);
    }

    private static async Task<SnapshotResult> Read(string json, SnapshotImportOptions? options = null)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
        return await SnapshotImport.Read(stream, options ?? new(), TestContext.Current.CancellationToken);
    }

    private static string Replace(string text, string part, string replacement)
    {
        var at = text.IndexOf(part, StringComparison.Ordinal);
        return at < 0 ? throw new ArgumentException($"There is no {part}.") : string.Concat(text.AsSpan(0, at), replacement, text.AsSpan(at + part.Length));
    }

    /// <summary>Gives a few bytes a read, as a slow disk or network would.</summary>
    private sealed class PieceStream(byte[] bytes, int pieceBytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, pieceBytes)], cancellationToken);
    }
}
