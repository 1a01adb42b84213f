using Dtao.Client;
using Dtao.Keys;
using Microsoft.Extensions.Hosting;

namespace Dtao.Api.Administration;

/// <summary>The key that signs an administrator's calls, for as long as the host runs; from a file, so that it stands in no command line.</summary>
internal sealed class AdministratorSigner(DtaoClient client, ApiOptions options) : IHostedService, IDisposable
{
    private KeyPair? _key;

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It holds no secret.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.AdministratorFile is not { } file) return;
        var secret = (await File.ReadAllTextAsync(file, cancellationToken)).Trim();
        _key = SecretUri.Parse(secret, KeyScheme.Sr25519, out _) ?? throw new InvalidDataException($"{file} holds no secret: write a mnemonic, 0x and 64 hexadecimal digits, or a path such as //Alice.");
        client.Administrator = new KeyPairSigner(_key);
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        if (_key is not null) client.Administrator = null;
        return Task.CompletedTask;
    }

    public void Dispose() => _key?.Dispose();
}
