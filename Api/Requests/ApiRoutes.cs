using Dtao.Api.Errors;
using Dtao.Api.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api.Requests;

/// <summary>Maps endpoints of one part: parameters with their problems, an ETag, and a place in the OpenAPI document.</summary>
/// <param name="Routes">For what does not fit here: give such endpoints a name, a summary, and a heading as well.</param>
/// <param name="Part">The heading in the document.</param>
internal sealed record ApiRoutes(IEndpointRouteBuilder Routes, string Part)
{
    /// <summary>A read whose answer is what its ETag is made of.</summary>
    /// <param name="path">Such as <c>/api/subnet/latest/v1</c>.</param>
    /// <param name="operationId">Unique, in snake_case: generated clients name their methods by it.</param>
    public ApiEndpoint Get<T>(string path, string operationId, string summary, IReadOnlyList<Parameter> parameters, Func<ApiRequest, Task<T>> answer) =>
        new ApiEndpoint(Map(HttpMethods.Get, path, operationId, summary, parameters, async request => new JsonAnswer<T>(await answer(request)))).Answers<T>();

    /// <summary>A read of something that has a position, such as the newest block that is in a database: who has seen that is answered 304, and nothing is read.</summary>
    /// <param name="position">Changes whenever an answer may; null = it is not known.</param>
    public ApiEndpoint GetAt<T>(
        string path, string operationId, string summary, IReadOnlyList<Parameter> parameters, Func<ApiRequest, ValueTask<string?>> position, Func<ApiRequest, Task<T>> answer) =>
        new ApiEndpoint(Map(HttpMethods.Get, path, operationId, summary, parameters, async request =>
        {
            var tag = await position(request) is { } at ? EntityTags.Of(at, request.Context.Request) : null;
            return tag is not null && EntityTags.IsKnown(request.Context.Request, tag) ? new NotModified(tag) : new JsonAnswer<T>(await answer(request)) { Tag = tag };
        })).Answers<T>();

    /// <summary>Something is asked with a JSON body; the answer is never kept by caches.</summary>
    public ApiEndpoint Post<TBody, T>(string path, string operationId, string summary, IReadOnlyList<Parameter> parameters, Func<ApiRequest, TBody, Task<T>> answer)
        where TBody : class
    {
        var builder = Map(HttpMethods.Post, path, operationId, summary, parameters, async request => new JsonAnswer<T>(await answer(request, await request.ReadBody<TBody>())) { IsKept = false });
        builder.Accepts<TBody>("application/json");
        return new ApiEndpoint(builder).Answers<T>();
    }

    private RouteHandlerBuilder Map(string method, string path, string operationId, string summary, IReadOnlyList<Parameter> parameters, Func<ApiRequest, Task<IResult>> answer)
    {
        Task<IResult> Answer(HttpContext context) => answer(ApiRequest.Read(context, parameters));
        // A handler as a delegate, and not as a RequestDelegate, is one that the document knows.
        var builder = Routes.MapMethods(path, [method], (Delegate)Answer);
        return builder.WithName(operationId).WithSummary(summary).WithTags(Part).WithMetadata(new ParameterList(parameters));
    }
}

/// <summary>What an endpoint takes; the document reads it.</summary>
internal sealed record ParameterList(IReadOnlyList<Parameter> Parameters);

/// <summary>Says more about an endpoint.</summary>
internal sealed record ApiEndpoint(RouteHandlerBuilder Builder)
{
    public ApiEndpoint Answers<T>()
    {
        Builder.Produces<T>();
        return this;
    }

    /// <summary>What to know beyond the summary.</summary>
    public ApiEndpoint Explain(string description)
    {
        Builder.WithDescription(description);
        return this;
    }

    /// <summary>What is asked for may not exist.</summary>
    public ApiEndpoint MayBeMissing() => MayFail(StatusCodes.Status404NotFound);

    /// <summary>Another status that it may have, with a problem.</summary>
    public ApiEndpoint MayFail(int status)
    {
        Builder.Produces<ProblemBody>(status, ProblemAnswers.MediaType);
        return this;
    }
}
