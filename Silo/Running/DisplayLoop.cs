using Dtao.Client;
using Dtao.Economics;
using Dtao.Silo.Display;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace Dtao.Silo.Running;

/// <summary>Shows the network until it is cancelled: a live table on a terminal, a line a block elsewhere.</summary>
/// <param name="names">Accounts that the genesis document names; null when there is none.</param>
internal sealed partial class DisplayLoop(
    DtaoClient client, Func<NetworkFrame, NetworkFrame> complete, TimeProvider time, ILogger logger, IReadOnlyDictionary<AccountId, string>? names = null)
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(500);

    /// <summary>Plain lines come at most this often, however fast blocks close.</summary>
    private static readonly TimeSpan LinePause = TimeSpan.FromSeconds(1);

    private readonly FrameReader _reader = new(time, names);

    public Task ShowTable(IAnsiConsole console, CancellationToken cancellationToken) =>
        console.Live(new Text("Starting ...")).AutoClear(false).Overflow(VerticalOverflow.Crop).StartAsync(
            live => Repeat(Refresh, frame =>
            {
                live.UpdateTarget(FrameTable.Render(frame));
                live.Refresh();
            }, cancellationToken));

    public Task ShowLines(TextWriter output, CancellationToken cancellationToken)
    {
        BlockNumber? last = null;
        return Repeat(LinePause, frame =>
        {
            if (frame.Block == last) return;
            last = frame.Block;
            output.WriteLine(FrameLines.Render(frame));
        }, cancellationToken);
    }

    /// <summary>Reads one frame more, for the closing line; null when the network does not answer any more.</summary>
    public async Task<NetworkFrame?> ReadOnce(CancellationToken cancellationToken)
    {
        try
        {
            return complete(await _reader.Read(client, cancellationToken));
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogReadFailed(failure);
            return null;
        }
    }

    private async Task Repeat(TimeSpan pause, Action<NetworkFrame> show, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(pause, time);
        try
        {
            do
            {
                if (await ReadOnce(cancellationToken) is { } frame) show(frame);
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The way it is meant to end.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The network could not be read for the display.")]
    private partial void LogReadFailed(Exception cause);
}
