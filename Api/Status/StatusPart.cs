using Dtao.Api.Caching;
using Dtao.Api.Health;
using Dtao.Api.Json;
using Dtao.Api.Requests;
using Dtao.Client;
using Dtao.Economics;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api.Status;

/// <summary>Which network this is, and where it stands.</summary>
internal sealed class StatusPart : IApiPart
{
    public string Name => "Network";

    public void Add(IServiceCollection services, ApiOptions options) => services.AddSingleton<AnswerCache>();

    public void Map(ApiRoutes routes)
    {
        var services = routes.Routes.ServiceProvider;
        var (client, cache) = (services.GetRequiredService<DtaoClient>(), services.GetRequiredService<AnswerCache>());
        routes.Get("/api/status/v1", "get_status", "Which network answers, and where it stands.", [], request => cache.Get("status", token => Read(client, token), request.Aborted));
    }

    private static async Task<StatusView> Read(DtaoClient client, CancellationToken cancellationToken)
    {
        var network = await client.GetNetworkAsync(cancellationToken);
        var head = await client.GetHeadAsync(cancellationToken);
        return new StatusView(
            network.Name, network.NetworkId, network.RuleSet, head.Block, head.Header is { } header ? new Timestamp(header.ClosedAt) : null,
            head.Header is { } newest ? "0x" + Convert.ToHexStringLower(newest.Hash) : null, network.BlockIntervalMilliseconds < 0 ? null : network.BlockIntervalMilliseconds,
            head.TotalIssuance, head.BalancesIssuance, head.Header?.Emission ?? Tao.Zero, network.Subnets.Count(entry => !entry.Netuid.IsRoot),
            network.RequiresSignatures, !network.RequiresSignatures, DtaoVersion.Text);
    }
}

/// <summary>Which network answers, and where it stands.</summary>
/// <param name="Network">Its name; null before genesis.</param>
/// <param name="NetworkId">Stands in every operation that is made for it.</param>
/// <param name="RuleSet">The rules in force.</param>
/// <param name="BlockNumber">The newest block.</param>
/// <param name="Timestamp">When it was closed; null for genesis.</param>
/// <param name="BlockHash">Its hash; null for genesis.</param>
/// <param name="BlockIntervalMilliseconds">Between blocks; null where they close only when asked.</param>
/// <param name="Issued">All TAO in existence, as the staking ledger counts it.</param>
/// <param name="BalancesIssued">The same as the balances count it.</param>
/// <param name="Emission">TAO that the newest block minted.</param>
/// <param name="Subnets">How many there are, root left out.</param>
/// <param name="RequiresSignatures">Whether operations are taken only with their signer's signature.</param>
/// <param name="IsDevelopment">Whether whoever names an account acts for it, so that development accounts and faucets make sense.</param>
/// <param name="Version">The server's build.</param>
internal sealed record StatusView(
    string? Network, string NetworkId, string RuleSet, BlockNumber BlockNumber, Timestamp? Timestamp, string? BlockHash, long? BlockIntervalMilliseconds,
    Tao Issued, Tao BalancesIssued, Tao Emission, int Subnets, bool RequiresSignatures, bool IsDevelopment, string Version);
