using System.ComponentModel.DataAnnotations;
using Dtao.Api.Documents;
using Dtao.Api.Errors;
using Dtao.Api.Health;
using Dtao.Api.Json;
using Dtao.Api.Requests;
using Dtao.Api.Telemetry;
using Dtao.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api;

/// <summary>The application: its services, and the way of a request through it.</summary>
public static class DtaoApi
{
    /// <summary>Adds what the API needs.</summary>
    /// <param name="client">Belongs to the caller.</param>
    /// <exception cref="ValidationException">An option is out of its range.</exception>
    /// <exception cref="IOException">The file of keys cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file of keys cannot be understood.</exception>
    public static void Add(IServiceCollection services, ApiOptions options, DtaoClient client)
    {
        ArgumentNullException.ThrowIfNull(options);
        Validator.ValidateObject(options.Limits, new ValidationContext(options.Limits), validateAllProperties: true);
        services.AddSingleton(options).AddSingleton(options.Limits).AddSingleton(client).AddSingleton(ApiKeys.Load(options.KeysFile));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<ChainWatch>().AddHostedService(provider => provider.GetRequiredService<ChainWatch>());
        services.AddHostedService<ApiMetrics>();
        services.AddRouting();
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);
        services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new RequestTimeoutPolicy { Timeout = TimeSpan.FromMilliseconds(options.Limits.RequestMillisecondsMax) });
        services.AddResponseCompression(compression => compression.Providers.Add<GzipCompressionProvider>());
        services.AddCors(cors => Origins.Configure(cors, options.Origins));
        ClientLimits.Add(services, options.Limits);
        OpenApiDocuments.Add(services);
        foreach (var part in ApiParts.All) part.Add(services, options);
    }

    /// <summary>Maps everything that is served.</summary>
    public static void Map(WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var options = app.Services.GetRequiredService<ApiOptions>();
        app.Use(async (context, next) =>
        {
            RequestIds.Take(context);
            HeadRequests.Take(context);
            await next(context);
            RequestTraces.Describe(context);
        });
        if (options.Limits.TrustsForwarded) app.UseForwardedHeaders(Forwarded());
        app.UseMiddleware<ProblemAnswers>();
        app.UseMiddleware<RequestChecks>();
        app.UseRouting();
        app.UseCors();
        app.UseRateLimiter();
        app.Use((context, next) =>
        {
            ApiKeys.RefuseUnknown(context);
            return next(context);
        });
        app.UseRequestTimeouts();
        app.UseResponseCompression();
        app.UseOutputCache();
        app.UseWebSockets();
        foreach (var part in ApiParts.All) part.Map(new ApiRoutes(app, part.Name));
        OpenApiDocuments.Map(app);
    }

    private static ForwardedHeadersOptions Forwarded()
    {
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = 1 };
        // Whoever sets the option says that everything comes through a proxy of its own.
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        return forwarded;
    }
}
