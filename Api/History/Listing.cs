using System.Data.Common;
using Dtao.Api.Errors;
using Dtao.Api.ReadSide;
using Dtao.Api.Requests;

namespace Dtao.Api.History;

/// <summary>A list that is one query: what it takes from where, and in which order. All of it is constant text; values are parameters.</summary>
internal sealed record Listing(string Columns, string From, string Where, string Order)
{
    /// <summary>Rows are counted up to here; a list that is longer says this number.</summary>
    public const int CountMax = 100_000;

    /// <summary>A page must begin before this row.</summary>
    public const int DepthMax = 100_000;

    /// <summary>One page, whose rows are read through the index that keeps the order.</summary>
    public async Task<Paged<T>> PageAsync<T>(ApiRequest request, ReadView view, Func<DbDataReader, T> map, params (string, object)[] parameters)
    {
        var (page, limit) = (request.Get(Requests.Parameters.Page), request.Get(Requests.Parameters.Limit));
        var skipped = Skipped(page, limit);
        var rows = await view.QueryAsync(
            $"SELECT {Columns} FROM {From} WHERE {Where} ORDER BY {Order} LIMIT @limit OFFSET @skipped", map, request.Aborted,
            [.. parameters, ("@limit", (long)limit), ("@skipped", (long)skipped)]).ConfigureAwait(false);
        return new(Pagination.Of(page, limit, await CountAsync(request, view, parameters).ConfigureAwait(false)), rows);
    }

    public async Task<long> CountAsync(ApiRequest request, ReadView view, params (string, object)[] parameters) =>
        await view.ScalarAsync(
            $"SELECT COUNT(*) FROM (SELECT 1 FROM {From} WHERE {Where} LIMIT {CountMax}) AS counted", request.Aborted, parameters).ConfigureAwait(false) is long count
            ? count
            : 0;

    /// <summary>How many rows come before a page.</summary>
    /// <exception cref="ProblemException">Too many.</exception>
    public static int Skipped(int page, int limit)
    {
        var skipped = (long)(page - 1) * limit;
        return skipped <= DepthMax ? (int)skipped : throw new ProblemException(Problem.Of(ApiError.PageTooDeep));
    }

    /// <summary>A page of nothing.</summary>
    public static Paged<T> Empty<T>(ApiRequest request) => new(Pagination.Of(request.Get(Requests.Parameters.Page), request.Get(Requests.Parameters.Limit), 0), []);

    /// <summary>The rows of a page in another form.</summary>
    public static Paged<TAfter> Turn<T, TAfter>(Paged<T> page, Func<T, TAfter> map) => new(page.Pagination, [.. page.Data.Select(map)]);
}
