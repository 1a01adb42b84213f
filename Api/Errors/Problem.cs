using System.Collections.Frozen;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Microsoft.AspNetCore.Http;

namespace Dtao.Api.Errors;

/// <summary>What is answered instead of what was asked for: an RFC 9457 problem with the ledger's names.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">Stable number: a <see cref="LedgerError"/>, a <see cref="RefusalCode"/>, or an <see cref="ApiError"/>.</param>
/// <param name="Name">The name of the code; the chain's where the chain has one.</param>
/// <param name="Title">What went wrong, the same for each problem of this name.</param>
/// <param name="Advice">What to do.</param>
public sealed record Problem(int Status, int Code, string Name, string Title, string Advice)
{
    /// <summary>What went wrong this time.</summary>
    public string? Detail { get; init; }

    /// <summary>The parameter that is wrong.</summary>
    public string? Parameter { get; init; }

    /// <summary>What it was given as.</summary>
    public string? Given { get; init; }

    /// <summary>What it may be.</summary>
    public string? Allowed { get; init; }

    /// <summary>The operation that it is about; asking again with the same id is harmless.</summary>
    public string? OperationId { get; init; }

    /// <summary>Whole seconds to wait before the next try.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Where the name is explained, relative to the API.</summary>
    public string Type => $"/errors/{Name}";

    private const int LongestGiven = 120;

    private static readonly FrozenDictionary<ApiError, Problem> ByApiError = new Problem[]
    {
        Of(ApiError.UnknownRoute, 404, "There is nothing at this address.", "Look the address up in the reference at /reference."),
        Of(ApiError.MethodNotAllowed, 405, "This address does not take this method.", "Look the method up in the reference at /reference."),
        Of(ApiError.ParameterInvalid, 400, "A parameter cannot be read or is out of its bounds.", "Give the parameter as 'allowed' says."),
        Of(ApiError.ParameterUnknown, 400, "There is no such parameter here.", "Leave the parameter out, or use one that 'allowed' names."),
        Of(ApiError.ParameterMissing, 400, "A parameter that is needed is missing.", "Give the parameter as 'allowed' says."),
        Of(ApiError.InvalidBody, 400, "The body is not the JSON that is taken here.", "Correct the body; its form stands in the reference at /reference."),
        Of(ApiError.BodyTooLarge, 413, "The body is too large.", "Send less at once."),
        Of(ApiError.UnsupportedMediaType, 415, "The body's media type is not taken here.", "Send JSON, with the header 'Content-Type: application/json'."),
        Of(ApiError.NotFound, 404, "There is no such thing.", "Check the name or number."),
        Of(ApiError.TooManyRequests, 429, "This client asks too often.", "Wait as many seconds as Retry-After says, and ask less often."),
        Of(ApiError.Busy, 429, "The server has as many requests under way as it takes.", "Wait as many seconds as Retry-After says, and ask again."),
        Of(ApiError.TimedOut, 504, "The answer took too long.", "Ask again; an operation with the same id."),
        Of(ApiError.NetworkUnreachable, 503, "The ledger's network does not answer.", "Ask again later; an operation with the same id."),
        Of(ApiError.NetworkChanged, 503, "Another network answers than the one that this server belongs to.", "Tell whoever runs the server: it has to be started again."),
        Of(ApiError.Failed, 500, "The server failed.", "Tell whoever runs the server, and name the request's id; ask an operation again with the same id."),
        Of(ApiError.UnknownKey, 401, "This API key is not known.", "Check the key, or leave it out."),
        Of(ApiError.KeyRequired, 401, "This is for holders of an administrator's key.", "Send the key as the header X-Api-Key."),
        Of(ApiError.HostNotAllowed, 403, "The request names another host than this server's.", "Use the address that the server shows at its start."),
        Of(ApiError.AddressTooLong, 414, "Path and query are too long.", "Ask for less at once."),
        Of(ApiError.NotADevelopmentNetwork, 403, "This is for development networks only.", "Use an account of your own; there is no faucet here."),
        Of(ApiError.FaucetEmpty, 422, "The faucet has not as much.", "Ask for less; GET /api/dev/accounts/v1 shows what there is."),
        Of(ApiError.TooManySubscribers, 429, "There are as many streams as there may be.", "End a stream, or wait as many seconds as Retry-After says."),
        Of(ApiError.NoLiveMarkets, 409, "This server streams blocks only.", "Ask for topics=blocks, or use a server that keeps a read side."),
        Of(ApiError.WebSocketRequired, 426, "This address is for WebSockets.", "Connect with a WebSocket, or use /api/live/v1."),
        Of(ApiError.BlocksCloseByThemselves, 409, "This network's blocks close by themselves.", "Wait for the next block, at /api/live/v1."),
        Of(ApiError.BlocksNotForClients, 403, "Blocks of this network are not for clients to close.", "Have them closed in a silo's own process: this network takes signed operations, or its silos name administrators."),
        Of(ApiError.ReadSideOff, 503, "This server keeps no history.", "Ask a server that does, or have this one started with --read-side."),
        Of(ApiError.ReadSideEmpty, 503, "The history is being built, and nothing of it is there yet.", "Ask again later; GET /api/read_side/v1 shows how far it is."),
        Of(ApiError.ReadSideUnreachable, 503, "The history's database does not answer.", "Ask again later; what is now is answered all the same."),
        Of(ApiError.PageTooDeep, 400, "The page begins beyond the first 100,000 rows.", "Narrow the list by blocks or times, and ask for its first pages."),
    }.ToFrozenDictionary(problem => (ApiError)problem.Code);

