namespace Dtao.Api.Requests;

/// <summary>A page of a list, in taostats' envelope.</summary>
/// <param name="Pagination">Where the page stands.</param>
/// <param name="Data">Its rows.</param>
internal sealed record Paged<T>(Pagination Pagination, IReadOnlyList<T> Data);

/// <summary>Where a page stands in its list.</summary>
/// <param name="CurrentPage">From 1 on.</param>
/// <param name="PerPage">Rows on a page.</param>
/// <param name="TotalItems">Rows of all pages.</param>
/// <param name="TotalPages">Pages; 0 when there is no row.</param>
/// <param name="NextPage">Null on the last one.</param>
/// <param name="PrevPage">Null on the first one.</param>
internal sealed record Pagination(int CurrentPage, int PerPage, long TotalItems, long TotalPages, int? NextPage, int? PrevPage)
{
    public static Pagination Of(int page, int limit, long items)
    {
        var pages = (items + limit - 1) / limit;
        return new(page, limit, items, pages, page < pages ? page + 1 : null, page > 1 ? page - 1 : null);
    }
}

internal static class Paging
{
    /// <summary>The page that a request asks for, of a list that is here as a whole.</summary>
    public static Paged<T> PageOf<T>(this ApiRequest request, IReadOnlyCollection<T> rows)
    {
        var (page, limit) = (request.Get(Parameters.Page), request.Get(Parameters.Limit));
        return new(Pagination.Of(page, limit, rows.Count), [.. rows.Skip((int)Math.Min(int.MaxValue, (long)(page - 1) * limit)).Take(limit)]);
    }

    /// <summary>One row in the envelope of a list, as taostats answers what there is one of.</summary>
    public static Paged<T> Only<T>(T row) => new(Pagination.Of(1, 1, 1), [row]);
}
