using System.Buffers.Binary;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Hosting.Network;

namespace Dtao.Benchmarks.Loads;

/// <summary>The network that loads run on: subnets at general weights, funded accounts, and a few hotkeys.</summary>
internal static class BenchmarkNetwork
{
    public const ulong RaoPerTao = 1_000_000_000;
    public const ulong ReserveTao = 50_000;
    public const int Hotkeys = 16;
    public const string NetworkId = "benchmark";
    private const ulong AccountTao = 1_000;

    /// <summary>A weight whose power has no short form, so that every swap sums the series.</summary>
    public static readonly Perquintill Weight = new(537_812_345_678_901_234);

    public static PoolState Market => PoolState.Of(Books(new NetUid(1), ReserveTao));

    public static AccountId Account(int number) => Id(1, number);

    public static AccountId Hotkey(int number) => Id(2, number % Hotkeys);

    /// <summary>The network's parameters with transaction fees, and an account that they and the fees of swaps go to.</summary>
    public static NetworkParameters WithFees => NetworkParameters.Default with { TransactionFees = true, Author = Id(4, 0) };

    /// <param name="reserveTao">Whole TAO in each pool.</param>
    /// <param name="parameters">Null: the default.</param>
    /// <param name="signers">The funded accounts, whose operations have to be signed; null: those of <see cref="Account"/>, without signatures.</param>
    public static NetworkGenesis Genesis(
        int subnets, int accounts, ulong reserveTao = ReserveTao, NetworkParameters? parameters = null, IReadOnlyList<AccountId>? signers = null) => NetworkGenesis.Of(
        new GenesisState
        {
            Parameters = parameters ?? NetworkParameters.Default,
            Balances =
            [
                (AccountId.Burn, new Tao(RaoPerTao)),
                (Id(4, 0), new Tao(RaoPerTao)),
                .. (signers ?? [.. Enumerable.Range(0, accounts).Select(Account)]).Select(account => (account, new Tao(AccountTao * RaoPerTao))),
            ],
            Hotkeys = [.. Enumerable.Range(0, Hotkeys).Select(number => new GenesisHotkey(Hotkey(number), new HotkeyRecord(Id(3, number))))],
            Subnets =
            [
                new GenesisSubnet(new SubnetBooks { Netuid = NetUid.Root, Mechanism = 0, SubtokenEnabled = true }, null, Tao.Zero),
                .. Enumerable.Range(1, subnets).Select(number => new GenesisSubnet(Books(new NetUid((ushort)number), reserveTao), null, Tao.Zero)),
            ],
            Stakes =
            [
                new GenesisStake(new PositionKey(NetUid.Root, Hotkey(0), Id(3, 0)), new Alpha(1_000_000 * RaoPerTao)),
                .. Enumerable.Range(1, subnets).Select(number =>
                    new GenesisStake(new PositionKey(new NetUid((ushort)number), Hotkey(number), Id(3, number % Hotkeys)), new Alpha(100_000 * RaoPerTao))),
            ],
        },
        NetworkId) with
        { RequiresSignatures = signers is not null };

    public static SubnetBooks Books(NetUid netuid, ulong reserveTao) => new()
    {
        Netuid = netuid,
        TaoReserve = new Tao(reserveTao * RaoPerTao),
        AlphaReserve = new Alpha(20 * reserveTao * RaoPerTao),
        QuoteWeight = Weight,
        SwapInitialised = true,
        MovingPrice = new I96F32((Int128)1 << 28),
        FirstEmissionBlock = new BlockNumber(1),
        SubtokenEnabled = true,
    };

    private static AccountId Id(byte kind, int number)
    {
        Span<byte> bytes = stackalloc byte[AccountId.Length];
        bytes.Clear();
        bytes[0] = kind;
        BinaryPrimitives.WriteInt32BigEndian(bytes[1..], number);
        return new AccountId(bytes);
    }
}
