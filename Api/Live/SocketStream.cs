using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Dtao.Api.Json;

namespace Dtao.Api.Live;

/// <summary>Writes the stream to a WebSocket: each message is an object with id, event, and data.</summary>
internal static class SocketStream
{
    private const int InputBytes = 256;

    /// <summary>Sends what a subscriber hears, until he goes or does not read.</summary>
    public static async Task Send(WebSocket socket, Subscriber subscriber)
    {
        var leaving = WatchForLeaving(socket, subscriber);
        var patience = TimeSpan.FromSeconds(subscriber.Limits.WriteSecondsMax);
        try
        {
            await foreach (var message in subscriber.Listen())
            {
                using var ending = new CancellationTokenSource(patience);
                await socket.SendAsync(Write(message), WebSocketMessageType.Text, endOfMessage: true, ending.Token);
            }

            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                using var ending = new CancellationTokenSource(patience);
                await socket.CloseOutputAsync(subscriber.IsServerStopping ? WebSocketCloseStatus.EndpointUnavailable : WebSocketCloseStatus.NormalClosure, null, ending.Token);
                await leaving.WaitAsync(ending.Token);
            }
        }
        catch (Exception caught) when (caught is WebSocketException or OperationCanceledException)
        {
            socket.Abort();
        }

        subscriber.End();
        await leaving;
    }

    /// <summary>Clients have nothing to say but that they go.</summary>
    private static async Task WatchForLeaving(WebSocket socket, Subscriber subscriber)
    {
        var input = new byte[InputBytes];
        try
        {
            while ((await socket.ReceiveAsync(input, CancellationToken.None)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception caught) when (caught is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Gone without a word.
        }

        subscriber.End();
    }

    private static ReadOnlyMemory<byte> Write(LiveOut message)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = ApiJson.Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, message.Id);
            json.WriteString("event"u8, message.Data is null ? "heartbeat" : message.Event);
            json.WritePropertyName("data"u8);
            if (message.Data is null) json.WriteNullValue();
            else JsonSerializer.Serialize(json, message.Data, message.Data.GetType(), ApiJson.Options);
            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }
}
