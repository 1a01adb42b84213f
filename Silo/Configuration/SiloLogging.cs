using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Compact;

namespace Dtao.Silo.Configuration;

/// <summary>Two places to log to: a rolling file of compact JSON that has everything, and the console, which stays out of the table's way.</summary>
internal static class SiloLogging
{
    private const long FileBytesMax = 64L * 1024 * 1024;
    private const int FilesMax = 16;

    /// <param name="others">Who is told besides; each event passes the levels below first.</param>
    public static Logger Create(SiloOptions options, bool showsTable, LoggerProviderCollection others) => new LoggerConfiguration()
        .MinimumLevel.Is(options.LogLevel)
        // The cluster's own start-up and membership lines are for the file's reader at Debug, not for every run.
        .MinimumLevel.Override("Orleans", Quieter(options.LogLevel))
        .MinimumLevel.Override("Microsoft", Quieter(options.LogLevel))
        // It tells of every retry inside the cluster, most of them while it starts; what does not succeed in the end is thrown.
        .MinimumLevel.Override("Polly", LogEventLevel.Error)
        // At start it counts from the machine's start and warns of a stall that was none.
        .MinimumLevel.Override("Orleans.Runtime.Watchdog", LogEventLevel.Error)
        .Enrich.FromLogContext()
        .WriteTo.File(
            new CompactJsonFormatter(),
            Path.Combine(options.LogDirectory, "silo-.clef"),
            rollingInterval: RollingInterval.Day,
            rollOnFileSizeLimit: true,
            fileSizeLimitBytes: FileBytesMax,
            retainedFileCountLimit: FilesMax)
        // One line an event: traces are in the file.
        .WriteTo.Console(
            restrictedToMinimumLevel: showsTable ? LogEventLevel.Error : LogEventLevel.Warning,
            formatProvider: System.Globalization.CultureInfo.InvariantCulture,
            outputTemplate: "[{Timestamp:HH:mm:ss} {Level:u3}] {Message:lj}{NewLine}",
            standardErrorFromLevel: LogEventLevel.Verbose)
        .WriteTo.Providers(others)
        .CreateLogger();

    private static LogEventLevel Quieter(LogEventLevel level) => level < LogEventLevel.Warning && level > LogEventLevel.Debug ? LogEventLevel.Warning : level;
}
