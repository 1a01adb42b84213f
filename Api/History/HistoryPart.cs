using System.ComponentModel.DataAnnotations;
using Dtao.Api.Live;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Ingest;
using Dtao.Api.Requests;
using Dtao.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api.History;

/// <summary>The read side, and everything that answers from it.</summary>
internal sealed class HistoryPart : IApiPart
{
    public string Name => "History";

    public void Add(IServiceCollection services, ApiOptions options)
    {
        var readSide = options.ReadSide;
        Validator.ValidateObject(readSide, new ValidationContext(readSide), validateAllProperties: true);
        if (!readSide.IsOn) return;
        services.AddSingleton(readSide).AddSingleton<IngestState>().AddSingleton<ReadSideEvents>().AddSingleton<PoolSummaries>().AddSingleton<ReadDesk>();
        services.AddSingleton<IReadSideEvents>(provider => provider.GetRequiredService<ReadSideEvents>());
        services.AddSingleton<IReadStore>(_ => readSide.Open());
        services.AddSingleton(provider => readSide.Facts ?? new ClientFacts(provider.GetRequiredService<DtaoClient>()));
        services.AddHostedService<ReadSideIngest>();
        // In place of the one that knows blocks alone.
        services.AddSingleton<ILiveSource, ReadSideLiveSource>();
    }

    public void Map(ApiRoutes routes)
    {
        ReadSideRoutes.Map(routes);
        PoolRoutes.Map(routes);
        SubnetRoutes.Map(routes);
        SettingRoutes.Map(routes);
        NeuronRoutes.Map(routes);
        CandleRoutes.Map(routes);
        MoveRoutes.Map(routes);
        BlockRoutes.Map(routes);
        TransferRoutes.Map(routes);
        OperationRoutes.Map(routes);
        StakeRoutes.Map(routes);
        HotkeyRoutes.Map(routes);
        AccountRoutes.Map(routes);
        ChangeRoutes.Map(routes);
    }
}
