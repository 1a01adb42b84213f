using Dtao.Api.Errors;
using Dtao.Api.Requests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dtao.Api.Live;

/// <summary>Somebody who listens: until he goes, the server stops, or he falls behind.</summary>
internal sealed class Subscriber : IDisposable
{
    private readonly LiveHub _hub;
    private readonly IDisposable _place;
    private readonly CancellationTokenSource _ending;
    private readonly LiveFilter _filter;
    private readonly LivePlace _start;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stopping;

    private Subscriber(LiveHub hub, IDisposable place, LiveFilter filter, LivePlace start, IServiceProvider services, CancellationToken gone)
    {
        (_hub, _place, _filter, _start) = (hub, place, filter, start);
        (_time, Limits) = (services.GetRequiredService<TimeProvider>(), services.GetRequiredService<LiveLimits>());
        _stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        _ending = CancellationTokenSource.CreateLinkedTokenSource(gone, _stopping);
    }

    public LiveLimits Limits { get; }

    /// <summary>The place after which the first message comes.</summary>
    public LivePlace Start => _start;

    public bool IsServerStopping => _stopping.IsCancellationRequested;

    /// <param name="start">Null: the next block that closes.</param>
    /// <exception cref="ProblemException">There are as many as there may be.</exception>
    public static async Task<Subscriber> Enter(ApiRequest request, LivePlace? start, LiveFilter filter)
    {
        var services = request.Context.RequestServices;
        var hub = services.GetRequiredService<LiveHub>();
        var client = ApiKeys.Of(request.Context) is { } key ? $"key {key.Name}" : ClientLimits.AddressOf(request.Context);
        var place = hub.Enter(client) ?? throw new ProblemException(Problem.Of(ApiError.TooManySubscribers) with { RetryAfterSeconds = 5 });
        try
        {
            var from = start ?? LivePlace.After(await hub.ReadNewest(request.Aborted));
            return new Subscriber(hub, place, filter, from is { IsWhole: false, Block: 0 } ? LivePlace.After(0) : from, services, request.Aborted);
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    /// <summary>What this one hears; ends with a message that says why, unless he has gone.</summary>
    public async IAsyncEnumerable<LiveOut> Listen()
    {
        var place = _start;
        await using var messages = LiveStream.Run(_hub, _filter, _start, TimeSpan.FromSeconds(Limits.HeartbeatSeconds), _time, _ending.Token).GetAsyncEnumerator();
        while (true)
        {
            try
            {
                if (!await messages.MoveNextAsync()) yield break;
            }
            catch (OperationCanceledException) when (_ending.IsCancellationRequested)
            {
                break;
            }

            if (LivePlace.TryParse(messages.Current.Id, out var at)) place = at;
            yield return messages.Current;
        }

        if (IsServerStopping) yield return new(place.ToString(), LiveStream.End, new LiveEndView("shutting_down", place.ToString()));
    }

    /// <summary>Ends what is listened to: the client has gone, or does not read.</summary>
    public void End() => _ending.Cancel();

    public void Dispose()
    {
        _ending.Dispose();
        _place.Dispose();
    }
}
