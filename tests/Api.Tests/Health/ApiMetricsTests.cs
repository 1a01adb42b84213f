using System.Diagnostics.Metrics;
using Dtao.Api.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Dtao.Api.Tests.Health;

public sealed class ApiMetricsTests(ApiNetwork network)
{
    /// <summary>A host whose start fails disposes of its services without stopping them.</summary>
    [Fact]
    public async Task Metrics_OfAnApiThatNeverStarted_AreThoseOfTheOneThatRuns()
    {
        var services = new ServiceCollection().AddHostedService<ApiMetrics>().BuildServiceProvider();
        await services.GetRequiredService<IHostedService>().StartAsync(TestContext.Current.CancellationToken);
        await services.DisposeAsync();
        var streams = new List<long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name == ApiMetrics.MeterName && instrument.Name == "dtao.api.streams") listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => streams.Add(value));
        listener.Start();

        listener.RecordObservableInstruments();

        Assert.NotEmpty(network.Api.Address);
        Assert.Single(streams);
    }
}
