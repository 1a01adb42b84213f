using Dtao.Api.Cluster;
using Dtao.Api.Errors;
using Dtao.Api.Health;
using Dtao.Api.Page;

namespace Dtao.Api;

/// <summary>Everything that is served, in the order in which the reference page shows it.</summary>
internal static class ApiParts
{
    public static IReadOnlyList<IApiPart> All { get; } =
    [
        new PagePart(),
        new HealthPart(),
        new ClusterPart(),
        new ErrorsPart(),
    ];
}
