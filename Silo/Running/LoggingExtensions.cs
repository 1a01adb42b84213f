using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Dtao.Silo.Running;

internal static class LoggingExtensions
{
    /// <summary>Lets the hosts in this process write to the process's own log.</summary>
    public static IServiceCollection AddSerilogFactory(this IServiceCollection services, ILoggerFactory loggers) =>
        services.Replace(ServiceDescriptor.Singleton(_ => (ILoggerFactory)new Shared(loggers)));

    /// <summary>A host disposes its logger factory; the process's log outlives its hosts.</summary>
    private sealed class Shared(ILoggerFactory inner) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => inner.CreateLogger(categoryName);

        public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

        public void Dispose()
        {
        }
    }
}
