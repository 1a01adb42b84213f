namespace Dtao.Api;

/// <summary>Which web pages of other origins may read answers, and send operations.</summary>
/// <remarks>
/// Reading is open to any page: everything here is public. Writing from another origin's page is only for those that are named, so that a page that somebody
/// happens to have open cannot act on a development network of the same machine.
/// </remarks>
public sealed record ApiOrigins
{
    /// <summary>Origins that may write as well, such as <c>https://wallet.example</c>.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyList<string> Trusted { get; init; } = [];
}
