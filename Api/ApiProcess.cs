using Dtao.Api.Configuration;
using Dtao.Api.Telemetry;
using Dtao.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Serilog;

namespace Dtao.Api;

/// <summary>One run of a process that serves the API of a network elsewhere.</summary>
internal static class ApiProcess
{
    public static async Task<int> Run(
        IReadOnlyList<string> arguments, TextReader input, TextWriter output, TextWriter error, IConfiguration? environment, CancellationToken stop)
    {
        var (options, exitCode) = new ApiCommandLine().Read(arguments, output, error, environment);
        if (options is null) return exitCode;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (options.EndsWithInput) _ = EndWith(input, ending);
        await using var logger = new LoggerConfiguration().MinimumLevel.Is(options.LogLevel)
            .MinimumLevel.Override("Microsoft", Serilog.Events.LogEventLevel.Warning).MinimumLevel.Override("Orleans", Serilog.Events.LogEventLevel.Warning)
            .WriteTo.Console(formatProvider: System.Globalization.CultureInfo.InvariantCulture).CreateLogger();
        await output.WriteLineAsync($"Dtao API {DtaoVersion.Text}.");
        try
        {
            await using var telemetry = await ApiTelemetry.StartAsync(options.Telemetry, ending.Token);
            if (telemetry.Address is { } metrics) await output.WriteLineAsync($"Metrics at {metrics}{ApiTelemetry.MetricsPath}.");
            await using var client = await DtaoClient.ConnectAsync(options.Connection, ending.Token);
            await using var host = await ApiHost.StartAsync(options.Api, client, logging => logging.AddSerilog(logger), ending.Token);
            await output.WriteLineAsync($"Page and API at {host.Address}.");
            await Task.Delay(Timeout.Infinite, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await output.WriteLineAsync("Stopped.");
            return ExitCode.Stopped;
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            return ExitCode.Stopped;
        }
        catch (NetworkUnreachableException unreachable)
        {
            await error.WriteLineAsync(unreachable.Message);
            return ExitCode.NetworkUnreachable;
        }
        catch (Exception refused) when (refused is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"The API cannot be served at {options.Api.Listen}: {refused.Message}");
            return ExitCode.CannotServe;
        }
        catch (Exception failure)
        {
            logger.Fatal(failure, "The API failed.");
            await error.WriteLineAsync($"The API failed: {failure.Message}");
            return ExitCode.Failed;
        }
    }

    private static async Task EndWith(TextReader input, CancellationTokenSource ending)
    {
        // A reader of the console's input blocks whoever reads it.
        await Task.Factory.StartNew(input.ReadToEnd, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await ending.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The run was over first.
        }
    }
}
