using Dtao.Api.Errors;
using Dtao.Api.Health;
using Dtao.Api.Json;
using Dtao.Api.Requests;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api.Accounts;

/// <summary>What only the accounts' own actors know: identities, and root claims. Balances and history stand in the read side.</summary>
internal sealed class AccountsPart : IApiPart
{
    private static readonly Parameter<AccountId> s_address = Parameters.Account("address", "A coldkey.").Required();

    public string Name => "Accounts";

    public void Add(IServiceCollection services, ApiOptions options)
    {
    }

    public void Map(ApiRoutes routes)
    {
        var services = routes.Routes.ServiceProvider;
        var (client, watch) = (services.GetRequiredService<DtaoClient>(), services.GetRequiredService<ChainWatch>());
        routes.Get("/api/identity/latest/v1", "get_identity", "How a coldkey presents itself.", [s_address], async request =>
        {
            var address = request.Get(s_address);
            return await client.GetIdentityAsync(address, request.Aborted) is { } identity
                ? Paging.Only(IdentityView.Of(address, identity))
                : throw new ProblemException(Problem.Of(ApiError.NotFound, "The coldkey does not present itself."));
        }).MayBeMissing();
        routes.Get("/api/root_claim/latest/v1", "get_root_claims", "What a coldkey could claim of root dividends now, on every subnet, and what it has chosen to become of them.",
            [Parameters.Coldkey.Required()], async request =>
            {
                var coldkey = request.Get(Parameters.Coldkey);
                return RootClaimsView.Of(coldkey, await client.GetRootClaimsAsync(coldkey, request.Aborted), watch);
            });
    }
}

/// <summary>How a coldkey presents itself, in taostats' fields; empty texts are null.</summary>
internal sealed record IdentityView(AccountId Address, string? Name, string? Url, string? GithubRepo, string? Image, string? Discord, string? Description, string? Additional)
{
    public static IdentityView Of(AccountId address, ColdkeyIdentityDetail texts) => new(
        address, Given(texts.Name), Given(texts.Url), Given(texts.Repository), Given(texts.Image), Given(texts.Discord), Given(texts.Description), Given(texts.Additional));

    private static string? Given(string text) => text.Length == 0 ? null : text;
}

/// <summary>A coldkey's root claims.</summary>
/// <param name="ClaimType">What becomes of a claim: Swap, Keep, or KeepSubnets.</param>
/// <param name="KeptSubnets">For KeepSubnets, whose alpha is kept.</param>
/// <param name="IsPicked">Whether automatic claims may pick the coldkey.</param>
internal sealed record RootClaimsView(
    AccountId Coldkey, BlockNumber BlockNumber, Timestamp? Timestamp, string ClaimType, IReadOnlyList<NetUid> KeptSubnets, bool IsPicked, IReadOnlyList<RootClaimView> Claims)
{
    public static RootClaimsView Of(AccountId coldkey, RootClaimInfo info, ChainWatch watch) => new(
        coldkey, info.Block, watch.TimeOf(info.Block), info.Type.Kind.ToString(), [.. info.Type.Subnets], info.IsPicked,
        [.. info.Claims.Select(claim => new RootClaimView(
            claim.Row.Netuid, claim.Row.Hotkey, claim.Row.RootStake, claim.Row.Owed, claim.Threshold, claim.IsClaimable, claim.Value))]);
}

/// <summary>What one subnet owes for one root position.</summary>
/// <param name="RootStake">TAO that earned it.</param>
/// <param name="Owed">Alpha of the subnet.</param>
/// <param name="Threshold">A claim pays nothing below this.</param>
/// <param name="IsClaimable">Whether a claim would pay it.</param>
/// <param name="OwedAsTao">At the spot price, which a sale of it would lower.</param>
internal sealed record RootClaimView(NetUid Netuid, AccountId Hotkey, Tao RootStake, Alpha Owed, Alpha Threshold, bool IsClaimable, Tao OwedAsTao);
