using Dtao.Client;
using Dtao.Keys;
using Microsoft.Extensions.Hosting;

namespace Dtao.Api.Development;

/// <summary>The development accounts' keys, for as long as the host runs, where it signs for them.</summary>
internal sealed class DevelopmentSigners(DtaoClient client, ApiOptions options) : IHostedService
{
    private readonly List<KeyPair> _keys = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Development != true) return Task.CompletedTask;
        foreach (var name in DevAccounts.ByName.Keys)
        {
            var key = SecretUri.Parse(name, KeyScheme.Sr25519, out _) ?? throw new InvalidOperationException($"{name} is no development account.");
            _keys.Add(key);
            client.AddSigner(new KeyPairSigner(key));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
