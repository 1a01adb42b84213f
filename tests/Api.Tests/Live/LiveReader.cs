using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Dtao.TestKit;
using Xunit;

namespace Dtao.Api.Tests.Live;

/// <summary>One message as a client sees it.</summary>
internal sealed record LiveSeen(string Id, string Event, JsonElement Data)
{
    /// <summary>What it says, without its id.</summary>
    public string Content => $"{Event} {Data}";
}

/// <summary>Reads server-sent events like a client: what came to its end, and where it stands.</summary>
internal sealed class LiveReader : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private LiveReader(HttpResponseMessage response, Stream stream) => (_response, _lines) = (response, new StreamReader(stream, Encoding.UTF8));

    /// <summary>The id of the last message, signs of life included.</summary>
    public string? LastId { get; private set; }

    public static async Task<LiveReader> Open(HttpClient http, string query, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/live/v1" + query);
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {(response.IsSuccessStatusCode ? string.Empty : await response.Content.ReadAsStringAsync())}");
        return new LiveReader(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next message with data; null at the stream's end, however it came.</summary>
    public async Task<LiveSeen?> Read()
    {
        var (id, name, data) = (string.Empty, string.Empty, string.Empty);
        while (await ReadLine() is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            else if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) data = line[6..];
            if (line.Length > 0) continue;
            if (id.Length > 0) LastId = id;
            if (data.Length > 0) return new(id, name, JsonElement.Parse(data));
        }

        return null;
    }

    private async Task<string?> ReadLine()
    {
        try
        {
            return await _lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience.Max);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>So many messages.</summary>
    public async Task<List<LiveSeen>> Read(int count)
    {
        var seen = new List<LiveSeen>();
        while (seen.Count < count) seen.Add(await Read() ?? throw new EndOfStreamException($"The stream ended after {seen.Count} of {count} messages."));
        return seen;
    }

    /// <summary>Everything up to the message of a block.</summary>
    public async Task<List<LiveSeen>> ReadTo(ulong block)
    {
        var seen = new List<LiveSeen>();
        while (seen.Count == 0 || seen[^1].Event != "block" || seen[^1].Data.GetProperty("block_number").GetUInt64() < block)
            seen.Add(await Read() ?? throw new EndOfStreamException($"The stream ended before block {block}."));
        return seen;
    }

    /// <summary>The first messages of the same stream over a WebSocket.</summary>
    public static async Task<List<LiveSeen>> ReadSocket(Uri address, string query, int count)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{address.Authority}/api/live/socket/v1{query}"), TestContext.Current.CancellationToken);
        var seen = new List<LiveSeen>();
        var buffer = new byte[65_536];
        while (seen.Count < count)
        {
            var received = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).WaitAsync(Patience.Max, TestContext.Current.CancellationToken);
            Assert.True(received is { EndOfMessage: true, MessageType: WebSocketMessageType.Text }, "The socket ended, or a message did not fit.");
            var message = JsonElement.Parse(buffer.AsSpan(0, received.Count));
            if (message.GetProperty("data").ValueKind == JsonValueKind.Null) continue;
            seen.Add(new(message.GetProperty("id").GetString()!, message.GetProperty("event").GetString()!, message.GetProperty("data")));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken).WaitAsync(Patience.Max, TestContext.Current.CancellationToken);
        return seen;
    }

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        _response.Dispose();
        return ValueTask.CompletedTask;
    }
}
