using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Grains.Shell;

/// <summary>Whether actors of one silo may reach each other without a message.</summary>
internal static class LocalCalls
{
    /// <summary>Somebody looks at each call of the silo, and must not miss one: then every call is a message.</summary>
    public static bool AreSeen(IServiceProvider services) =>
        services.GetServices<IOutgoingGrainCallFilter>().Any() || services.GetServices<IIncomingGrainCallFilter>().Any(filter => filter is not IOutsideCallFilter);
}

/// <summary>A filter that does nothing to calls between actors.</summary>
public interface IOutsideCallFilter : IIncomingGrainCallFilter;