    /// <summary>Every problem of the API itself.</summary>
    public static IEnumerable<Problem> OfApi => ByApiError.Values.OrderBy(problem => problem.Code);

    public static Problem Of(ApiError error) => ByApiError[error];

    public static Problem Of(ApiError error, string detail) => ByApiError[error] with { Detail = detail };

    /// <summary>A rule of the ledger said no.</summary>
    public static Problem Of(LedgerError error) => new(
        StatusCodes.Status422UnprocessableEntity, (ushort)error, error.ToString(), "A rule of the ledger refuses this.", Client.Advice.For(error));

    /// <summary>The ledger did not take the operation, or does not know what became of it.</summary>
    public static Problem Of(RefusalCode code) => Enum.IsDefined(code)
        ? new Problem(StatusOf(code), (ushort)code, code.ToString(), TitleOf(code), Client.Advice.For(code)) { RetryAfterSeconds = MayPassLater(code) ? 1 : null }
        : Of((LedgerError)(ushort)code);

    /// <summary>The one table of statuses for what the ledger says.</summary>
    public static int StatusOf(RefusalCode code) => code switch
    {
        RefusalCode.Expired or RefusalCode.LastValidBlockTooFar or RefusalCode.NonceTooFar => StatusCodes.Status422UnprocessableEntity,
        RefusalCode.OperationConflict or RefusalCode.NonceUsed or RefusalCode.NonceTooOld or RefusalCode.WrongNetwork => StatusCodes.Status409Conflict,
        RefusalCode.TooManyInFlight or RefusalCode.Overloaded => StatusCodes.Status429TooManyRequests,
        RefusalCode.OutcomeUnknown => StatusCodes.Status504GatewayTimeout,
        RefusalCode.WrongSigner or RefusalCode.MalformedOperation => StatusCodes.Status400BadRequest,
        RefusalCode.NotStarted => StatusCodes.Status503ServiceUnavailable,
        RefusalCode.SignatureMissing or RefusalCode.BadSignature or RefusalCode.NotAdministrator => StatusCodes.Status403Forbidden,
        _ => StatusCodes.Status422UnprocessableEntity,
    };

    public static Problem Invalid(string parameter, string given, string allowed) => Of(ApiError.ParameterInvalid) with
    {
        Detail = $"'{parameter}' cannot be '{Shorten(given)}'.",
        Parameter = parameter,
        Given = Shorten(given),
        Allowed = allowed,
    };

    public static Problem Missing(string parameter, string allowed) =>
        Of(ApiError.ParameterMissing, $"'{parameter}' is missing.") with { Parameter = parameter, Allowed = allowed };

    public static Problem Unknown(string parameter, string allowed) =>
        Of(ApiError.ParameterUnknown, $"There is no parameter '{Shorten(parameter)}' here.") with { Parameter = Shorten(parameter), Allowed = allowed };

    private static Problem Of(ApiError error, int status, string title, string advice) => new(status, (ushort)error, error.ToString(), title, advice);

    private static bool MayPassLater(RefusalCode code) =>
        code is RefusalCode.TooManyInFlight or RefusalCode.Overloaded or RefusalCode.OutcomeUnknown or RefusalCode.NotStarted;

    private static string TitleOf(RefusalCode code) =>
        code == RefusalCode.OutcomeUnknown ? "It is not known whether the operation took effect." : "The ledger did not take the operation.";

    private static string Shorten(string text) => text.Length <= LongestGiven ? text : text[..LongestGiven] + "…";
}
