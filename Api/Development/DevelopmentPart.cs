using Dtao.Api.Errors;
using Dtao.Api.Requests;
using Dtao.Api.Writes;
using Dtao.Client;
using Dtao.Economics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api.Development;

/// <summary>What a network to play on has besides: accounts that everybody may use, and a faucet.</summary>
internal sealed class DevelopmentPart : IApiPart
{
    public string Name => "Development";

    public void Add(IServiceCollection services, ApiOptions options) =>
        services.AddSingleton<DevelopmentTools>().AddSingleton<Faucet>().AddHostedService<DevelopmentSigners>();

    public void Map(ApiRoutes routes)
    {
        routes.Get("/api/dev/accounts/v1", "list_dev_accounts", "The development accounts with what they hold; only on development networks.", [], List).MayFail(StatusCodes.Status403Forbidden);
        routes.Post<FaucetBody, FaucetView>("/api/dev/faucet/v1", "use_faucet", "Gives TAO of the development accounts away; only on development networks.", [WritesPart.Key], Give)
            .Explain("Nothing is minted: it is transferred from one development account, or from several in parts where none has enough. A repeat with the same key gives nothing more.").IsOperation();
        routes.Post<CloseBlockBody, ClosedBlockView>("/api/dev/blocks/v1", "close_block", "Closes the next block; only on development networks whose blocks close when asked.", [], Close)
            .Explain("With 'after', the newest block that the caller knows, nothing is closed when there is a newer one, which is answered then: so a repeat closes no other block.")
            .ForTrusted().MayFail(StatusCodes.Status403Forbidden).MayFail(StatusCodes.Status409Conflict);
    }

    private static async Task<ClosedBlockView> Close(ApiRequest request, CloseBlockBody body)
    {
        await Require(request);
        var client = request.Context.RequestServices.GetRequiredService<DtaoClient>();
        if ((await client.GetNetworkAsync(request.Aborted)).BlockIntervalMilliseconds >= 0) throw new ProblemException(Problem.Of(ApiError.BlocksCloseByThemselves));
        try
        {
            if (body.After is not { } known) return ClosedBlockView.Of(await client.CloseBlockAsync(request.Aborted), isNew: true);
            if (await client.CloseBlockAfterAsync(known, request.Aborted) is { } closed) return ClosedBlockView.Of(closed, isNew: true);
            var head = await client.GetHeadAsync(request.Aborted);
            return ClosedBlockView.Of(head.Header ?? throw new InvalidOperationException($"Block {head.Block} has no header."), isNew: false);
        }
        catch (UnauthorizedAccessException)
        {
            throw new ProblemException(Problem.Of(ApiError.BlocksNotForClients));
        }
    }

    private static async Task<IReadOnlyList<DevAccountView>> List(ApiRequest request)
    {
        await Require(request);
        var client = request.Context.RequestServices.GetRequiredService<DtaoClient>();
        var accounts = new List<DevAccountView>();
        foreach (var (name, account) in DevAccounts.ByName.OrderBy(dev => dev.Key, StringComparer.Ordinal))
        {
            var view = await client.GetBalanceAsync(account, request.Aborted);
            accounts.Add(new(name, account, view.Free, view.Held));
        }

        return accounts;
    }

    private static async Task<FaucetView> Give(ApiRequest request, FaucetBody body)
    {
        await Require(request);
        var services = request.Context.RequestServices;
        var faucet = services.GetRequiredService<Faucet>();
        var to = OperationReader.AccountOf("to", body.To);
        if (body.Amount.IsZero) throw new ProblemException(Problem.Invalid("amount", "0", "whole rao, at least 1"));
        // The key of the receiver: two who call their request the same do not share one.
        var id = OperationReader.IdOf(to, null, request.TryGet(WritesPart.Key, out var key) ? key : null);
        return new(id, to, body.Amount, await faucet.Give(id, to, body.Amount, request.Aborted));
    }

    private static async Task Require(ApiRequest request)
    {
        if (!await request.Context.RequestServices.GetRequiredService<DevelopmentTools>().AreOn(request.Aborted)) throw new ProblemException(Problem.Of(ApiError.NotADevelopmentNetwork));
    }
}
