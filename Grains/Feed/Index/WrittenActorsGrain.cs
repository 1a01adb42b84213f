using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Grains.Feed.Index;

/// <inheritdoc cref="IWrittenActorsGrain"/>
public sealed class WrittenActorsGrain(IServiceProvider services, ILocalSiloDetails silo) : Grain, IWrittenActorsGrain
{
    private readonly WrittenActors? _written = services.GetService<WrittenActors>();

    public Task<WrittenReply> Take(string taker, long taken)
    {
        if (_written is not null && silo.SiloAddress.ToParsableString() == this.GetPrimaryKeyString()) return Task.FromResult(_written.Take(taker, taken));
        DeactivateOnIdle();
        return Task.FromResult(WrittenReply.Elsewhere);
    }
}
