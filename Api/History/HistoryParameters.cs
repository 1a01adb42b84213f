using Dtao.Api.Requests;
using Dtao.Economics;

namespace Dtao.Api.History;

/// <summary>Parameters that the endpoints of the read side share, named as taostats names them.</summary>
internal static class HistoryParameters
{
    public static Parameter<ulong> BlockNumber { get; } = Parameters.Count("block_number", "Exactly this block.");

    public static Parameter<ulong> BlockStart { get; } = Parameters.Count("block_start", "From this block on.");

    public static Parameter<ulong> BlockEnd { get; } = Parameters.Count("block_end", "Up to this block.");

    public static Parameter<ulong> TimestampStart { get; } = Parameters.Count("timestamp_start", "From this time on, in seconds since 1970.") with { Example = "1796000000" };

    public static Parameter<ulong> TimestampEnd { get; } = Parameters.Count("timestamp_end", "Up to this time, in seconds since 1970.") with { Example = "1796000000" };

    /// <summary>What bounds a list in time.</summary>
    public static IReadOnlyList<Parameter> Range { get; } = [BlockNumber, BlockStart, BlockEnd, TimestampStart, TimestampEnd];

    /// <summary>The order of lists that are kept by block; time has the same order.</summary>
    public static Parameter<string> ByBlock { get; } = Parameters.Order("block_number_desc", "block_number", "timestamp");

    public static Parameter<string> Frequency { get; } =
        Parameters.Word("frequency", "Every block, or the last one of each hour or day.", "by_block", "by_hour", "by_day").Or("by_block");

    public static Parameter<NetUid> NetuidNeeded { get; } = Parameters.Netuid.Required();

    public static Parameter<AccountId> Address { get; } = Parameters.Account("address", "An account.");

    /// <summary>Whether a list begins with the oldest.</summary>
    public static bool IsAscending(this ApiRequest request, Parameter<string> order) => request.Get(order).EndsWith("_asc", StringComparison.Ordinal);
}
