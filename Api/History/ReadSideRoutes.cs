using Dtao.Api.Health;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Ingest;
using Dtao.Api.Requests;
using Dtao.Economics;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api.History;

/// <summary>How far the read side is.</summary>
internal static class ReadSideRoutes
{
    public static void Map(ApiRoutes routes) =>
        routes.Get("/api/read_side/v1", "get_read_side", "How far the read side is behind the ledger, and whether it gets on.", [], request => Task.FromResult(Show(request)))
            .Explain("History is answered from a database that follows the ledger. A block is complete there when its header, every subnet after it, and all that was decided before it are in.");

    private static ReadSideView Show(ApiRequest request)
    {
        if (request.Context.RequestServices.GetService<IReadSideEvents>() is not { Position: var position }) return new(false, null, null, default, default, default, 0, 0, null, 0, null);
        var state = HistoryRoutes.Service<IngestState>(request);
        var head = request.Context.RequestServices.GetRequiredService<ChainWatch>().Head;
        return new(
            true, HistoryRoutes.Service<IReadStore>(request).Name, position.NetworkId, head, new BlockNumber(position.Head), new BlockNumber(position.Complete),
            SaturatingMath.Subtract(head.Value, position.Complete), position.Facts, state.Behind < 0 ? null : state.Behind, state.FactsPerSecond, state.Failure);
    }
}

/// <summary>Where the read side stands.</summary>
/// <param name="IsOn">Whether this server has one.</param>
/// <param name="Store">The database's kind.</param>
/// <param name="NetworkId">The network that it is made of.</param>
/// <param name="LedgerBlock">The newest block of the ledger.</param>
/// <param name="HeadBlock">The newest block whose header is in.</param>
/// <param name="CompleteBlock">The newest block that is complete.</param>
/// <param name="BlocksBehind">Blocks between the ledger's newest and the complete one.</param>
/// <param name="Facts">Facts that were taken in since it was built.</param>
/// <param name="WritesBehind">Writes of journals that are left; null while that is not known.</param>
/// <param name="FactsPerSecond">Facts that this server took in within a second, when it last worked at length.</param>
/// <param name="Failure">Why it stands still; null when it does not.</param>
internal sealed record ReadSideView(
    bool IsOn, string? Store, string? NetworkId, BlockNumber LedgerBlock, BlockNumber HeadBlock, BlockNumber CompleteBlock, ulong BlocksBehind, long Facts, long? WritesBehind,
    long FactsPerSecond, string? Failure);
