using System.Net;
using Dtao.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace Dtao.Api.Requests;

/// <summary>What is looked at before anything is done: length, host, key.</summary>
internal sealed class RequestChecks(RequestDelegate next, ApiOptions options, ApiKeys keys)
{
    private readonly bool _isLocal = IPAddress.IsLoopback(options.Listen.Address);

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        // A read changes nothing, so that any page may read; but a page that a browser takes for one of this host must be one.
        if (_isLocal && !IsLocal(request.Host.Host)) throw new ProblemException(Problem.Of(ApiError.HostNotAllowed));
        if (request.Path.Value!.Length + request.QueryString.Value!.Length > options.Limits.AddressLengthMax) throw new ProblemException(Problem.Of(ApiError.AddressTooLong));
        keys.Take(context);
        return next(context);
    }

    /// <summary>Listening on this machine only, a name that leads here from elsewhere is somebody else's.</summary>
    private static bool IsLocal(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
