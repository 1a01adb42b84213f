using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dtao.Api.Errors;
using Dtao.Api.Json;
using Dtao.Api.ReadSide;
using Dtao.Api.Requests;
using Dtao.Client;
using Dtao.Economics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api.History;

/// <summary>Prices as TradingView's charts ask for them (UDF), named as taostats names them: <c>SUB-1</c> is the alpha of subnet 1 in TAO.</summary>
internal static class CandleRoutes
{
    private const string Prefix = "SUB-";
    private const string Exchange = "Dtao";

    /// <summary>Candles of one answer, at most.</summary>
    private const int CandlesMax = 5_000;

    private static readonly (string Name, int Seconds)[] s_resolutions =
        [("1", 60), ("5", 300), ("15", 900), ("60", 3_600), ("240", 14_400), ("1D", 86_400), ("D", 86_400)];

    private static readonly Parameter<string> s_symbol = Parameters.Text("symbol", "SUB- and the subnet's number.", 20, "SUB-1").Required();
    private static readonly Parameter<string> s_resolution =
        Parameters.Word("resolution", "Minutes of one candle, or 1D for a day.", [.. s_resolutions.Select(resolution => resolution.Name)]).Required();

    private static readonly Parameter<ulong> s_from = Parameters.Count("from", "The first second, since 1970.").Required() with { Example = "1796000000" };
    private static readonly Parameter<ulong> s_to = Parameters.Count("to", "The second after the last one, since 1970.").Required() with { Example = "1796100000" };
    private static readonly Parameter<int> s_countback = Parameters.Number("countback", "So many candles before 'to', in place of those from 'from' on.", 1, CandlesMax);
    private static readonly Parameter<string> s_query = Parameters.Text("query", "A part of a symbol or a name.", 100, "SUB");
    private static readonly Parameter<string> s_type = Parameters.Text("type", "Taken, and not looked at.", 40, "crypto");
    private static readonly Parameter<string> s_exchange = Parameters.Text("exchange", "Taken, and not looked at.", 40, Exchange);

