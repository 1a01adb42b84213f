using System.Numerics;
using Dtao.Api.Caching;
using Dtao.Api.Errors;
using Dtao.Api.Health;
using Dtao.Api.Json;
using Dtao.Api.Requests;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Pools;
using Dtao.Economics.Settings;
using Dtao.Grains.Subnets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api.Subnets;

/// <summary>Subnets as they are now. What they were stands in the read side.</summary>
internal sealed class SubnetsPart : IApiPart
{
    private const string Buy = "tao_to_alpha";
    private const string Sell = "alpha_to_tao";

    private static readonly Parameter<string> s_order = Parameters.Order("netuid_asc", "netuid", "price", "market_cap", "total_tao", "emission");
    private static readonly Parameter<ulong> s_input = Parameters.Rao("input_tokens", "What goes in, fee included: rao of TAO, or of alpha.").Required();
    private static readonly Parameter<string> s_direction = Parameters.Word("direction", "Which token goes in.", Buy, Sell).Required();

    public string Name => "Subnets";

    public void Add(IServiceCollection services, ApiOptions options) => services.AddSingleton<SubnetReads>();

    public void Map(ApiRoutes routes)
    {
        var reads = routes.Routes.ServiceProvider.GetRequiredService<SubnetReads>();
        routes.Get("/api/subnet/latest/v1", "list_subnets", "Subnets as they are now, with their markets and settings.",
            [Parameters.Netuid, s_order, Parameters.Page, Parameters.Limit], async request => request.PageOf(Ordered(await reads.Views(request), request.Get(s_order)))).MayBeMissing();
        routes.Get("/api/subnet/identity/v1", "list_subnet_identities", "How subnets present themselves.",
            [Parameters.Netuid, Parameters.Page, Parameters.Limit], async request => request.PageOf((await reads.Subnets(request)).Select(SubnetIdentityView.Of).ToArray())).MayBeMissing();
        routes.Get("/api/subnet/hyperparameters/latest/v1", "list_hyperparameters", "Hyperparameters of a subnet, or without one of the network, with who may set them within what bounds.",
            [Parameters.Netuid, Parameters.Page, Parameters.Limit], async request => request.PageOf(await reads.Settings(request))).MayBeMissing();
        routes.Get("/api/subnet/registration_cost/latest/v1", "get_registration_cost", "What the registration of a new subnet costs now.",
            [], async request => Paging.Only(await reads.RegistrationCost(request)));
        routes.Get("/api/dtao/slippage/v1", "get_slippage", "What a swap would come to now, to the rao.", [Parameters.Netuid.Required(), s_input, s_direction], Slippage(reads))
            .Explain("By the pool's own rule on its newest books, read anew for each question; accounts are not looked at. A quote for an account, with all of its checks, is a quote of a call. "
                + "What the rule refuses is answered as a problem.")
            .MayBeMissing().MayFail(StatusCodes.Status422UnprocessableEntity);
    }

    private static Func<ApiRequest, Task<Paged<SlippageView>>> Slippage(SubnetReads reads) => async request =>
    {
        var subnet = await reads.Newest(request.Get(Parameters.Netuid), request.Aborted);
        var (input, isBuy) = (request.Get(s_input), request.Get(s_direction) == Buy);
        var pool = PoolState.Of(subnet.Pool.Books!);
        var swap = Swap.Execute(new SwapInput(pool, isBuy ? SwapSide.Buy : SwapSide.Sell, input, PoolPrices.NoLimit(isBuy ? SwapSide.Buy : SwapSide.Sell)));
        if (!swap.IsOk) throw new ProblemException(Problem.Of(swap.Error));
        var after = pool.IsDynamic
            ? pool with
            {
                TaoReserve = isBuy ? pool.TaoReserve.AddSaturating(new(swap.PaidIn)) : pool.TaoReserve.SubtractSaturating(new(swap.PaidOut)),
                AlphaReserve = isBuy ? pool.AlphaReserve.SubtractSaturating(new(swap.PaidOut)) : pool.AlphaReserve.AddSaturating(new(swap.PaidIn)),
            }
            : pool;
        var price = (BigInteger)pool.Price.Bits;
        var expected = price.IsZero ? 0 : isBuy ? ((BigInteger)swap.PaidIn << U64F64.FractionBits) / price : (swap.PaidIn * price) >> U64F64.FractionBits;
        var expectedRao = (ulong)BigInteger.Min(expected, ulong.MaxValue);
        var diff = SaturatingMath.Subtract(expectedRao, swap.PaidOut);
        return Paging.Only(new SlippageView(
            subnet.Netuid, subnet.Pool.Block, reads.TimeOf(subnet.Pool.Block), request.Get(s_direction), pool.Price, after.Price, new(input), new(swap.PaidOut),
            new(expectedRao), new(diff), new(swap.Fee), PriceText.OfRatio(diff, expectedRao)));
    };

