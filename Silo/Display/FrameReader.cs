using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Emission;
using Dtao.Grains.Blocks;

namespace Dtao.Silo.Display;

/// <summary>Makes frames of what a client reads, and keeps what rates and changes are computed against.</summary>
/// <param name="names">Accounts that the genesis document names; null when there is none.</param>
internal sealed class FrameReader(TimeProvider time, IReadOnlyDictionary<AccountId, string>? names = null)
{
    /// <summary>Over how many blocks a change of price is shown.</summary>
    public const int ChangeBlocks = 60;

    /// <summary>Over how long swaps per second are averaged.</summary>
    private static readonly TimeSpan RateSpan = TimeSpan.FromSeconds(5);

    /// <summary>How many validators are shown.</summary>
    public const int ValidatorsMax = 5;

    /// <summary>Over how long their earnings are shown.</summary>
    private static readonly TimeSpan YieldSpan = TimeSpan.FromHours(1);

    /// <summary>Validators are read at most this often: that asks every subnet for all its hotkeys.</summary>
    private static readonly TimeSpan ValidatorPause = TimeSpan.FromSeconds(5);

    private IReadOnlyList<ValidatorLine> _validators = [];
    private long? _validatorsReadAt;

    private readonly Queue<(BlockNumber Block, Dictionary<NetUid, UInt128> Prices)> _prices = [];
    private readonly Queue<(long At, Dictionary<NetUid, ulong> Swaps)> _swaps = [];

    public async Task<NetworkFrame> Read(DtaoClient client, CancellationToken cancellationToken)
    {
        var network = await client.GetNetworkAsync(cancellationToken);
        var head = await client.GetHeadAsync(cancellationToken);
        var subnets = await client.GetSubnetsAsync(cancellationToken);
        var name = network.Name ?? string.Empty;
        return Make(network.RequiresSignatures ? name : $"{name} (unsigned)", network.GenesisIssuance, head, subnets) with
        {
            SubnetCost = (await client.GetSubnetLockCostAsync(cancellationToken)).Cost,
            Validators = await ReadValidators(client, cancellationToken),
        };
    }

    private async Task<IReadOnlyList<ValidatorLine>> ReadValidators(DtaoClient client, CancellationToken cancellationToken)
    {
        if (_validatorsReadAt is { } last && time.GetElapsedTime(last) < ValidatorPause) return _validators;
        _validatorsReadAt = time.GetTimestamp();
        var validators = await client.GetValidatorsAsync(NetUid.Root, [YieldSpan], ValidatorsMax, cancellationToken);
        return _validators = [.. (validators ?? []).Select(info => new ValidatorLine(NameOf(info.Hotkey), info.Take, info.RootStake, info.Weight, info.Nominators, info.Yields[0]))];
    }

    private string NameOf(AccountId hotkey) => names?.GetValueOrDefault(hotkey) ?? DevAccounts.NameOf(hotkey) ?? FrameText.Short(Ss58.Encode(hotkey));

    public NetworkFrame Make(string network, Tao genesisIssuance, ChainHead head, IReadOnlyList<SubnetInfo> subnets)
    {
        var now = time.GetTimestamp();
        Remember(head.Block, now, subnets);
        var emission = Sum(subnets.Select(Emission));
        var shown = subnets.Where(subnet => !subnet.Netuid.IsRoot && subnet.Pool.Books is not null).ToList();
        return new()
        {
            Network = network,
            Block = head.Block,
            TotalIssuance = head.TotalIssuance,
            IssuedRao = (Int128)head.TotalIssuance.Rao - genesisIssuance.Rao,
            CloseMicroseconds = head.Header is { CloseMicroseconds: var phases } ? phases.Sum() : null,
            Subnets = [.. shown.Select(subnet => Line(subnet, emission, now))],
            SwapsPerSecondTenths = Rate(subnets.Aggregate(0UL, (sum, subnet) => sum + SwapsSince(subnet)), now),
        };
    }

    private SubnetLine Line(SubnetInfo subnet, UInt128 emission, long now)
    {
        var books = subnet.Pool.Books!;
        return new(
            subnet.Netuid, subnet.Name, subnet.Symbol, subnet.Pool.PriceBits, PriceChange(subnet), books.TaoReserve, books.AlphaReserve,
            emission == 0 ? 0 : (ulong)((UInt128)Emission(subnet) * 1_000_000 / emission), Rate(SwapsSince(subnet), now))
        {
            EpochIn = EpochSchedule.NextStart(books) is { } next ? SaturatingMath.Subtract(next.Value, subnet.Pool.Block.Value) : null,
            Burn = books.Burn,
        };
    }

    private void Remember(BlockNumber block, long now, IReadOnlyList<SubnetInfo> subnets)
    {
        if (_prices.Count == 0 || _prices.Last().Block < block) _prices.Enqueue((block, subnets.ToDictionary(subnet => subnet.Netuid, subnet => subnet.Pool.PriceBits)));
        while (_prices.Count > 1 && _prices.Peek().Block.Value + ChangeBlocks < block.Value) _prices.Dequeue();
        _swaps.Enqueue((now, subnets.ToDictionary(subnet => subnet.Netuid, subnet => subnet.Pool.Swaps)));
        while (_swaps.Count > 2 && time.GetElapsedTime(_swaps.Peek().At, now) > RateSpan) _swaps.Dequeue();
    }

    private long? PriceChange(SubnetInfo subnet)
    {
        if (_prices.Count < 2 || !_prices.Peek().Prices.TryGetValue(subnet.Netuid, out var before)) return null;
        // Twenty bits of the fraction are plenty for a percentage, and leave room for the product.
        var (then, now) = ((Int128)(before >> 44), (Int128)(subnet.Pool.PriceBits >> 44));
        return then == 0 ? null : (long)((now - then) * 1_000_000 / then);
    }

    private ulong SwapsSince(SubnetInfo subnet)
    {
        var before = _swaps.Peek().Swaps.GetValueOrDefault(subnet.Netuid, subnet.Pool.Swaps);
        return SaturatingMath.Subtract(subnet.Pool.Swaps, before);
    }

    private ulong Rate(ulong swaps, long now)
    {
        var milliseconds = (ulong)time.GetElapsedTime(_swaps.Peek().At, now).TotalMilliseconds;
        return milliseconds == 0 ? 0 : swaps * 10_000 / milliseconds;
    }

    private static ulong Emission(SubnetInfo subnet) =>
        subnet.Pool.Books is { IsRoot: false } books ? books.TaoInEmission.AddSaturating(books.ExcessTao).Rao : 0;

    private static UInt128 Sum(IEnumerable<ulong> amounts) => amounts.Aggregate(UInt128.Zero, (sum, amount) => sum + amount);
}
