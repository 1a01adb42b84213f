using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Genesis;

namespace Dtao.Hosting.Chaos;

/// <summary>The network that a trial runs on: markets that only its clients move, and beside them a subnet that pays dividends all the time.</summary>
/// <remarks>
/// Four dynamic subnets without epochs, so that what clients hold there follows from their receipts alone. The fifth has an epoch every third block, whose
/// root dividends blocks and clients claim: what is on its validator is for the audit to hold, since claims tell no amounts.
/// </remarks>
public sealed class ChaosNetwork
{
    public const string NetworkId = "chaos";
    public const ulong OneTao = 1_000_000_000;

    /// <summary>Netuids on which the first and the second hotkey have stakers, by turns.</summary>
    public static readonly NetUid[] HotNetuids = [new(1), new(3)];
    public static readonly NetUid[] WarmNetuids = [new(2), new(4)];
    public static readonly NetUid Earning = new(5);

    public static readonly AccountId Owner = Key(1);
    public static readonly AccountId Author = Key(5);
    public static readonly AccountId Hot = Key(11);
    public static readonly AccountId Warm = Key(12);
    public static readonly AccountId Earner = Key(14);
    public static readonly AccountId Keeper = Key(15);
    private const int ClaimersCount = 2;

    public ChaosNetwork(int stakers, long blockIntervalMilliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stakers, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stakers, 100);
        Stakers = [.. Enumerable.Range(0, stakers).Select(number => Key(checked((byte)(100 + number))))];
        Claimers = [.. Enumerable.Range(0, ClaimersCount).Select(number => Key(checked((byte)(30 + number))))];
        Document = Create(blockIntervalMilliseconds);
    }

    public IReadOnlyList<AccountId> Stakers { get; }

    /// <summary>They have stake on root with the validator that earns, and claim what it earned.</summary>
    public IReadOnlyList<AccountId> Claimers { get; }

    public GenesisDocument Document { get; }

    private static AccountId Key(byte number)
    {
        var bytes = new byte[AccountId.Length];
        bytes.AsSpan().Fill(number);
        return new AccountId(bytes);
    }

    private GenesisDocument Create(long blockIntervalMilliseconds) => new()
    {
        Name = NetworkId,
        NetworkId = NetworkId,
        BlockIntervalMilliseconds = blockIntervalMilliseconds,
        Parameters = NetworkParameters.Default with { Author = Author, TakeRateLimit = 0, NumRootClaim = 2 },
        Balances = [Balance(Owner, 1), .. Stakers.Select(staker => Balance(staker, 1_000)), .. Claimers.Select(claimer => Balance(claimer, 100))],
        Hotkeys = [new(string.Empty, Hot, Owner, Take.Default), new(string.Empty, Warm, Owner, Take.Default), new(string.Empty, Earner, Keeper, Take.Default)],
        Subnets =
        [
            Subnet(NetUid.Root, 0, 0),
            .. HotNetuids.Concat(WarmNetuids).Order().Select(netuid => Subnet(netuid, 1_000, (ulong)netuid.Value * 2_000)),
            EarningSubnet(),
        ],
        Stakes =
        [
            .. Stakers.SelectMany(staker => HotNetuids.Select(netuid => Stake(Hot, staker, netuid, 100))),
            .. Stakers.SelectMany(staker => WarmNetuids.Select(netuid => Stake(Warm, staker, netuid, 50))),
            .. Stakers.Select(staker => Stake(Hot, staker, NetUid.Root, 10)),
            .. Claimers.Select(claimer => Stake(Earner, claimer, NetUid.Root, 200)),
            Stake(Earner, Keeper, NetUid.Root, 500),
            Stake(Earner, Keeper, Earning, 100),
        ],
    };

    private static DocumentBalance Balance(AccountId account, ulong tao) => new(string.Empty, account, new Tao(tao * OneTao));

    private static DocumentStake Stake(AccountId hotkey, AccountId coldkey, NetUid netuid, ulong amount) =>
        new(string.Empty, hotkey, coldkey, netuid, new Alpha(amount * OneTao));

    private static DocumentSubnet Subnet(NetUid netuid, ulong tao, ulong alpha) => new(string.Empty, new SubnetBooks
    {
        Netuid = netuid,
        Mechanism = (ushort)(netuid == NetUid.Root ? 0 : 1),
        Owner = Owner,
        OwnerHotkey = Hot,
        TaoReserve = new Tao(tao * OneTao),
        AlphaReserve = new Alpha(alpha * OneTao),
        SubtokenEnabled = true,
        FirstEmissionBlock = new BlockNumber(1),
        Tempo = 50_000,
        MovingPrice = new I96F32(400_000_000),
    })
    {
        Name = $"subnet {netuid}",
        Symbol = "S",
    };

    private static DocumentSubnet EarningSubnet() => new(string.Empty, new SubnetBooks
    {
        Netuid = Earning,
        TaoReserve = new Tao(1_000 * OneTao),
        AlphaReserve = new Alpha(1_000 * OneTao),
        SubtokenEnabled = true,
        FirstEmissionBlock = new BlockNumber(1),
        Tempo = 3,

        // Above 1, so that root's dividends are kept.
        MovingPrice = new I96F32((Int128)2 << 32),
        Hyper = SubnetHyperparameters.Default with { RootClaimThreshold = 1_000 },
    })
    {
        Name = "earning",
        Symbol = "E",
        Neurons = [new DocumentNeuron(string.Empty, Earner, 0, 0, HasPermit: true)],
    };
}
