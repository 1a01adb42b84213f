using System.ComponentModel.DataAnnotations;
using Dtao.Api.Errors;
using Dtao.Api.Requests;
using Dtao.Economics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api.Live;

/// <summary>Blocks, trades, and prices as they come: as server-sent events, and over a WebSocket.</summary>
internal sealed class LivePart : IApiPart
{
    private const string Resuming =
        "Past blocks come first, then those that close, without a gap and without a repetition: come back with the id of the last message that was seen. An id is a block's number, or a block's number, "
        + "a point, and how many of its messages were seen; filters do not change it. Of a block its trades come first, in the order of subnets and of their own order there, then the prices after it, then the block. "
        + "A client that falls behind is sent an 'end' message with the reason and where to resume.";

    private static readonly Parameter<string> s_topics = new("topics", "Which of blocks, trades, prices, with commas between.", text => (TopicsOf(text) is not null, text))
    {
        Default = "blocks,trades,prices",
        Allowed = "blocks, trades, and prices, with commas between",
        Example = "blocks,trades",
    };

    private static readonly Parameter<NetUid> s_netuid = Parameters.Subnet("netuid", "Trades and prices of this subnet only.");

    private static readonly Parameter<ulong> s_fromBlock = Parameters.Count("from_block", "The first block that is shown; the next one that closes unless it is said.");

    private static readonly Parameter<LivePlace> s_lastEventId = Place("Last-Event-ID") with { Place = ParameterPlace.Header };

    private static readonly Parameter<LivePlace> s_after = Place("after");

    public string Name => "Live";

    public void Add(IServiceCollection services, ApiOptions options)
    {
        Validator.ValidateObject(options.Live, new ValidationContext(options.Live), validateAllProperties: true);
        services.AddSingleton(options.Live).AddSingleton<ILiveSource, ClientLiveSource>();
        services.AddSingleton<LiveHub>().AddHostedService(provider => provider.GetRequiredService<LiveHub>());
    }

    public void Map(ApiRoutes routes)
    {
        Map(routes, "/api/live/v1", "stream_events", "Blocks, trades, and prices as server-sent events.", [s_topics, s_netuid, s_fromBlock, s_after, s_lastEventId], SendEvents)
            .Produces<LiveMessage>(StatusCodes.Status200OK, "text/event-stream");
        Map(routes, "/api/live/socket/v1", "stream_socket", "The same over a WebSocket, one message of JSON each.", [s_topics, s_netuid, s_fromBlock, s_after], SendMessages)
            .Produces<LiveMessage>(StatusCodes.Status101SwitchingProtocols, "application/json");
    }

    private static RouteHandlerBuilder Map(
        ApiRoutes routes, string path, string operationId, string summary, IReadOnlyList<Parameter> parameters, Func<ApiRequest, IReadOnlyList<Parameter>, Task> serve)
    {
        Task Serve(HttpContext context)
        {
            context.RequestServices.GetRequiredService<ClientRate>().Count(context);
            return serve(ApiRequest.Read(context, parameters), parameters);
        }

        // Streams stay open, and are bounded by themselves.
        var builder = routes.Routes.MapMethods(path, [HttpMethods.Get], (Delegate)Serve);
        builder.WithName(operationId).WithSummary(summary).WithDescription(Resuming).WithTags(routes.Part).WithMetadata(new ParameterList(parameters)).DisableRateLimiting();
        builder.DisableRequestTimeout();
        return builder;
    }

    private static async Task SendEvents(ApiRequest request, IReadOnlyList<Parameter> parameters)
    {
        if (HeadRequests.Is(request.Context))
        {
            _ = FilterOf(request);
            EventStream.Begin(request.Context.Response);
            return;
        }

        using var subscriber = await Subscriber.Enter(request, request.TryGet(s_lastEventId, out var last) ? last : PlaceOf(request), FilterOf(request));
        await EventStream.Send(request.Context, subscriber);
    }

    private static async Task SendMessages(ApiRequest request, IReadOnlyList<Parameter> parameters)
    {
        if (HeadRequests.Is(request.Context) || !request.Context.WebSockets.IsWebSocketRequest) throw new ProblemException(Problem.Of(ApiError.WebSocketRequired));
        using var subscriber = await Subscriber.Enter(request, PlaceOf(request), FilterOf(request));
        using var socket = await request.Context.WebSockets.AcceptWebSocketAsync();
        await SocketStream.Send(socket, subscriber);
    }

    private static LivePlace? PlaceOf(ApiRequest request)
    {
        if (request.TryGet(s_after, out var after)) return after;
        return request.TryGet(s_fromBlock, out var from) ? LivePlace.After(Math.Max(1, from) - 1) : null;
    }

    private static LiveFilter FilterOf(ApiRequest request)
    {
        var topics = TopicsOf(request.Get(s_topics))!;
        var hub = request.Context.RequestServices.GetRequiredService<LiveHub>();
        if (!hub.HasMarkets && request.Context.Request.Query.ContainsKey(s_topics.Name) && !topics.SetEquals(["blocks"])) throw new ProblemException(Problem.Of(ApiError.NoLiveMarkets));
        return new(topics.Contains("blocks"), topics.Contains("trades"), topics.Contains("prices"), request.Find(s_netuid));
    }

    private static HashSet<string>? TopicsOf(string text)
    {
        var topics = text.Split(',', StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal);
        return topics.Count > 0 && topics.All(topic => topic is "blocks" or "trades" or "prices") ? topics : null;
    }

    private static Parameter<LivePlace> Place(string name) =>
        new(name, "The id of the last message that was seen: the stream goes on after it.", text => (LivePlace.TryParse(text, out var place), place))
        {
            Allowed = "a block's number, or the id of a message",
            Example = "100",
        };
}
