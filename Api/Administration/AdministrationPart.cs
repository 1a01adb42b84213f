using Dtao.Api.Errors;
using Dtao.Api.Requests;
using Dtao.Api.Writes;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api.Administration;

/// <summary>The operator's own settings, for holders of an administrator's key.</summary>
internal sealed class AdministrationPart : IApiPart
{
    public string Name => "Administration";

    public void Add(IServiceCollection services, ApiOptions options) => services.AddHostedService<AdministratorSigner>();

    public void Map(ApiRoutes routes) =>
        routes.Post<SettingBody, SettingView>("/api/admin/parameters/v1", "set_parameter", "Sets a field of a subnet, or a parameter of the network; needs an administrator's key.", [WritesPart.Key], Set)
            .Explain("On return every pool works with the new value. Where the silos name administrators, the server signs with the key that it was started with. A repeat with the same key changes nothing more.")
            .IsOperation().MayFail(StatusCodes.Status401Unauthorized);

    private static async Task<SettingView> Set(ApiRequest request, SettingBody body)
    {
        ApiKeys.RequireAdministrator(request.Context);
        if (body.Parameter.Length == 0) throw new ProblemException(Problem.Invalid("parameter", body.Parameter, "the name of a setting, as a genesis document has it"));
        var client = request.Context.RequestServices.GetRequiredService<DtaoClient>();
        // One registry decides them all, so keys are told apart without a signer.
        var id = OperationReader.IdOf(default, null, request.TryGet(WritesPart.Key, out var key) ? key : null);
        var ticket = await client.CreateTicketAsync(request.Aborted) with { Id = id };
        try
        {
            var result = await client.AdministerAsync(body.Parameter, body.Value, body.Netuid, ticket, request.Aborted);
            if (result is { IsApplied: true, Receipt: { } receipt }) return new(id, receipt.Block, body.Parameter, body.Value, body.Netuid);
            throw new ProblemException(OperationDesk.ProblemOf(result) with { OperationId = id.ToString() });
        }
        catch (OperationWaitCanceledException) when (!request.Aborted.IsCancellationRequested)
        {
            throw new ProblemException(Problem.Of(RefusalCode.OutcomeUnknown) with { OperationId = id.ToString() });
        }
    }
}

/// <summary>A setting.</summary>
/// <param name="Parameter">Named as in a genesis document.</param>
/// <param name="Value">As text, as in a genesis document; null clears.</param>
/// <param name="Netuid">The subnet; left out, the network is meant.</param>
internal sealed record SettingBody(string Parameter, string? Value = null, NetUid? Netuid = null);

/// <summary>A setting that holds.</summary>
/// <param name="OperationId">The request's id; a repeat with it changes nothing more.</param>
/// <param name="Block">The block since which it holds, or the one before.</param>
/// <param name="Parameter">Its name.</param>
/// <param name="Value">Its value as it was given; null where it was cleared.</param>
/// <param name="Netuid">Its subnet; null for the network.</param>
internal sealed record SettingView(OperationId OperationId, BlockNumber Block, string Parameter, string? Value, NetUid? Netuid);
