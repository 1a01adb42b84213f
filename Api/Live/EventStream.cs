using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Dtao.Api.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Dtao.Api.Live;

/// <summary>Writes server-sent events.</summary>
internal static class EventStream
{
    /// <summary>What is written before it is sent on, while there is more at once.</summary>
    private const int UnsentBytesMax = 16_384;

    /// <summary>The head of the answer.</summary>
    public static void Begin(HttpResponse response)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        // A proxy that collects answers before it sends them on would hold events back.
        response.Headers["X-Accel-Buffering"] = "no";
    }

    /// <summary>Sends what a subscriber hears, until he goes or does not read.</summary>
    public static async Task Send(HttpContext context, Subscriber subscriber)
    {
        var response = context.Response;
        Begin(response);
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        var writer = response.BodyWriter;
        // Whoever loses the connection before the first message comes back to the same place.
        Write(writer, $"retry: 1000\nid: {subscriber.Start}\n\n");
        await using var messages = subscriber.Listen().GetAsyncEnumerator();
        while (true)
        {
            var next = messages.MoveNextAsync();
            var isSent = (next.IsCompleted && writer.UnflushedBytes <= UnsentBytesMax) || await Flush(context, writer, subscriber);
            if (!isSent) subscriber.End();
            if (!await next || !isSent) break;
            Write(writer, messages.Current);
        }

        if (!context.RequestAborted.IsCancellationRequested) await Flush(context, writer, subscriber);
    }

    private static void Write(PipeWriter writer, LiveOut message)
    {
        Write(writer, $"id: {message.Id}\n");
        if (message.Data is null)
        {
            // No data, so clients hear nothing of it and still know where they are.
            Write(writer, ": still here\n\n");
            return;
        }

        Write(writer, $"event: {message.Event}\ndata: ");
        writer.Write(JsonSerializer.SerializeToUtf8Bytes(message.Data, message.Data.GetType(), ApiJson.Options));
        Write(writer, "\n\n");
    }

    private static void Write(PipeWriter writer, string text) => Encoding.UTF8.GetBytes(text, writer);

    /// <summary>Sends on what was written; a client that does not take it in time has its connection closed, for nothing can be told to it.</summary>
    private static async Task<bool> Flush(HttpContext context, PipeWriter writer, Subscriber subscriber)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(TimeSpan.FromSeconds(subscriber.Limits.WriteSecondsMax));
        try
        {
            return !(await writer.FlushAsync(patience.Token)).IsCompleted;
        }
        catch (OperationCanceledException)
        {
            context.Abort();
            return false;
        }
    }
}
