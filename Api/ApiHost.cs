using Dtao.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dtao.Api;

/// <summary>The API, served.</summary>
public sealed class ApiHost : IAsyncDisposable
{
    private static readonly TimeSpan s_endMax = TimeSpan.FromSeconds(5);
    private readonly WebApplication _app;

    private ApiHost(WebApplication app)
    {
        _app = app;
        Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    /// <summary>Such as <c>http://127.0.0.1:30090</c>.</summary>
    public string Address { get; }

    internal IServiceProvider Services => _app.Services;

    /// <summary>Starts to serve.</summary>
    /// <param name="client">Belongs to the caller, who ends it after this.</param>
    /// <exception cref="IOException">The port is taken, or the file of keys or the administrator's cannot be read.</exception>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its range.</exception>
    public static async Task<ApiHost> StartAsync(ApiOptions options, DtaoClient client, Action<ILoggingBuilder>? logging = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        logging?.Invoke(builder.Logging);
        // Whoever starts it ends it: it does not listen to signals by itself.
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = s_endMax);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.Limits.BodyBytesMax;
            kestrel.Limits.MaxConcurrentConnections = options.Limits.ConnectionsMax;
            // A slow body is ended by the request's own time: a rate would end others where this machine stalls.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Listen(options.Listen);
        });
        DtaoApi.Add(builder.Services, options, client);
        var app = builder.Build();
        try
        {
            DtaoApi.Map(app);
            await app.StartAsync(cancellationToken);
            return new ApiHost(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
