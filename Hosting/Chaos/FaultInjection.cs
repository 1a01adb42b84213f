using System.Globalization;
using System.Text.Json.Nodes;
using Azure.Core.Pipeline;

namespace Dtao.Hosting.Chaos;

/// <summary>That a silo makes its own storage requests fail: only for trials of what a ledger survives.</summary>
/// <param name="RatesFile">Where <see cref="FaultRates"/> are read from, again and again; while it is missing nothing fails.</param>
/// <param name="Seed">Of the decisions.</param>
public sealed record FaultInjectionOptions(string RatesFile, ulong Seed)
{
    /// <summary>For logs, output, and health.</summary>
    public string Notice => $"FAULT INJECTION IS ON: this silo makes its own storage requests late, fail, and go unanswered, at the rates in {RatesFile}. It is on trial; never run a network that matters so.";
}

/// <summary>Makes one process's storage requests fail, at rates that are read from a file, and notes beside that file how many did.</summary>
internal sealed class FaultInjection
{
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(200);

    private readonly FaultInjectionOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly FaultInjectingPolicy _policy;
    private FaultRates _rates = FaultRates.None;
    private long? _readAt;
    private long? _notedAt;

    public FaultInjection(FaultInjectionOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _policy = new(options.Seed, ReadRates, time) { Made = Note };
    }

    public HttpPipelinePolicy Policy => _policy;

    /// <summary>The file in which a process notes its faults.</summary>
    public static string CountsFile(string ratesFile, int process) => string.Create(CultureInfo.InvariantCulture, $"{ratesFile}.{process}.counts");

    private FaultRates ReadRates()
    {
        lock (_lock)
        {
            if (_readAt is { } at && _time.GetElapsedTime(at) < LookPause) return _rates;
            _readAt = _time.GetTimestamp();
            try
            {
                _rates = File.Exists(_options.RatesFile) ? FaultRates.Parse(File.ReadAllText(_options.RatesFile)) ?? _rates : FaultRates.None;
            }
            catch (IOException)
            {
                // It is being replaced: the rates stay what they were until the next look.
            }

            return _rates;
        }
    }

    /// <summary>At most every now and then: a process that is killed may have made some more.</summary>
    private void Note()
    {
        lock (_lock)
        {
            if (_notedAt is { } at && _time.GetElapsedTime(at) < LookPause) return;
            _notedAt = _time.GetTimestamp();
            var counts = new JsonObject();
            foreach (var fault in Enum.GetValues<InjectedFault>())
            {
                if (fault != InjectedFault.None) counts[fault.ToString()] = _policy.CountOf(fault);
            }

            try
            {
                File.WriteAllText(CountsFile(_options.RatesFile, Environment.ProcessId), counts.ToJsonString());
            }
            catch (IOException)
            {
                // Only a figure of a report.
            }
        }
    }
}
