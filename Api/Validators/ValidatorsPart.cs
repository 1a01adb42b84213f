using Dtao.Api.Caching;
using Dtao.Api.Errors;
using Dtao.Api.Health;
using Dtao.Api.Json;
using Dtao.Api.Requests;
using Dtao.Api.Subnets;
using Dtao.Client;
using Dtao.Economics;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api.Validators;

/// <summary>Validators, their nominators, and what stake with them earned.</summary>
internal sealed class ValidatorsPart : IApiPart
{
    private static readonly Parameter<NetUid> s_netuid = Parameters.Netuid.Or(NetUid.Root) with { Description = "The subnet whose validators are listed; 0, unless given, is root." };
    private static readonly Parameter<string> s_order = Parameters.Order("rank_asc", "rank", "stake", "nominators", "take");
    private static readonly Parameter<string> s_yieldOrder = Parameters.Order("stake_desc", "stake", "one_hour_apy", "one_day_apy", "seven_day_apy", "thirty_day_apy");

    public string Name => "Validators";

    public void Add(IServiceCollection services, ApiOptions options) => services.AddSingleton<ValidatorReads>();

    public void Map(ApiRoutes routes)
    {
        var reads = routes.Routes.ServiceProvider.GetRequiredService<ValidatorReads>();
        routes.Get("/api/dtao/validator/latest/v1", "list_validators", "Validators with their stake, take, and nominators, of root or of a subnet.",
            [s_netuid, Parameters.Hotkey, s_order, Parameters.Page, Parameters.Limit], async request => request.PageOf(Ordered(await reads.Validators(request, s_netuid), request.Get(s_order)))).MayBeMissing();
        routes.Get("/api/dtao/validator/yield/latest/v1", "list_validator_yields", "What stake with validators earned over an hour, a day, a week, and a month, brought to a year.",
            [s_netuid, Parameters.Hotkey, s_yieldOrder, Parameters.Page, Parameters.Limit], async request => request.PageOf(Ordered(await reads.Yields(request, s_netuid), request.Get(s_yieldOrder))))
            .Explain("Measured from what pools paid, after the validator's take; a change of the alpha's price is not in it.").MayBeMissing();
    }

    private static ValidatorView[] Ordered(IReadOnlyList<ValidatorView> rows, string order) => order switch
    {
        "rank_desc" => [.. rows.OrderByDescending(row => row.Rank)],
        "stake_asc" => [.. rows.OrderBy(row => row.Stake).ThenBy(row => row.Rank)],
        "stake_desc" => [.. rows.OrderByDescending(row => row.Stake).ThenBy(row => row.Rank)],
        "nominators_asc" => [.. rows.OrderBy(row => row.GlobalNominators).ThenBy(row => row.Rank)],
        "nominators_desc" => [.. rows.OrderByDescending(row => row.GlobalNominators).ThenBy(row => row.Rank)],
        "take_asc" => [.. rows.OrderBy(row => row.Take, StringComparer.Ordinal).ThenBy(row => row.Rank)],
        "take_desc" => [.. rows.OrderByDescending(row => row.Take, StringComparer.Ordinal).ThenBy(row => row.Rank)],
        _ => [.. rows],
    };

    private static ValidatorYieldView[] Ordered(IReadOnlyList<(ValidatorYieldView View, ulong?[] Ppm)> rows, string order)
    {
        var cut = order.LastIndexOf('_');
        var window = Array.IndexOf(["one_hour_apy", "one_day_apy", "seven_day_apy", "thirty_day_apy"], order[..cut]);
        ulong Key((ValidatorYieldView View, ulong?[] Ppm) row) => window < 0 ? row.View.Stake.Rao : row.Ppm[window] ?? 0;
        var ordered = order[cut..] == "_asc" ? rows.OrderBy(Key) : rows.OrderByDescending(Key);
        return [.. ordered.ThenBy(row => row.View.Hotkey).Select(row => row.View)];
    }
}