    public static void Map(ApiRoutes routes)
    {
        routes.Get("/api/dtao/tradingview/udf/config", "get_udf_config", "What this data feed can do, for TradingView's charts.", [], _ => Task.FromResult(UdfConfig.Default));
        routes.Read("/api/dtao/tradingview/udf/symbols", "get_udf_symbol", "A symbol, for TradingView's charts.", [s_symbol], Symbol).MayBeMissing();
        routes.Read(
            "/api/dtao/tradingview/udf/search", "search_udf_symbols", "Symbols by a part of their name, for TradingView's charts.", [s_query, s_type, s_exchange, Parameters.Limit],
            Search);
        routes.Read(
            "/api/dtao/tradingview/udf/history", "get_udf_history", "Candles of a subnet's spot price in TAO, and the TAO that was traded.",
            [s_symbol, s_resolution, s_from, s_to, s_countback], History)
            .MayBeMissing()
            .Explain("Numbers have nine decimals, floored; exact ones are those of the pool. A candle's time is that of its blocks. At most 5,000 candles, the newest.");
        routes.Routes.MapGet("/api/dtao/tradingview/udf/time", (HttpContext context) => Results.Text(
            context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), "text/plain"))
            .WithName("get_udf_time").WithSummary("This server's time in seconds since 1970.").WithTags(routes.Part);
    }

    private static async Task<UdfSymbol> Symbol(ApiRequest request, ReadView view)
    {
        var titles = await SubnetTitles.LoadAsync(view, request.Aborted).ConfigureAwait(false);
        return UdfSymbol.Of(titles[NetuidOf(request.Get(s_symbol), titles)]);
    }

    private static async Task<IReadOnlyList<UdfFound>> Search(ApiRequest request, ReadView view)
    {
        var query = request.TryGet(s_query, out var text) ? text : string.Empty;
        var titles = await SubnetTitles.LoadAsync(view, request.Aborted).ConfigureAwait(false);
        return
        [
            .. titles.All.Where(title => !title.Netuid.IsRoot)
                .Where(title => NameOf(title.Netuid).Contains(query, StringComparison.OrdinalIgnoreCase) || title.Name.Contains(query, StringComparison.OrdinalIgnoreCase))
                .Take(request.Get(Parameters.Limit)).Select(title => new UdfFound(NameOf(title.Netuid), NameOf(title.Netuid), title.Name, Exchange, NameOf(title.Netuid), "crypto")),
        ];
    }

    private static async Task<UdfHistory> History(ApiRequest request, ReadView view)
    {
        var titles = await SubnetTitles.LoadAsync(view, request.Aborted).ConfigureAwait(false);
        var netuid = NetuidOf(request.Get(s_symbol), titles);
        var resolution = s_resolutions.First(known => known.Name == request.Get(s_resolution)).Seconds;
        var last = (long)Math.Min(request.Get(s_to), long.MaxValue) - 1;
        var isCounted = request.TryGet(s_countback, out var countback);
        var first = isCounted ? 0 : Math.Max(0, (long)Math.Min(request.Get(s_from), long.MaxValue));
        var candles = await CandleQueries.ReadAsync(view, netuid, resolution, first, last, isCounted ? countback : CandlesMax, request.Aborted).ConfigureAwait(false);
        if (candles.Count > 0) return UdfHistory.Of(candles);
        var before = await CandleQueries.LastBeforeAsync(view, netuid, resolution, first, request.Aborted).ConfigureAwait(false);
        return new UdfHistory("no_data", [], [], [], [], [], [], before);
    }

    private static string NameOf(NetUid netuid) => $"{Prefix}{netuid}";

    private static NetUid NetuidOf(string symbol, SubnetTitles titles)
    {
        var digits = symbol.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? symbol.AsSpan(Prefix.Length) : symbol;
        return ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var netuid) && titles.Has(new NetUid(netuid))
            ? new NetUid(netuid)
            : throw new ProblemException(Problem.Of(ApiError.NotFound, $"There is no symbol '{symbol}'."));
    }

    /// <summary>What the feed can do.</summary>
    private sealed record UdfConfig(
        bool SupportsSearch, bool SupportsGroupRequest, bool SupportsMarks, bool SupportsTimescaleMarks, bool SupportsTime, IReadOnlyList<string> SupportedResolutions,
        IReadOnlyList<UdfExchange> Exchanges, IReadOnlyList<UdfType> SymbolsTypes)
    {
        public static readonly UdfConfig Default = new(
            true, false, false, false, true, [.. s_resolutions.Select(resolution => resolution.Name).Where(name => name != "D")],
            [new(Exchange, Exchange, "Dynamic TAO pools")], [new("Crypto", "crypto")]);
    }

    /// <summary>An exchange, as TradingView names it.</summary>
    private sealed record UdfExchange(string Value, string Name, string Desc);

    /// <summary>A kind of symbols.</summary>
    private sealed record UdfType(string Name, string Value);

    /// <summary>One symbol. Prices have nine decimals.</summary>
    private sealed record UdfSymbol(
        string Name, string Ticker, string Description, string Type, string Session, string Timezone, string Exchange, string ListedExchange, int Minmov, int Pricescale,
        bool HasIntraday, bool HasDaily, IReadOnlyList<string> SupportedResolutions, IReadOnlyList<string> IntradayMultipliers, int VolumePrecision, string DataStatus,
        string CurrencyCode)
    {
        public static UdfSymbol Of(SubnetTitle title) => new(
            NameOf(title.Netuid), NameOf(title.Netuid), $"{title.Name} / TAO", "crypto", "24x7", "Etc/UTC", CandleRoutes.Exchange, CandleRoutes.Exchange, 1, 1_000_000_000,
            true, true, UdfConfig.Default.SupportedResolutions, ["1", "5", "15", "60", "240"], AmountText.Decimals, "streaming", "TAO");
    }

    /// <summary>A symbol that was found.</summary>
    private sealed record UdfFound(string Symbol, string FullName, string Description, string Exchange, string Ticker, string Type);
}

/// <summary>Candles column by column, as TradingView takes them.</summary>
/// <param name="S"><c>ok</c>, or <c>no_data</c>.</param>
/// <param name="T">When each begins, in seconds since 1970.</param>
/// <param name="O">The first price.</param>
/// <param name="H">The highest.</param>
/// <param name="L">The lowest.</param>
/// <param name="C">The last.</param>
/// <param name="V">TAO that was traded.</param>
/// <param name="NextTime">Without data: when the last candle before begins.</param>
internal sealed record UdfHistory(
    string S, IReadOnlyList<long> T, IReadOnlyList<NumberText> O, IReadOnlyList<NumberText> H, IReadOnlyList<NumberText> L, IReadOnlyList<NumberText> C,
    IReadOnlyList<NumberText> V, [property: JsonPropertyName("nextTime"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? NextTime)
{
    public static UdfHistory Of(IReadOnlyList<Candle> candles) => new(
        "ok", [.. candles.Select(candle => candle.Start)], Prices(candles, candle => candle.Open), Prices(candles, candle => candle.High),
        Prices(candles, candle => candle.Low), Prices(candles, candle => candle.Close), [.. candles.Select(candle => new NumberText(AmountText.Format(candle.Course.Tao)))], null);

    private static NumberText[] Prices(IReadOnlyList<Candle> candles, Func<ReadSide.Ingest.PriceCourse, UInt128> which) =>
        [.. candles.Select(candle => new NumberText(AmountText.FormatPrice(which(candle.Course))))];
}

/// <summary>A number of which JSON gets exactly these digits; for readers that take no text.</summary>
[JsonConverter(typeof(NumberTextConverter))]
internal readonly record struct NumberText(string Digits);

internal sealed class NumberTextConverter : JsonConverter<NumberText>
{
    public override NumberText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new FieldException("This number is never read.");

    public override void Write(Utf8JsonWriter writer, NumberText value, JsonSerializerOptions options) => writer.WriteRawValue(value.Digits);
}
