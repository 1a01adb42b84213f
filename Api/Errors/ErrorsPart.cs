using Dtao.Api.Requests;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api.Errors;

/// <summary>Explains the names that stand in problems: the address of a problem's <c>type</c>.</summary>
internal sealed class ErrorsPart : IApiPart
{
    private static readonly Parameter<string> s_name = Parameters.Path("name", "The error's name, as a problem says it.", "SlippageTooHigh");

    public string Name => "Errors";

    public void Add(IServiceCollection services, ApiOptions options)
    {
    }

    public void Map(ApiRoutes routes)
    {
        var all = All().ToArray();
        var byName = all.ToDictionary(error => error.Name, StringComparer.OrdinalIgnoreCase);
        routes.Get("/errors", "list_errors", "Every error by its code: HTTP status, name, and what to do.", [], _ => Task.FromResult(all));
        routes.Get("/errors/{name}", "get_error", "What an error means.", [s_name], request => Task.FromResult(
            byName.TryGetValue(request.Get(s_name), out var error)
                ? error
                : throw new ProblemException(Problem.Of(ApiError.NotFound, $"There is no error '{request.Get(s_name)}'.")))).MayBeMissing();
    }

    internal static IEnumerable<ErrorView> All()
    {
        var ofLedger = Enum.GetValues<LedgerError>().Where(error => error != LedgerError.None).Select(Problem.Of);
        var refusals = Enum.GetValues<RefusalCode>().Where(code => code != RefusalCode.None).Select(Problem.Of);
        return ofLedger.Concat(refusals).Concat(Problem.OfApi).OrderBy(problem => problem.Code)
            .Select(problem => new ErrorView(problem.Code, problem.Name, problem.Status, problem.Title, problem.Advice));
    }
}

/// <summary>One error.</summary>
/// <param name="Code">Stable number.</param>
/// <param name="Name">Stable name; the chain's where the chain has one.</param>
/// <param name="Status">The HTTP status of an answer with it.</param>
/// <param name="Title">What went wrong.</param>
/// <param name="Advice">What to do.</param>
internal sealed record ErrorView(int Code, string Name, int Status, string Title, string Advice);
