using System.Diagnostics.CodeAnalysis;
using System.Text;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Dtao.Hosting.Demo;

namespace Dtao.Hosting.Chaos;

/// <summary>What happens to a storage request on its way.</summary>
public enum InjectedFault : byte
{
    None = 0,
    /// <summary>Sent late.</summary>
    Delayed = 1,
    /// <summary>The connection breaks before the service sees it.</summary>
    NotSent = 2,
    /// <summary>Not sent; the answer is 503, 429, or 500.</summary>
    Refused = 3,
    /// <summary>Sent and done; the connection breaks before the answer.</summary>
    AnswerLost = 4,
    /// <summary>Sent and done; the answer is replaced by 500, 503, or 429.</summary>
    OtherAnswer = 5,
}

/// <summary>Stands between the Azure SDK and the service, and makes faults: by rates that may change while it runs, and by a seed.</summary>
/// <remarks>
/// The n-th request meets the n-th decision, and with the same seed and the same rates the decisions are the same. Which request is the n-th is for the
/// program's threads to say. Its place is right before the transport: behind it every request is one that the service would have got.
/// </remarks>
public sealed class FaultInjectingPolicy(ulong seed, Func<FaultRates> rates, TimeProvider time) : HttpPipelinePolicy
{
    private static readonly int[] s_statuses = [503, 429, 500];

    private readonly Lock _lock = new();
    private readonly SplitMix _numbers = new(seed);
    private readonly long[] _counts = new long[(int)InjectedFault.OtherAnswer + 1];

    /// <summary>After each fault that was made.</summary>
    public Action? Made { get; init; }

    /// <summary>How many requests met a fault so far; with <see cref="InjectedFault.None"/>, how many did not.</summary>
    public long CountOf(InjectedFault fault)
    {
        lock (_lock) return _counts[(int)fault];
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        ArgumentNullException.ThrowIfNull(message);
        var decision = Decide();
        if (decision.Delay > TimeSpan.Zero) await Task.Delay(decision.Delay, time, message.CancellationToken).ConfigureAwait(false);
        if (!Before(message, decision)) return;
        await ProcessNextAsync(message, pipeline).ConfigureAwait(false);
        After(message, decision);
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        ArgumentNullException.ThrowIfNull(message);
        var decision = Decide();
        if (decision.Delay > TimeSpan.Zero) message.CancellationToken.WaitHandle.WaitOne(decision.Delay);
        if (!Before(message, decision)) return;
        ProcessNext(message, pipeline);
        After(message, decision);
    }

    /// <summary>Every decision takes the same count of numbers, so that a change of rates moves no later one.</summary>
    private Decision Decide()
    {
        var now = rates();
        Decision decision;
        lock (_lock)
        {
            var (place, delay, status) = ((int)_numbers.Below(FaultRates.Whole), _numbers.Below((ulong)now.DelayMillisecondsMax), _numbers.Below((ulong)s_statuses.Length));
            var fault = FaultAt(now, place);
            _counts[(int)fault]++;
            decision = new(fault, fault == InjectedFault.Delayed ? TimeSpan.FromMilliseconds((long)delay) : TimeSpan.Zero, s_statuses[(int)status]);
        }

        if (decision.Fault != InjectedFault.None) Made?.Invoke();
        return decision;
    }

    private static InjectedFault FaultAt(FaultRates now, int place)
    {
        if ((place -= now.Delayed) < 0) return InjectedFault.Delayed;
        if ((place -= now.NotSent) < 0) return InjectedFault.NotSent;
        if ((place -= now.Refused) < 0) return InjectedFault.Refused;
        if ((place -= now.AnswerLost) < 0) return InjectedFault.AnswerLost;
        return place - now.OtherAnswer < 0 ? InjectedFault.OtherAnswer : InjectedFault.None;
    }

    /// <returns>Whether the request is sent.</returns>
    private static bool Before(HttpMessage message, Decision decision)
    {
        switch (decision.Fault)
        {
            case InjectedFault.NotSent:
                throw Broken("The connection was broken before the request, by an injected fault.");
            case InjectedFault.Refused:
                message.Response = new MadeUpResponse(decision.Status, message.Request.ClientRequestId);
                return false;
            default:
                return true;
        }
    }

    private static void After(HttpMessage message, Decision decision)
    {
        switch (decision.Fault)
        {
            case InjectedFault.AnswerLost:
                throw Broken("The connection was broken before the answer, by an injected fault.");
            case InjectedFault.OtherAnswer:
                message.Response.Dispose();
                message.Response = new MadeUpResponse(decision.Status, message.Request.ClientRequestId);
                break;
        }
    }

    /// <summary>As the SDK's transport tells of a connection that broke.</summary>
    private static RequestFailedException Broken(string text) => new(text, new IOException(text));

    private readonly record struct Decision(InjectedFault Fault, TimeSpan Delay, int Status);
}

/// <summary>An error of the service that it did not make.</summary>
internal sealed class MadeUpResponse(int status, string requestId) : Response
{
    private const string Json = "application/json";

    private string Code => CodeOf(status);

    public override int Status => status;

    public override string ReasonPhrase => Code;

    public override Stream? ContentStream { get; set; } = new MemoryStream(Encoding.UTF8.GetBytes(
        $"{{\"odata.error\":{{\"code\":\"{CodeOf(status)}\",\"message\":{{\"lang\":\"en\",\"value\":\"an injected fault\"}}}}}}"));

    public override string ClientRequestId { get; set; } = requestId;

    public override void Dispose() => ContentStream?.Dispose();

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = name.ToUpperInvariant() switch
        {
            "CONTENT-TYPE" => Json,
            "X-MS-ERROR-CODE" => Code,
            _ => null,
        };
        return value is not null;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = TryGetHeader(name, out var value) ? [value] : null;
        return values is not null;
    }

    protected override bool ContainsHeader(string name) => TryGetHeader(name, out _);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => [new("Content-Type", Json), new("x-ms-error-code", Code)];

    private static string CodeOf(int status) => status switch
    {
        429 => "TooManyRequests",
        503 => "ServerBusy",
        _ => "OperationTimedOut",
    };
}