    private static SubnetView[] Ordered(IEnumerable<SubnetView> rows, string order) => order switch
    {
        "netuid_desc" => [.. rows.OrderByDescending(row => row.Netuid)],
        "price_asc" => [.. rows.OrderBy(row => row.Price.Bits).ThenBy(row => row.Netuid)],
        "price_desc" => [.. rows.OrderByDescending(row => row.Price.Bits).ThenBy(row => row.Netuid)],
        "market_cap_asc" => [.. rows.OrderBy(row => row.MarketCap).ThenBy(row => row.Netuid)],
        "market_cap_desc" => [.. rows.OrderByDescending(row => row.MarketCap).ThenBy(row => row.Netuid)],
        "total_tao_asc" => [.. rows.OrderBy(row => row.TotalTao).ThenBy(row => row.Netuid)],
        "total_tao_desc" => [.. rows.OrderByDescending(row => row.TotalTao).ThenBy(row => row.Netuid)],
        "emission_asc" => [.. rows.OrderBy(row => row.Emission).ThenBy(row => row.Netuid)],
        "emission_desc" => [.. rows.OrderByDescending(row => row.Emission).ThenBy(row => row.Netuid)],
        _ => [.. rows],
    };
}

/// <summary>Reads of subnets, each shared by all who ask at the same time.</summary>
internal sealed class SubnetReads(DtaoClient client, AnswerCache cache, ChainWatch watch)
{
    /// <summary>When a block was closed, where that is known here.</summary>
    public Timestamp? TimeOf(BlockNumber block) => watch.TimeOf(block);

    /// <summary>All subnets, or the one that the request names.</summary>
    public async Task<IReadOnlyList<SubnetInfo>> Subnets(ApiRequest request)
    {
        var all = await cache.Get("subnets", async token => (await client.GetSubnetsAsync(token)).Where(subnet => subnet.Pool.Books is not null).ToArray(), request.Aborted);
        if (request.Find(Parameters.Netuid) is not { } netuid) return all;
        return Array.Find(all, subnet => subnet.Netuid == netuid) is { } found ? [found] : throw Missing(netuid);
    }

    public async Task<IEnumerable<SubnetView>> Views(ApiRequest request) => (await Subnets(request)).Select(subnet => SubnetView.Of(subnet, TimeOf(subnet.Pool.Block)));

    public async Task<IReadOnlyList<HyperparameterView>> Settings(ApiRequest request)
    {
        if (request.Find(Parameters.Netuid) is { } netuid)
        {
            var books = (await Subnets(request))[0].Pool.Books!;
            return [.. Hyperparameters.OfSubnet.Select(setting => View(netuid, setting, setting.Read(books)))];
        }

        var network = await cache.Get("network", client.GetNetworkAsync, request.Aborted);
        return [.. Hyperparameters.OfNetwork.Select(setting => View(null, setting, setting.Read(network.Parameters)))];
    }

    public Task<RegistrationCostView> RegistrationCost(ApiRequest request) => cache.Get("registration_cost", async token =>
    {
        var cost = await client.GetSubnetLockCostAsync(token);
        return new RegistrationCostView(cost.Block, TimeOf(cost.Block), cost.Cost, cost.Minimum, cost.Opens, cost.Subnets, cost.SubnetsMax);
    }, request.Aborted);

    /// <summary>One subnet, read now.</summary>
    public async Task<SubnetInfo> Newest(NetUid netuid, CancellationToken cancellationToken) =>
        await client.GetSubnetAsync(netuid, cancellationToken) is { Pool.Books: not null } found ? found : throw Missing(netuid);

    public static ProblemException Missing(NetUid netuid) => new(Problem.Of(ApiError.NotFound, $"There is no subnet {netuid}."));

    private static HyperparameterView View(NetUid? netuid, Hyperparameter setting, string? value) => new(
        netuid, setting.Name, setting.ChainName, value, setting.Unit,
        setting.SetBy switch { SettingAuthority.Owner => "owner", SettingAuthority.Root => "sudo", _ => "nobody" }, setting.Bounds);
}
