using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Xunit;

namespace Dtao.Client.Tests;

public sealed class ReadTests
{
    private static readonly CallQuote SomeQuote = new(LedgerError.None, 10, 9, 1, 1, 2, 3, new BlockNumber(100));
    private readonly FakeNetwork _network = new();

    private DtaoClient Client => new(_network.Grains, new DtaoClientOptions { TriesMax = 3, RetryPauseMilliseconds = 0, ReceiptPollMilliseconds = 1 });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetPositions_MoreThanAPageInOneSubnet_ReadsAllInOrder()
    {
        Add(2, "two");
        Add(1, "one");
        for (byte i = 0; i < 250; i++) Hold(1, i, 1_000UL + i);
        for (byte i = 0; i < 250; i++) Hold(2, i, 2_000UL + i);
        for (var i = 0; i < 600; i++) _network.Positions.Add(new(_network.Subnets[0].Entry, HotkeyOf(i + 10_000), DevAccounts.Bob, new Alpha(7)));
        for (var i = 0; i < 600; i++) _network.Positions.Add(new(_network.Subnets[0].Entry, HotkeyOf(i + 20_000), DevAccounts.Alice, new Alpha(8)));

        var positions = await Client.GetPositionsAsync(DevAccounts.Alice, Token);

        Assert.Equal(250 + 250 + 600, positions.Count);
        Assert.Equal(positions.OrderBy(position => position.Netuid).ThenBy(position => position.Hotkey), positions);
        Assert.Equal(3, _network.Asked.Count(asked => asked.Method == nameof(ISubnetPoolGrain.GetPositions)));
        Assert.All(positions, position => Assert.Equal(DevAccounts.Alice, position.Coldkey));
    }

    [Fact]
    public async Task GetSubnets_Unordered_AreInAscendingNetuid()
    {
        Add(5, "five");
        Add(0, "root");
        Add(3, "three");

        var subnets = await Client.GetSubnetsAsync(Token);

        Assert.Equal(["root", "three", "five"], subnets.Select(subnet => subnet.Entry.Name));
    }

    [Fact]
    public async Task GetSubnet_UnknownNumber_IsNull()
    {
        Add(1, "one");

        Assert.Null(await Client.GetSubnetAsync(new NetUid(2), Token));
        Assert.Null(await Client.GetPriceAsync(new NetUid(2), Token));
        Assert.Equal(new U64F64(UInt128.One << 63), await Client.GetPriceAsync(new NetUid(1), Token));
    }

    [Fact]
    public async Task Quote_AnyCall_AsksTheSignersAccount()
    {
        _network.Quote = SomeQuote;
        var call = Calls.Transfer(DevAccounts.Bob, new Tao(10), keepAlive: true);

        var quote = await Client.QuoteAsync(DevAccounts.Alice, call, Token);

        Assert.Equal(SomeQuote, quote);
        var asked = Assert.Single(_network.Asked);
        Assert.Equal((nameof(IStakerAccountGrain.Quote), DevAccounts.Alice.ToString(), call), (asked.Method, asked.Key, asked.Arguments[0]));
    }

    [Fact]
    public async Task Quote_AdministratorsSetting_IsTheCallersMistake() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Client.QuoteAsync(DevAccounts.Alice, Calls.Administer("fee_rate", "1", new NetUid(1)), Token));

    [Fact]
    public async Task GetNetwork_AnotherAnswers_ThrowsAndNamesBoth()
    {
        var client = Client;
        await client.GetNetworkAsync(Token);
        _network.NetworkId = "other-1";

        var caught = await Assert.ThrowsAsync<NetworkChangedException>(() => client.GetSubnetsAsync(Token));

        Assert.Equal(("fake-1", "other-1", "fake-1"), (caught.Expected, caught.Found, client.NetworkId));
    }

    [Fact]
    public async Task Blocks_FromThePastIntoTheFuture_HasNoGapAndSurvivesALostAnswer()
    {
        for (var i = 1UL; i <= 3; i++) _network.Headers.Add(HeaderOf(i));
        var lost = 0;
        _network.Answer<IBlockCoordinatorGrain>("WaitForBlockAfter", arguments =>
        {
            if (lost++ == 0) throw new TimeoutException("No answer.");
            // Two blocks are closed while the caller waits for one.
            _network.Headers.AddRange([HeaderOf(4), HeaderOf(5)]);
            return Task.FromResult(new ChainHead(new BlockNumber(5), Tao.Zero, Tao.Zero, _network.Headers[^1]));
        });

        var seen = new List<ulong>();
        await foreach (var header in Client.Blocks(BlockNumber.Genesis, Token))
        {
            seen.Add(header.Number.Value);
            if (seen.Count == 5) break;
        }

        Assert.Equal([1UL, 2, 3, 4, 5], seen);
    }

    [Fact]
    public async Task Blocks_HeaderIsNotKept_Throws()
    {
        _network.Answer<IBlockCoordinatorGrain>("WaitForBlockAfter", _ => Task.FromResult(new ChainHead(new BlockNumber(9), Tao.Zero, Tao.Zero, HeaderOf(9))));

        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await foreach (var _ in Client.Blocks(new BlockNumber(2), Token)) Assert.Fail("There is no such block.");
        });
    }

    [Fact]
    public async Task Blocks_NetworkStaysLost_ThrowsAfterTheBound()
    {
        var asked = 0;
        _network.Answer<IBlockCoordinatorGrain>("GetHeader", _ => ++asked > 0 ? throw new TimeoutException("No answer.") : null);

        await Assert.ThrowsAsync<TimeoutException>(async () =>
        {
            await foreach (var _ in Client.Blocks(new BlockNumber(2), Token)) Assert.Fail("There is no such block.");
        });
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task Receipts_SomeNowSomeLater_ComeOnceAndInOrder()
    {
        var settled = Enumerable.Range(1, 5).Select(i => Receipt.Of(OperationId.Create(), CallOutcome.Done, new BlockNumber(1), (ulong)i, null)).ToArray();
        var visible = 2;
        _network.Answer<IStakerAccountGrain>("GetReceiptsAfter", arguments =>
        {
            var after = (ulong)arguments[1];
            var page = settled.Take(visible).Skip((int)after).ToArray();
            if (page.Length == 0) visible = settled.Length;
            return Task.FromResult(new ReceiptPage(page, after + (ulong)page.Length));
        });

        var seen = new List<Receipt>();
        await foreach (var receipt in Client.Receipts(DevAccounts.Alice, 1, Token))
        {
            seen.Add(receipt);
            if (seen.Count == 4) break;
        }

        Assert.Equal(settled[1..], seen);
    }

    private static AccountId HotkeyOf(int number)
    {
        var bytes = new byte[AccountId.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return new AccountId(bytes);
    }

    private static BlockHeader HeaderOf(ulong number) =>
        new(new BlockNumber(number), [1], [2], Tao.Zero, Tao.Zero, Tao.Zero, [3], "2026-06", 1, 0, []);

    // Keys of generation 1, so that a key is not its netuid.
    private void Add(ushort netuid, string name) => _network.Subnets.Add(new(
        new SubnetEntry(new NetUid(netuid), 65_536L + netuid, name, "x"),
        new PoolView(null, _network.Head, UInt128.One << 63, 0, [], Tao.Zero, 0, 0)));

    private void Hold(ushort netuid, byte hotkey, ulong value) => _network.Positions.Add(new(
        _network.Subnets.Single(subnet => subnet.Netuid.Value == netuid).Entry, HotkeyOf(hotkey), DevAccounts.Alice, new Alpha(value)));
}
