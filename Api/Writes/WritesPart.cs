using Dtao.Api.Errors;
using Dtao.Api.Requests;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api.Writes;

/// <summary>Operations: sent, looked up, quoted, and prepared for a wallet that signs elsewhere.</summary>
internal sealed class WritesPart : IApiPart
{
    private const string Repeats =
        "The Idempotency-Key is the operation: a UUID is its id, any other text up to 200 characters is hashed with the signer. A repeat with the same key and the same content, through "
        + "whichever host, is answered with the first receipt; the same key with other content is a conflict. Without last_valid_block the server chooses one, and a key is remembered for "
        + "at least 2,176 blocks; a repeat that names the last_valid_block of its first try takes effect once for ever. Without a key the server makes the id and answers it.";

    private static readonly Parameter<AccountId> s_account = Parameters.Account("account", "The coldkey that signed.").InPath();

    private static readonly Parameter<OperationId> s_id = new("id", "The operation's id.", text => (Guid.TryParse(text, out var id), new OperationId(id)))
    {
        Place = ParameterPlace.Path,
        IsRequired = true,
        LengthMax = 36,
        Allowed = "an operation's id, a UUID",
        Example = "0193f5c0a7e27c3f9d0e5b1c2a3d4e5f",
    };

    public static Parameter<string> Key { get; } = new(OperationKey.Header, "What the client calls this operation. A repeat with the same key is the same operation.", text => OperationKey.Read(text) is { } key ? (true, key) : (false, string.Empty))
    {
        Place = ParameterPlace.Header,
        LengthMax = OperationKey.LengthMax + 2,
        Allowed = "1 to 200 printable characters of ASCII",
        Example = "0193f5c0-a7e2-7c3f-9d0e-5b1c2a3d4e5f",
    };

    public string Name => "Operations";

    public void Add(IServiceCollection services, ApiOptions options) => services.AddSingleton<OperationDesk>().AddSingleton<OperationReader>();

    public void Map(ApiRoutes routes)
    {
        routes.Post<OperationBody, ReceiptView>("/api/operations/v1", "submit_operation", "Sends an operation to its end. What is answered is durable.", [Key], Submit)
            .Explain(Repeats).IsOperation();
        routes.Get("/api/operations/v1/{account}/{id}", "get_operation", "What became of an operation, as its signer's account remembers it.", [s_account, s_id], GetReceipt)
            .Explain("An account remembers a receipt for 256 blocks after the operation's last valid block. None does not say that there will be none.").MayBeMissing();
        routes.Post<OperationBody, PayloadView>("/api/operations/payload/v1", "prepare_operation", "Makes an operation whole, and answers the bytes that its signer signs.", [Key], Prepare)
            .Explain("Nothing is sent. What is left out is filled in: id, last valid block, network id, and on a network of signed operations the nonce after the highest that was used.").IsOperation();
        routes.Post<QuoteBody, QuoteView>("/api/quotes/v1", "quote_call", "What a call would come to now: amounts, fee, price before and after, slippage, or why it would be refused.", [], Quote).ForTrusted();
        routes.Post<QuoteBody, PreviewView>("/api/previews/v1", "preview_call", "A quote, and what the call would do to the signer's balance and position.", [], Preview).ForTrusted();
        routes.Get("/api/calls/v1", "list_calls", "Every call that may be sent, with its fields.", [], _ => Task.FromResult<IReadOnlyList<CallView>>([.. CallForms.All.Select(CallView.Of)]));
    }

    private static async Task<ReceiptView> Submit(ApiRequest request, OperationBody body)
    {
        var services = request.Context.RequestServices;
        var asked = await services.GetRequiredService<OperationReader>().Read(body, request.TryGet(Key, out var key) ? key : null, request.Aborted);
        return await services.GetRequiredService<OperationDesk>().Submit(asked, request.Aborted);
    }

    private static async Task<ReceiptView> GetReceipt(ApiRequest request)
    {
        var (account, id) = (request.Get(s_account), request.Get(s_id));
        return await ClientOf(request).GetReceiptAsync(account, id, request.Aborted) is { } receipt
            ? ReceiptView.Of(account, receipt)
            : throw new ProblemException(Problem.Of(ApiError.NotFound, "The account remembers no such operation; it may still be under way."));
    }

    private static async Task<PayloadView> Prepare(ApiRequest request, OperationBody body)
    {
        var services = request.Context.RequestServices;
        var network = await ClientOf(request).GetNetworkAsync(request.Aborted);
        var asked = await services.GetRequiredService<OperationReader>().Read(body, request.TryGet(Key, out var key) ? key : null, request.Aborted);
        if (network.RequiresSignatures && asked.Nonce is null)
            asked = asked with { Nonce = (await ClientOf(request).GetBalanceAsync(asked.Signer, request.Aborted)).HighestNonce + 1 };
        return PayloadView.Of(await services.GetRequiredService<OperationDesk>().Complete(asked, request.Aborted), network.RequiresSignatures);
    }

    private static async Task<QuoteView> Quote(ApiRequest request, QuoteBody body)
    {
        var signer = OperationReader.SignerOf(body.Signer);
        return QuoteView.Of(signer, await ClientOf(request).QuoteAsync(signer, body.Call.Call, request.Aborted));
    }

    private static async Task<PreviewView> Preview(ApiRequest request, QuoteBody body)
    {
        var (client, signer, call) = (ClientOf(request), OperationReader.SignerOf(body.Signer), body.Call.Call);
        Alpha? stake = null;
        if (PreviewView.HasPosition(call))
        {
            var positions = await client.GetPositionsAsync(signer, request.Aborted);
            stake = positions.FirstOrDefault(position => position.Netuid == call.Netuid && position.Hotkey == call.Hotkey)?.Value ?? Alpha.Zero;
        }

        var account = await client.GetBalanceAsync(signer, request.Aborted);
        return PreviewView.Of(signer, call, await client.QuoteAsync(signer, call, request.Aborted), account, stake);
    }

    private static DtaoClient ClientOf(ApiRequest request) => request.Context.RequestServices.GetRequiredService<DtaoClient>();
}

/// <summary>What endpoints that take operations have in common.</summary>
internal static class OperationEndpoints
{
    /// <summary>Only for pages of this host and of trusted origins.</summary>
    public static ApiEndpoint ForTrusted(this ApiEndpoint endpoint)
    {
        endpoint.Builder.RequireCors(Origins.Trusted);
        return endpoint;
    }

    /// <summary>What may come of an operation besides its receipt.</summary>
    public static ApiEndpoint IsOperation(this ApiEndpoint endpoint) => endpoint.ForTrusted()
        .MayFail(StatusCodes.Status403Forbidden).MayFail(StatusCodes.Status409Conflict).MayFail(StatusCodes.Status422UnprocessableEntity);
}
