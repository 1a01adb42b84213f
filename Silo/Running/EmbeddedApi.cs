using Dtao.Api;
using Dtao.Api.Cluster;
using Dtao.Client;
using Dtao.Silo.Configuration;
using Dtao.Silo.Display;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Dtao.Silo.Running;

/// <summary>Page and API of an embedded network, over the client of this process.</summary>
internal static class EmbeddedApi
{
    /// <summary>Starts what the options ask for, and says where it is.</summary>
    /// <param name="audit">What the last audit said.</param>
    /// <returns>Null when nothing is served; then with an exit code of its own where that was asked for.</returns>
    public static async Task<(ApiHost? Host, int ExitCode)> StartAsync(
        SiloOptions options, DtaoClient client, Func<AuditState> audit, ILoggerFactory loggers, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        if (options.Api is not { } api) return (null, ExitCode.Stopped);
        try
        {
            var host = await ApiHost.StartAsync(api with { Audit = () => NoteOf(audit()) }, client, logging => logging.Services.AddSerilogFactory(loggers), cancellationToken);
            await output.WriteLineAsync($"Page and API at {host.Address}.");
            return (host, ExitCode.Stopped);
        }
        catch (IOException refused) when (!options.ApiIsAsked && refused.InnerException is AddressInUseException)
        {
            await output.WriteLineAsync($"Port {api.Listen.Port} is taken, so that page and API are not served; --api-port chooses another.");
            return (null, ExitCode.Stopped);
        }
        catch (Exception refused) when (refused is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"Page and API cannot be served at {api.Listen}: {refused.Message}");
            return (null, ExitCode.CannotServe);
        }
    }

    private static AuditNote NoteOf(AuditState state) => new(
        state.Outcome switch { AuditOutcome.Clean => "clean", AuditOutcome.Off => "off", AuditOutcome.Failed => "failed", _ => "pending" }, state.Block);
}
