using Microsoft.Extensions.Hosting;

namespace Dtao.Hosting.Network;

/// <summary>A silo's life is its owner's: whoever started it stops it. It does not listen to signals by itself.</summary>
/// <remarks>A host's own lifetime ends it with the process' signal, beside whoever has to end it in order: which of them hears the signal first would decide what the process says of its end.</remarks>
internal sealed class OwnersLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
