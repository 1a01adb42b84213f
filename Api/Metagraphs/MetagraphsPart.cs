using Dtao.Api.Caching;
using Dtao.Api.Health;
using Dtao.Api.Json;
using Dtao.Api.Requests;
using Dtao.Api.Subnets;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains.Subnets;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api.Metagraphs;

/// <summary>Neurons of subnets, root's members, and the links between hotkeys.</summary>
internal sealed class MetagraphsPart : IApiPart
{
    private static readonly Parameter<int> s_uid = Parameters.Number("uid", "A seat.", 0, ushort.MaxValue);
    private static readonly Parameter<bool> s_active = Parameters.Flag("active", "Only neurons that are, or are not, active.");
    private static readonly Parameter<bool> s_permit = Parameters.Flag("validator_permit", "Only neurons that may, or may not, validate.");
    private static readonly Parameter<string> s_order = Parameters.Order("uid_asc", "uid", "stake", "emission", "incentive", "dividends", "updated");

    public string Name => "Metagraph";

    public void Add(IServiceCollection services, ApiOptions options) => services.AddSingleton<MetagraphReads>();

    public void Map(ApiRoutes routes)
    {
        var reads = routes.Routes.ServiceProvider.GetRequiredService<MetagraphReads>();
        routes.Get("/api/metagraph/latest/v1", "list_neurons", "Neurons of a subnet.",
            [Parameters.Netuid.Required(), s_uid, Parameters.Hotkey, Parameters.Coldkey, s_active, s_permit, s_order, Parameters.Page, Parameters.Limit],
            async request => request.PageOf(Ordered((await reads.Neurons(request)).Where(row => IsWanted(request, row)), request.Get(s_order)))).MayBeMissing();
        routes.Get("/api/metagraph/root/latest/v1", "list_root_members", "Hotkeys with root stake, the most first, with what a root TAO on each has earned on every subnet.",
            [Parameters.Hotkey, Parameters.Page, Parameters.Limit], async request => request.PageOf(await reads.RootMembers(request)));
        routes.Get("/api/hotkey/family/latest/v1", "get_hotkey_family", "A hotkey's children and parents on a subnet, in effect and asked for.",
            [Parameters.Hotkey.Required(), Parameters.Netuid.Required()], async request => Paging.Only(await reads.Family(request))).MayBeMissing();
    }

    private static bool IsWanted(ApiRequest request, NeuronView row) =>
        (request.Find(s_uid) ?? row.Uid) == row.Uid
        && (request.Find(Parameters.Hotkey) ?? row.Hotkey) == row.Hotkey
        && (request.Find(Parameters.Coldkey) is not { } coldkey || row.Coldkey == coldkey)
        && (request.Find(s_active) ?? row.Active) == row.Active
        && (request.Find(s_permit) ?? row.ValidatorPermit) == row.ValidatorPermit;

    private static NeuronView[] Ordered(IEnumerable<NeuronView> rows, string order) => order switch
    {
        "uid_desc" => [.. rows.OrderByDescending(row => row.Uid)],
        "stake_asc" => [.. rows.OrderBy(row => row.Stake).ThenBy(row => row.Uid)],
        "stake_desc" => [.. rows.OrderByDescending(row => row.Stake).ThenBy(row => row.Uid)],
        "emission_asc" => [.. rows.OrderBy(row => row.Emission).ThenBy(row => row.Uid)],
        "emission_desc" => [.. rows.OrderByDescending(row => row.Emission).ThenBy(row => row.Uid)],
        "incentive_asc" => [.. rows.OrderBy(row => row.Incentive, StringComparer.Ordinal).ThenBy(row => row.Uid)],
        "incentive_desc" => [.. rows.OrderByDescending(row => row.Incentive, StringComparer.Ordinal).ThenBy(row => row.Uid)],
        "dividends_asc" => [.. rows.OrderBy(row => row.Dividends, StringComparer.Ordinal).ThenBy(row => row.Uid)],
        "dividends_desc" => [.. rows.OrderByDescending(row => row.Dividends, StringComparer.Ordinal).ThenBy(row => row.Uid)],
        "updated_asc" => [.. rows.OrderBy(row => row.Updated).ThenBy(row => row.Uid)],
        "updated_desc" => [.. rows.OrderByDescending(row => row.Updated).ThenBy(row => row.Uid)],
        _ => [.. rows],
    };
}

