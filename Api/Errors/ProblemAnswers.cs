using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Dtao.Api.Json;
using Dtao.Api.ReadSide;
using Dtao.Api.Requests;
using Dtao.Api.Telemetry;
using Dtao.Client;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dtao.Api.Errors;

/// <summary>Answers every request that did not come to its end with a problem, and none with a stack trace.</summary>
internal sealed partial class ProblemAnswers(RequestDelegate next, ILogger<ProblemAnswers> logger)
{
    public const string MediaType = "application/problem+json";

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked has gone.
            return;
        }
        catch (Exception caught) when (!context.Response.HasStarted)
        {
            await Write(context, ProblemOf(context, caught));
            return;
        }

        if (!context.Response.HasStarted && ForStatus(context.Response.StatusCode) is { } problem && context.Response.ContentLength is null && context.Response.ContentType is null)
        {
            await Write(context, problem);
        }
    }

    /// <summary>Writes a problem as the answer.</summary>
    public static Task Write(HttpContext context, Problem problem)
    {
        ApiMetrics.NoteProblem(problem.Name);
        var response = context.Response;
        response.Clear();
        response.StatusCode = problem.Status;
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-store";
        if (problem.RetryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return JsonSerializer.SerializeAsync(response.Body, ProblemBody.Of(problem, context), ApiJson.Options, CancellationToken.None);
    }

    private Problem ProblemOf(HttpContext context, Exception caught)
    {
        switch (caught)
        {
            case ProblemException { Problem: var problem }:
                return problem;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Problem.Of(ApiError.BodyTooLarge);
            case BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType }:
                return Problem.Of(ApiError.UnsupportedMediaType);
            case BadHttpRequestException or JsonException:
                return Problem.Of(ApiError.InvalidBody, DetailOf(caught));
            case NetworkChangedException changed:
                LogNetworkChanged(changed);
                return Problem.Of(ApiError.NetworkChanged);
            case OperationCanceledException or TimeoutException:
                return Problem.Of(ApiError.TimedOut) with { RetryAfterSeconds = 1 };
            case ReadSideException:
            case DbException fault when DatabaseFaults.MayPass(fault):
                LogReadSideLost(caught);
                return Problem.Of(ApiError.ReadSideUnreachable) with { RetryAfterSeconds = 1 };
            case NetworkUnreachableException or Orleans.Runtime.OrleansException:
                LogUnreachable(caught);
                return Problem.Of(ApiError.NetworkUnreachable) with { RetryAfterSeconds = 1 };
            default:
                LogFailed(caught, context.Request.Method, context.Request.Path, RequestIds.Of(context));
                return Problem.Of(ApiError.Failed);
        }
    }

    /// <summary>Where in the body the fault is, which JSON's own message says with the types of this program.</summary>
    private static string DetailOf(Exception caught)
    {
        var fault = caught as JsonException ?? caught.InnerException as JsonException;
        if (fault is null) return "The request cannot be read.";
        var place = string.Create(CultureInfo.InvariantCulture, $"line {(fault.LineNumber ?? 0) + 1}, byte {(fault.BytePositionInLine ?? 0) + 1}");
        return fault is FieldException ? $"{fault.Message} At {fault.Path ?? "$"}, {place}." : $"The JSON cannot be read at {fault.Path ?? "$"}, {place}.";
    }

    private static Problem? ForStatus(int status) => status switch
    {
        StatusCodes.Status404NotFound => Problem.Of(ApiError.UnknownRoute),
        StatusCodes.Status405MethodNotAllowed => Problem.Of(ApiError.MethodNotAllowed),
        StatusCodes.Status413PayloadTooLarge => Problem.Of(ApiError.BodyTooLarge),
        StatusCodes.Status415UnsupportedMediaType => Problem.Of(ApiError.UnsupportedMediaType),
        StatusCodes.Status504GatewayTimeout => Problem.Of(ApiError.TimedOut) with { RetryAfterSeconds = 1 },
        _ => null,
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed; request {RequestId}.")]
    private partial void LogFailed(Exception cause, string method, PathString path, string requestId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The read side's database does not answer.")]
    private partial void LogReadSideLost(Exception cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The network does not answer.")]
    private partial void LogUnreachable(Exception cause);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Another network answers than before.")]
    private partial void LogNetworkChanged(Exception cause);
}