/// <summary>Reads of validators, each shared by all who ask at the same time.</summary>
internal sealed class ValidatorReads(DtaoClient client, AnswerCache cache, ChainWatch watch)
{
    private const int TakeParts = ushort.MaxValue;
    private const int PpmDecimals = 1_000_000;
    private static readonly TimeSpan[] s_windows = [TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(7), TimeSpan.FromDays(30)];

    public async Task<IReadOnlyList<ValidatorView>> Validators(ApiRequest request, Parameter<NetUid> subnet)
    {
        var netuid = request.Get(subnet);
        var (block, rows) = await Read(netuid, request.Aborted);
        var all = rows.Aggregate(UInt128.Zero, (sum, row) => sum + row.Validator.Weight.Rao);
        var views = rows.Select((row, place) => new ValidatorView(
            row.Validator.Hotkey, row.Validator.Facts?.Owner, row.Name, block, watch.TimeOf(block), netuid, place + 1, row.Validator.Nominators,
            PriceText.OfRatio(row.Validator.Take.Parts, TakeParts), row.Validator.Weight, row.Validator.AlphaValue, row.Validator.RootStake,
            new Tao(SaturatingMath.Subtract(row.Validator.Weight.Rao, row.Validator.AlphaValue.Rao)), row.Validator.Stake, row.Validator.HasPermit,
            PriceText.OfRatio(row.Validator.Weight.Rao, (System.Numerics.BigInteger)all)));
        return [.. views.Where(view => request.Find(Parameters.Hotkey) is not { } hotkey || view.Hotkey == hotkey)];
    }

    public async Task<IReadOnlyList<(ValidatorYieldView View, ulong?[] Ppm)>> Yields(ApiRequest request, Parameter<NetUid> subnet)
    {
        var netuid = request.Get(subnet);
        var (block, rows) = await Read(netuid, request.Aborted);
        return [.. rows.Where(row => request.Find(Parameters.Hotkey) is not { } hotkey || row.Validator.Hotkey == hotkey).Select(row =>
        {
            var yields = row.Validator.Yields;
            var ppm = yields.Select(yield => yield?.YearPpm).ToArray();
            var apy = ppm.Select(parts => parts is { } known ? PriceText.OfRatio(known, PpmDecimals) : null).ToArray();
            return (new ValidatorYieldView(
                row.Validator.Hotkey, row.Name, netuid, block, watch.TimeOf(block), row.Validator.Stake, apy[0], apy[1], apy[2], apy[3],
                YieldView.Of(yields[0]), YieldView.Of(yields[1]), YieldView.Of(yields[2]), YieldView.Of(yields[3])), ppm);
        })];
    }

    private Task<(BlockNumber Block, (ValidatorInfo Validator, string? Name)[] Rows)> Read(NetUid netuid, CancellationToken cancellationToken) =>
        cache.Get($"validators {netuid}", async token =>
        {
            var block = (await client.GetHeadAsync(token)).Block;
            if (await client.GetValidatorsAsync(netuid, s_windows, cancellationToken: token) is not { } validators) throw SubnetReads.Missing(netuid);
            var names = await client.GetNamesAsync(validators.Select(row => row.Facts?.Owner).OfType<AccountId>(), token);
            return (block, validators.Select(row => (row, row.Facts is { } facts ? names.GetValueOrDefault(facts.Owner) : null)).ToArray());
        }, cancellationToken);
}

internal static class IdentityNames
{
    private const int WidthMax = 16;

    /// <summary>How coldkeys call themselves; those that do not are left out.</summary>
    public static async Task<Dictionary<AccountId, string>> GetNamesAsync(this DtaoClient client, IEnumerable<AccountId> coldkeys, CancellationToken cancellationToken)
    {
        var names = new System.Collections.Concurrent.ConcurrentDictionary<AccountId, string>();
        await Parallel.ForEachAsync(coldkeys.Distinct(), new ParallelOptions { MaxDegreeOfParallelism = WidthMax, CancellationToken = cancellationToken }, async (coldkey, token) =>
        {
            if (await client.GetIdentityAsync(coldkey, token) is { Name.Length: > 0 } identity) names[coldkey] = identity.Name;
        });
        return new(names);
    }
}