/// <summary>Reads of metagraphs, each shared by all who ask at the same time.</summary>
internal sealed class MetagraphReads(DtaoClient client, AnswerCache cache, ChainWatch watch)
{
    public Task<NeuronView[]> Neurons(ApiRequest request)
    {
        var netuid = request.Get(Parameters.Netuid);
        return cache.Get($"neurons {netuid}", async token =>
        {
            if (await client.GetSubnetAsync(netuid, token) is not { Pool.Books: { } books, Pool.Block: var block } || await client.GetMetagraphAsync(netuid, token) is not { } neurons)
            {
                throw SubnetReads.Missing(netuid);
            }

            var ranks = neurons.OrderByDescending(row => row.Weight).ThenBy(row => row.Neuron.Uid).Select((row, place) => (row.Neuron.Uid, place + 1)).ToDictionary();
            return neurons.Select(row => View(row, netuid, block, books.Hyper.ImmunityPeriod, ranks[row.Neuron.Uid])).ToArray();
        }, request.Aborted);
    }

    public async Task<RootNeuronView[]> RootMembers(ApiRequest request)
    {
        var (block, members) = await cache.Get("root", async token => ((await client.GetHeadAsync(token)).Block, await client.GetRootValidatorsAsync(token)), request.Aborted);
        return [.. members.Where(row => (request.Find(Parameters.Hotkey) ?? row.Hotkey) == row.Hotkey).Select(row => new RootNeuronView(
            row.Hotkey, row.Facts?.Owner, block, watch.TimeOf(block), row.Stake, row.Positions, Parts.Of(row.Take.Parts),
            [.. row.Rates.BySubnet.Select(rate => new ClaimRateView(rate.Key, PriceText.Of(rate.Value.Bits, I96F32.FractionBits)))]))];
    }

    public async Task<FamilyView> Family(ApiRequest request)
    {
        var (netuid, hotkey) = (request.Get(Parameters.Netuid), request.Get(Parameters.Hotkey));
        if (await client.GetChildrenAsync(netuid, hotkey, request.Aborted) is not { } family) throw SubnetReads.Missing(netuid);
        var facts = await client.GetValidatorAsync(hotkey, request.Aborted);
        return new FamilyView(
            hotkey, facts?.Owner, netuid, family.Block, watch.TimeOf(family.Block), Parts.Of((facts?.ToRecord().Take ?? Take.Default).Parts), Parts.Of(family.ChildTake),
            Links(family.Children), Links(family.Parents), family.Pending is { } pending ? Links(pending) : null, family.Pending is null ? null : family.PendingBlock);
    }

    private static LinkView[] Links(FamilyLink[] links) => [.. links.Select(link => new LinkView(link.Hotkey, Parts.OfProportion(link.Proportion), Parts.Of(link.ChildTake)))];

    private NeuronView View(NeuronInfo info, NetUid netuid, BlockNumber block, ushort immunity, int rank)
    {
        var row = info.Neuron;
        return new NeuronView(
            row.Hotkey, info.Coldkey, netuid, row.Uid, block, watch.TimeOf(block), info.Weight, row.Stake, row.RootStake,
            new Alpha(SaturatingMath.Subtract(info.Weight.Rao, row.Stake.Rao)), Parts.Of(row.Consensus), Parts.Of(row.Incentive), Parts.Of(row.Dividends),
            Parts.Of(row.ValidatorTrust), row.Emission, row.IsActive, row.HasPermit, (long)SaturatingMath.Subtract(block.Value, row.LastUpdate), new BlockNumber(row.RegisteredAt),
            SaturatingMath.Subtract(block.Value, row.RegisteredAt) < immunity, rank);
    }
}
