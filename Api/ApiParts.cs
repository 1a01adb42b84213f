using Dtao.Api.Accounts;
using Dtao.Api.Administration;
using Dtao.Api.Cluster;
using Dtao.Api.Development;
using Dtao.Api.Errors;
using Dtao.Api.Health;
using Dtao.Api.History;
using Dtao.Api.Live;
using Dtao.Api.Metagraphs;
using Dtao.Api.Page;
using Dtao.Api.Status;
using Dtao.Api.Subnets;
using Dtao.Api.Validators;
using Dtao.Api.Writes;

namespace Dtao.Api;

/// <summary>Everything that is served, in the order in which the reference page shows it.</summary>
internal static class ApiParts
{
    public static IReadOnlyList<IApiPart> All { get; } =
    [
        new StatusPart(),
        new SubnetsPart(),
        new ValidatorsPart(),
        new MetagraphsPart(),
        new AccountsPart(),
        new PagePart(),
        new HealthPart(),
        new WritesPart(),
        new LivePart(),
        new DevelopmentPart(),
        new AdministrationPart(),
        new ClusterPart(),
        new HistoryPart(),
        new ErrorsPart(),
    ];
}
