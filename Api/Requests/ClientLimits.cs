using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Dtao.Api.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api.Requests;

/// <summary>So many requests of one client in a second, and so many of all at once; whatever is more is answered 429 before it costs anything.</summary>
/// <remarks>
/// Endpoints that stay open, and health, are marked with <c>DisableRateLimiting</c>: streams are bounded in number, and each that is opened counts as a request of its client.
/// </remarks>
internal static class ClientLimits
{
    private const int PrefixBytes = 8;

    public static void Add(IServiceCollection services, ApiLimits limits)
    {
        var ofClients = PartitionedRateLimiter.Create<HttpContext, string>(context => OfClient(context, limits));
        services.AddSingleton(new ClientRate(ofClients));
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(
                ofClients,
                PartitionedRateLimiter.Create<HttpContext, bool>(_ => RateLimitPartition.GetConcurrencyLimiter(true, _ => new() { PermitLimit = limits.RequestsMax, QueueLimit = 0 })));
            limiter.OnRejected = (rejected, _) => new ValueTask(ProblemAnswers.Write(rejected.HttpContext, Refusal(rejected.Lease)));
        });
    }

    /// <summary>The address of whoever asks; the first 64 bits of one of IPv6, since those belong to one.</summary>
    internal static string AddressOf(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        if (address is null) return string.Empty;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(PrefixBytes).Clear();
        return new IPAddress(bytes).ToString();
    }

    private static RateLimitPartition<string> OfClient(HttpContext context, ApiLimits limits)
    {
        var key = ApiKeys.Of(context);
        var rate = key?.RequestsPerSecond ?? limits.RequestsPerSecond;
        if (rate == 0) return RateLimitPartition.GetNoLimiter(string.Empty);
        return RateLimitPartition.GetTokenBucketLimiter(key is null ? AddressOf(context) : $"key {key.Name}", _ => new()
        {
            TokenLimit = Math.Max(rate, limits.RequestsBurst),
            TokensPerPeriod = rate,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
            AutoReplenishment = true,
        });
    }

    internal static Problem Refusal(RateLimitLease lease)
    {
        if (!lease.TryGetMetadata(MetadataName.RetryAfter, out var after)) return Problem.Of(ApiError.Busy) with { RetryAfterSeconds = 1 };
        return Problem.Of(ApiError.TooManyRequests) with { RetryAfterSeconds = (int)Math.Max(1, (after.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond) };
    }
}

/// <summary>Counts a request of a client where the framework does not: for streams, which are no requests under way.</summary>
internal sealed class ClientRate(PartitionedRateLimiter<HttpContext> limiter) : IDisposable
{
    /// <exception cref="ProblemException">The client asks too often.</exception>
    public void Count(HttpContext context)
    {
        using var lease = limiter.AttemptAcquire(context);
        if (!lease.IsAcquired) throw new ProblemException(ClientLimits.Refusal(lease));
    }

    public void Dispose() => limiter.Dispose();
}
