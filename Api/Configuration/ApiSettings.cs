using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using Dtao.Api.Live;
using Dtao.Api.ReadSide;

namespace Dtao.Api.Configuration;

/// <summary>Settings of the API by name: the same in a process of its own and in the embedded silo.</summary>
public static class ApiSettings
{
    private static readonly string[] s_limits =
    [
        nameof(ApiLimits.RequestsMax), nameof(ApiLimits.RequestsPerSecond), nameof(ApiLimits.RequestsBurst), nameof(ApiLimits.ConnectionsMax),
        nameof(ApiLimits.BodyBytesMax), nameof(ApiLimits.AddressLengthMax), nameof(ApiLimits.RequestMillisecondsMax), nameof(ApiLimits.CacheMilliseconds),
        nameof(ApiLimits.CachedAnswersMax), nameof(ApiLimits.HistoryReadsMax), nameof(ApiLimits.BlockSecondsMax),
    ];

    /// <summary>Every setting.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        PortName, "Api:Address", "Api:TrustedOrigins", "Api:KeysFile", "Api:TrustsForwarded", "Api:ReadSide", "Api:ReadSideRebuild", "Api:AdministratorFile", "Api:Development",
        "Api:StreamsMax", "Api:StreamsOfClientMax", .. s_limits.Select(name => $"Api:{name}"),
    ];

    /// <summary>The setting of the port: a number, <c>any</c> for a free one, <c>off</c> or 0 for none.</summary>
    public const string PortName = "Api:Port";

    /// <summary>Reads all of them; each fault is told.</summary>
    /// <param name="text">The text of a setting; null when it is not set.</param>
    /// <param name="port">What the command line says of the port; null = nothing.</param>
    /// <param name="readSide">Where history is kept when no setting says it.</param>
    /// <returns>Null when nothing is to be served.</returns>
    public static ApiOptions? Read(Func<string, string?> text, List<string> faults, string? port = null, string readSide = ReadSideOptions.FileDefault)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(faults);
        var unset = new ApiLimits();
        var limits = unset with
        {
            RequestsMax = Number(nameof(ApiLimits.RequestsMax), unset.RequestsMax),
            RequestsPerSecond = Number(nameof(ApiLimits.RequestsPerSecond), unset.RequestsPerSecond),
            RequestsBurst = Number(nameof(ApiLimits.RequestsBurst), unset.RequestsBurst),
            ConnectionsMax = Number(nameof(ApiLimits.ConnectionsMax), unset.ConnectionsMax),
            BodyBytesMax = Number(nameof(ApiLimits.BodyBytesMax), unset.BodyBytesMax),
            AddressLengthMax = Number(nameof(ApiLimits.AddressLengthMax), unset.AddressLengthMax),
            RequestMillisecondsMax = Number(nameof(ApiLimits.RequestMillisecondsMax), unset.RequestMillisecondsMax),
            CacheMilliseconds = Number(nameof(ApiLimits.CacheMilliseconds), unset.CacheMilliseconds),
            CachedAnswersMax = Number(nameof(ApiLimits.CachedAnswersMax), unset.CachedAnswersMax),
            HistoryReadsMax = Number(nameof(ApiLimits.HistoryReadsMax), unset.HistoryReadsMax),
            BlockSecondsMax = Number(nameof(ApiLimits.BlockSecondsMax), unset.BlockSecondsMax),
            TrustsForwarded = Flag(nameof(ApiLimits.TrustsForwarded)),
        };
        Check(limits);
        var streams = new LiveLimits();
        streams = streams with { StreamsMax = Number(nameof(LiveLimits.StreamsMax), streams.StreamsMax), StreamsOfClientMax = Number(nameof(LiveLimits.StreamsOfClientMax), streams.StreamsOfClientMax) };
        Check(streams);
        var address = IPAddress.Loopback;
        if (text("Api:Address") is { } given && !IPAddress.TryParse(given, out address)) faults.Add($"Api:Address {given} is no IP address.");
        var trusted = OriginsOf(text("Api:TrustedOrigins"), faults);
        var kept = new ReadSideOptions { Store = text("Api:ReadSide") ?? readSide, IsRebuilt = Flag("ReadSideRebuild") };
        if (kept.Fault is { } fault) faults.Add($"Api:ReadSide: {fault}");
        return PortOf(port ?? text(PortName), faults) is not { } number ? null : new ApiOptions
        {
            Listen = new IPEndPoint(address ?? IPAddress.Loopback, number),
            Limits = limits,
            Origins = new ApiOrigins { Trusted = trusted },
            KeysFile = text("Api:KeysFile"),
            ReadSide = kept,
            AdministratorFile = text("Api:AdministratorFile"),
            Development = text("Api:Development") is null ? null : Flag("Development"),
            Live = streams,
        };

        void Check(object bounds)
        {
            var wrong = new List<ValidationResult>();
            if (!Validator.TryValidateObject(bounds, new ValidationContext(bounds), wrong, validateAllProperties: true)) faults.AddRange(wrong.Select(fault => $"Api: {fault.ErrorMessage}"));
        }

        int Number(string name, int otherwise)
        {
            if (text($"Api:{name}") is not { } written) return otherwise;
            if (int.TryParse(written, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)) return value;
            faults.Add($"Api:{name} {written} is no whole number.");
            return otherwise;
        }

        bool Flag(string name)
        {
            if (text($"Api:{name}") is not { } written) return false;
            if (bool.TryParse(written, out var value)) return value;
            faults.Add($"Api:{name} {written} is neither true nor false.");
            return false;
        }
    }

    private static int? PortOf(string? text, List<string> faults)
    {
        if (text is null) return ApiOptions.PortDefault;
        if (text.Equals("any", StringComparison.OrdinalIgnoreCase)) return 0;
        if (text is "0" || text.Equals("off", StringComparison.OrdinalIgnoreCase)) return null;
        if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return port;
        faults.Add($"The port of the API, {text}, is neither a number from 0 to {ushort.MaxValue}, nor 'any' or 'off'.");
        return null;
    }

    private static string[] OriginsOf(string? text, List<string> faults)
    {
        var origins = (text ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var origin in origins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.AbsolutePath != "/" || uri.Query.Length > 0)
            {
                faults.Add($"Api:TrustedOrigins: '{origin}' is no origin, such as https://wallet.example.");
            }
        }

        return origins;
    }
}
