using System.Text.Json.Serialization;
using Dtao.Api.Requests;
using Microsoft.AspNetCore.Http;

namespace Dtao.Api.Errors;

/// <summary>A problem as it is written (RFC 9457); members that say nothing are left out.</summary>
/// <param name="Type">Where the name is explained.</param>
/// <param name="Title">What went wrong, the same for each problem of this name.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What went wrong this time.</param>
/// <param name="Instance">The path that was asked.</param>
/// <param name="Code">Stable number.</param>
/// <param name="Name">Stable name; the chain's where the chain has one.</param>
/// <param name="Advice">What to do.</param>
/// <param name="Parameter">The parameter that is wrong.</param>
/// <param name="Given">What it was given as.</param>
/// <param name="Allowed">What it may be.</param>
/// <param name="OperationId">The operation that it is about.</param>
/// <param name="RequestId">To name to whoever runs the server.</param>
internal sealed record ProblemBody(
    string Type, string Title, int Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Instance,
    int Code, string Name, string Advice,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Parameter,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Given,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Allowed,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? OperationId,
    string RequestId)
{
    public static ProblemBody Of(Problem problem, HttpContext context) => new(
        problem.Type, problem.Title, problem.Status, problem.Detail, context.Request.Path, problem.Code, problem.Name, problem.Advice,
        problem.Parameter, problem.Given, problem.Allowed, problem.OperationId, RequestIds.Of(context));
}
