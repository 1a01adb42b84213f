using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Dtao.Storage.Tests;

/// <summary>What happens to a request on its way.</summary>
internal enum Fault
{
    None,

    /// <summary>The service does it, and the answer is lost.</summary>
    AnswerLost,

    /// <summary>The connection breaks before the service sees it.</summary>
    NotSent,

    /// <summary>The service answers that it is too busy, and does nothing.</summary>
    Throttled,

    /// <summary>The service does it, and answers with an error that does not say so.</summary>
    DoneButServerError,
}

/// <summary>Stands between the SDK and the service: notes every request, holds them when told, and makes faults.</summary>
internal sealed class FaultPolicy : HttpPipelinePolicy
{
    private readonly ConcurrentQueue<Fault> script = [];
    private TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? hold;

    public ConcurrentQueue<SentRequest> Requests { get; } = [];

    /// <summary>Which writes meet the scripted faults; reads never do.</summary>
    public Func<SentRequest, Fault>? Decide { get; set; }

    /// <summary>Statuses with which the next requests that read are answered, in their order, without being sent.</summary>
    public ConcurrentQueue<int> ReadStatuses { get; } = [];

    /// <summary>What happens before a request that reads is sent on.</summary>
    public Func<SentRequest, Task>? BeforeRead { get; set; }

    /// <summary>What happens to the next requests that write, in their order.</summary>
    public void Script(params Fault[] faults)
    {
        foreach (var fault in faults) script.Enqueue(fault);
    }

    /// <summary>Lets no writing request through until released.</summary>
    public void Hold()
    {
        seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Release() => hold?.TrySetResult();

    /// <summary>Ends when a writing request has come since they are held.</summary>
    public Task FirstRequest() => seen.Task.WaitAsync(TestContext.Current.CancellationToken);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("The providers send nothing synchronously.");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var request = await SentRequest.Of(message.Request);
        Requests.Enqueue(request);
        if (!request.IsWrite)
        {
            if (ReadStatuses.TryDequeue(out var status))
            {
                message.Response = new MadeUpResponse(status, "OperationTimedOut");
                return;
            }

            if (BeforeRead is { } before) await before(request);
            await ProcessNextAsync(message, pipeline);
            return;
        }

        seen.TrySetResult();
        if (hold is { } held) await held.Task;
        var fault = script.TryDequeue(out var scripted) ? scripted : Decide?.Invoke(request) ?? Fault.None;
        if (fault == Fault.NotSent) throw new IOException("The connection was broken before the request.");
        if (fault == Fault.Throttled)
        {
            message.Response = new MadeUpResponse(503, "ServerBusy");
            return;
        }

        await ProcessNextAsync(message, pipeline);
        if (fault == Fault.AnswerLost) throw new IOException("The connection was broken before the answer.");
        if (fault == Fault.DoneButServerError) message.Response = new MadeUpResponse(500, "OperationTimedOut");
    }
}

/// <summary>A request as it went out.</summary>
internal sealed record SentRequest(string Method, Uri Uri, string Body)
{
    public bool IsWrite => Method is not ("GET" or "HEAD");

    public bool IsTransaction => Uri.AbsolutePath.EndsWith("/$batch", StringComparison.Ordinal);

    /// <summary>The keys of a transaction's rows, as they stand in its text.</summary>
    public IReadOnlyList<(string Partition, string Row)> Rows =>
    [
        .. System.Text.RegularExpressions.Regex.Matches(Body, "\"PartitionKey\":\"([^\"]*)\",\"RowKey\":\"([^\"]*)\"")
            .Select(match => (match.Groups[1].Value, match.Groups[2].Value)),
    ];

    public static async Task<SentRequest> Of(global::Azure.Core.Request request)
    {
        using MemoryStream body = new();
        if (request.Content is { } content) await content.WriteToAsync(body, CancellationToken.None);
        return new(request.Method.Method, request.Uri.ToUri(), Encoding.UTF8.GetString(body.ToArray()));
    }
}

/// <summary>An error of the service that it did not make.</summary>
internal sealed class MadeUpResponse(int status, string code) : global::Azure.Response
{
    public override int Status => status;

    public override string ReasonPhrase => code;

    public override Stream? ContentStream { get; set; } = new MemoryStream(
        Encoding.UTF8.GetBytes("{\"odata.error\":{\"code\":\"" + code + "\",\"message\":{\"lang\":\"en\",\"value\":\"made up\"}}}"));

    public override string ClientRequestId { get; set; } = "";

    public override void Dispose()
    {
        // Nothing is held.
    }

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = name == "Content-Type" ? "application/json" : null;
        return value is not null;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = TryGetHeader(name, out var value) ? [value] : null;
        return values is not null;
    }

    protected override bool ContainsHeader(string name) => TryGetHeader(name, out _);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => [new("Content-Type", "application/json")];
}
