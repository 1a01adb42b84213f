using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Azure.Identity;

namespace Dtao.Storage;

/// <summary>What a failed request means for the write that was in it.</summary>
internal enum AzureFaultKind
{
    None,

    /// <summary>The record is not as expected: another tag, missing, or there already.</summary>
    Conflict,

    /// <summary>It is not known whether the request was done: no answer, a broken one, or an answer that does not say.</summary>
    Unanswered,

    /// <summary>The row, or the whole request, is too large. Not done.</summary>
    TooLarge,

    /// <summary>The request is not one that the service takes. Not done.</summary>
    Refused,

    /// <summary>No request of ours would be taken: no permission, no table. Not done.</summary>
    Denied,
}

/// <summary>A failed request, read once into what matters here.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="IsThrottled">The service said that it is too busy.</param>
/// <param name="Index">Which operation of a transaction failed; null when the service does not say.</param>
/// <param name="RetryAfter">How long the service asks to be left alone.</param>
/// <param name="Exception">What was thrown.</param>
internal sealed record AzureFault(AzureFaultKind Kind, bool IsThrottled, int? Index, TimeSpan? RetryAfter, Exception Exception)
{
    public static AzureFault Of(Exception exception) => exception switch
    {
        RequestFailedException failed => new(
            KindOf(failed),
            failed.Status is 429 or 503,
            (failed as TableTransactionFailedException)?.FailedTransactionActionIndex,
            RetryAfterOf(failed),
            failed),
        AuthenticationFailedException => new(AzureFaultKind.Denied, false, null, null, exception),
        ArgumentException or NotSupportedException => new(AzureFaultKind.Refused, false, null, null, exception),
        // A broken connection, a time-out, an answer that cannot be parsed: the request may have been done all the same.
        _ => new(AzureFaultKind.Unanswered, false, null, null, exception),
    };

    /// <summary>What the caller of a write that cannot be done is told.</summary>
    public Exception ToException(string subject) => Kind switch
    {
        AzureFaultKind.TooLarge => new ArgumentOutOfRangeException($"{subject} is too large for its store.", Exception),
        AzureFaultKind.Unanswered => new StoreException(StoreErrorCode.Unanswered, $"{subject}: no answer in time ({Reason}).", Exception),
        _ => new StoreException(StoreErrorCode.Refused, $"{subject}: refused ({Reason}).", Exception),
    };

    // The service's own message goes over many lines, and repeats the answer's headers.
    private string Reason => Exception is RequestFailedException { ErrorCode: { } code } failed
        ? string.Create(CultureInfo.InvariantCulture, $"{failed.Status} {code}")
        : Exception.Message;

    private static AzureFaultKind KindOf(RequestFailedException failed) => (failed.Status, failed.ErrorCode) switch
    {
        (_, "TableNotFound" or "ContainerNotFound" or "TableBeingDeleted" or "ContainerBeingDeleted" or "ContainerDisabled") => AzureFaultKind.Denied,
        (_, "EntityTooLarge" or "PropertyValueTooLarge" or "RequestBodyTooLarge" or "RequestEntityTooLarge") => AzureFaultKind.TooLarge,
        (404 or 409 or 412, _) => AzureFaultKind.Conflict,
        (413, _) => AzureFaultKind.TooLarge,
        (401 or 403, _) => AzureFaultKind.Denied,
        (0 or 408 or 429 or >= 500, _) => AzureFaultKind.Unanswered,
        _ => AzureFaultKind.Refused,
    };

    private static TimeSpan? RetryAfterOf(RequestFailedException failed) =>
        failed.GetRawResponse() is { } response && response.Headers.TryGetValue("Retry-After", out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
