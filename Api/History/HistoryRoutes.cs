using System.Globalization;
using Dtao.Api.Errors;
using Dtao.Api.ReadSide;
using Dtao.Api.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api.History;

/// <summary>Endpoints that answer from the read side: one look at one state of it for each request, and an ETag by where it stands.</summary>
internal static class HistoryRoutes
{
    public static ApiEndpoint Read<T>(
        this ApiRoutes routes, string path, string operationId, string summary, IReadOnlyList<Parameter> parameters, Func<ApiRequest, ReadView, Task<T>> answer) =>
        routes.GetAt(path, operationId, summary, parameters, request => ValueTask.FromResult(PositionOf(request)), async request =>
        {
            var view = await ViewOf(request).ConfigureAwait(false);
            await using (view.ConfigureAwait(false)) return await answer(request, view).ConfigureAwait(false);
        });

    /// <summary>A page of a list.</summary>
    public static ApiEndpoint List<T>(
        this ApiRoutes routes, string path, string operationId, string summary, IReadOnlyList<Parameter> parameters, Func<ApiRequest, ReadView, Task<Paged<T>>> answer) =>
        routes.Read(path, operationId, summary, [.. parameters, Parameters.Page, Parameters.Limit], answer);

    /// <summary>The services of the read side; a problem where it is turned off.</summary>
    public static T Service<T>(ApiRequest request)
        where T : class =>
        request.Context.RequestServices.GetService<T>() ?? throw new ProblemException(Problem.Of(ApiError.ReadSideOff));

    private static Task<ReadView> ViewOf(ApiRequest request)
    {
        var desk = Service<ReadDesk>(request);
        // Before the first page there are no tables to look at, or none of this version.
        if (Service<IReadSideEvents>(request).Position.Revision == 0) throw new ProblemException(Problem.Of(ApiError.ReadSideEmpty) with { RetryAfterSeconds = 1 });
        return desk.ReadAsync(request.Aborted);
    }

    private static string? PositionOf(ApiRequest request) =>
        request.Context.RequestServices.GetService<IReadSideEvents>() is { Position: { Revision: > 0 } position }
            ? string.Create(CultureInfo.InvariantCulture, $"{position.NetworkId} {position.Revision} {position.Cursor}")
            : null;
}
