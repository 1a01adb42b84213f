using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Dtao.Api.Errors;
using Dtao.Api.Json;
using Microsoft.AspNetCore.Http;

namespace Dtao.Api.Requests;

/// <summary>One request whose parameters have been read.</summary>
internal sealed class ApiRequest
{
    /// <summary>What clients of taostats send along with every question: there is one network here, whatever it is called.</summary>
    public const string Ignored = "network";

    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    private ApiRequest(HttpContext context) => Context = context;

    public HttpContext Context { get; }

    /// <summary>Ends when the client goes or the request has taken too long.</summary>
    public CancellationToken Aborted => Context.RequestAborted;

    /// <summary>Reads the parameters, each with its own problem; one that is not known here is a problem, too: a mistyped filter would show what was not asked for.</summary>
    /// <exception cref="ProblemException">The first that is wrong.</exception>
    public static ApiRequest Read(HttpContext context, IReadOnlyList<Parameter> parameters)
    {
        var request = new ApiRequest(context);
        foreach (var name in context.Request.Query.Keys)
        {
            if (name != Ignored && !parameters.Any(parameter => parameter.Place == ParameterPlace.Query && parameter.Name == name)) throw new ProblemException(Problem.Unknown(name, NamesOf(parameters)));
        }

        foreach (var parameter in parameters) request.Read(parameter);
        return request;
    }

    /// <summary>The value that was given, or what holds when none was.</summary>
    public T Get<T>(Parameter<T> parameter)
        where T : notnull => (T)_values[parameter.Name];

    public bool TryGet<T>(Parameter<T> parameter, [MaybeNullWhen(false)] out T value)
        where T : notnull
    {
        var isThere = _values.TryGetValue(parameter.Name, out var given);
        value = isThere ? (T)given! : default;
        return isThere;
    }

    /// <summary>The value that was given; null when none was.</summary>
    public T? Find<T>(Parameter<T> parameter)
        where T : struct => TryGet(parameter, out var value) ? value : null;

    /// <summary>Reads the body as JSON.</summary>
    /// <exception cref="ProblemException">It is no JSON, or not what is taken here.</exception>
    public async Task<T> ReadBody<T>()
        where T : class
    {
        if (!Context.Request.HasJsonContentType()) throw new ProblemException(Problem.Of(ApiError.UnsupportedMediaType));
        return await JsonSerializer.DeserializeAsync<T>(Context.Request.Body, ApiJson.Options, Aborted)
            ?? throw new ProblemException(Problem.Of(ApiError.InvalidBody, "The body is null."));
    }

    private void Read(Parameter parameter)
    {
        if (TextOf(parameter) is { } text)
        {
            _values[parameter.Name] = parameter.Read(text) ?? throw new ProblemException(Problem.Invalid(parameter.Name, text, parameter.Allowed));
        }
        else if (parameter.IsRequired)
        {
            throw new ProblemException(Problem.Missing(parameter.Name, parameter.Allowed));
        }
        else if (parameter.Default is { } unset)
        {
            _values[parameter.Name] = parameter.Read(unset) ?? throw new UnreachableException($"The default of {parameter.Name} cannot be read.");
        }
    }

    private string? TextOf(Parameter parameter)
    {
        if (parameter.Place == ParameterPlace.Path) return Context.Request.RouteValues[parameter.Name] as string;
        var given = parameter.Place == ParameterPlace.Header ? Context.Request.Headers[parameter.Name] : Context.Request.Query[parameter.Name];
        if (given.Count > 1) throw new ProblemException(Problem.Invalid(parameter.Name, string.Join(", ", given.ToArray()), $"given once: {parameter.Allowed}"));
        return given.Count == 0 ? null : given[0];
    }

    private static string NamesOf(IReadOnlyList<Parameter> parameters)
    {
        var names = parameters.Where(parameter => parameter.Place == ParameterPlace.Query).Select(parameter => parameter.Name).ToArray();
        return names.Length == 0 ? "no parameter" : string.Join(", ", names);
    }
}
